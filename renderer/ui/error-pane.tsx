import type { ReactNode } from 'react'
import type { Profile } from '../../shared/contract/models.ts'
import type { AppError } from '../../shared/contract/errors.ts'
import { technical } from '../../shared/contract/sentences/sentences.ts'
import { shownName } from '../text/shown-name.ts'
import { errorSentence } from '../text/sentence.ts'
import { useQuantities } from '../text/use-quantities.ts'
import { useLanguage, useText } from '../text/use-text.tsx'
import { Button } from './controls/button.tsx'
import { CopyDetails } from './copy-details.tsx'
import { Empty } from './empty.tsx'
import type { IconName } from './icon.tsx'

const LOOK: Partial<Record<AppError['code'], readonly ['bad' | 'warn', IconName]>> = {
  unreachable: ['bad', 'nonet'],
  proxy: ['bad', 'nonet'],
  clock: ['bad', 'clock'],
  'keychain-locked': ['warn', 'safe'],
  'keychain-missing': ['warn', 'safe'],
  'passphrase-needed': ['warn', 'safe'],
  'secret-lost': ['bad', 'safe'],
  'access-denied': ['bad', 'nokey'],
  'bad-credentials': ['bad', 'nokey'],
}

/** Errors that another endpoint, AccessKey or secret may solve. */
const EDITABLE: ReadonlySet<AppError['code']> = new Set([
  'unreachable',
  'bad-credentials',
  'access-denied',
  'secret-lost',
  'bad-endpoint',
  'insecure-endpoint',
])

/**
 * A pane without content because of an error: what happened, what to do, and the facts for support.
 */
export function ErrorPane({
  error,
  at,
  busy,
  onRetry,
  actions,
  profile,
  onEditProfile,
}: {
  readonly error: AppError
  readonly at: Date
  readonly busy: boolean
  readonly onRetry: () => void
  readonly actions?: ReactNode
  readonly profile?: Profile | undefined
  readonly onEditProfile: (profileId: string) => void
}) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  const [kind, icon] = LOOK[error.code] ?? (['bad', 'alert'] as const)
  const tech = `${technical(error)} · ${q.exactTime(at.toISOString()).slice(11, 19)}`
  return (
    <Empty
      kind={kind}
      icon={icon}
      title={titleOf(error, t)}
      actions={
        <>
          {actions}
          <Button
            {...(actions === undefined && { kind: 'primary' as const })}
            busy={busy}
            onClick={onRetry}
          >
            {t('common:act.tryAgain')}
          </Button>
          {profile?.kind === 'stored' && EDITABLE.has(error.code) && (
            <Button onClick={() => onEditProfile(profile.id)}>{t('common:act.editProfile')}</Button>
          )}
        </>
      }
      tech={
        <>
          <span>{tech}</span>
          <CopyDetails error={error} at={at} endpoint={profile?.endpoint} />
        </>
      }
    >
      {errorSentence(error, language)}
      {error.code === 'unreachable' && (
        <>
          {t('common:space')}
          {t('common:error.transfersWait')}
        </>
      )}
    </Empty>
  )
}

function titleOf(error: AppError, t: ReturnType<typeof useText>): string {
  switch (error.code) {
    case 'unreachable':
      return t('common:error.unreachable', { host: error.host })
    case 'clock':
      return t(error.minutes > 0 ? 'common:error.clock' : 'common:error.clockAhead', {
        minutes: Math.abs(error.minutes),
      })
    case 'keychain-locked':
    case 'keychain-missing':
    case 'passphrase-needed':
    case 'access-denied':
    case 'bad-credentials':
      return t(`common:error.${error.code}`)
    case 'not-found':
      return error.what === 'bucket' && error.name !== ''
        ? t('common:gone.bucket', { name: shownName(error.name) })
        : t('common:error.other')
    default:
      return t('common:error.other')
  }
}
