import { errorSentence } from '../../text/sentence.ts'
import type { AppError } from '../../../shared/contract/errors.ts'
import type { MasterKey } from '../../../shared/contract/models.ts'
import { useCheckSecrets, useSecrets } from '../../queries/secrets.ts'
import { askToUnlock } from '../../queries/unlock.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import { Button } from '../../ui/controls/button.tsx'
import { Note } from '../../ui/note.tsx'
import type { KeyAsk } from './dialogs/key-ask.ts'

/**
 * Says why the private half cannot be read now, with the one action that helps. It never offers
 * another key instead.
 */
export function KeyUnavailable({
  masterKey: key,
  ask,
}: {
  readonly masterKey: MasterKey
  readonly ask: (what: KeyAsk) => void
}) {
  const t = useText()
  const language = useLanguage()
  const secrets = useSecrets()
  const check = useCheckSecrets()
  if (key.unavailable === null) return null
  const error = errorFor(key.unavailable, key.name, secrets.data?.exists ?? true)
  const help =
    key.unavailable === 'passphrase-needed' ? (
      <Button size="sm" onClick={() => void askToUnlock()}>
        {t('keys:act.unlock')}
      </Button>
    ) : key.unavailable === 'secret-lost' && key.kind === 'kms' ? (
      <Button size="sm" icon="globe" onClick={() => ask({ kind: 'account', key })}>
        {t('remote:act.account')}
      </Button>
    ) : key.unavailable === 'secret-lost' ? (
      <Button
        size="sm"
        icon="download"
        onClick={() => ask({ kind: 'import', description: key.description })}
      >
        {t('keys:import')}
      </Button>
    ) : (
      <Button size="sm" busy={check.isPending} onClick={() => check.mutate()}>
        {t(check.isPending ? 'keys:act.unlocking' : 'keys:act.unlock')}
      </Button>
    )
  return (
    <Note kind={key.unavailable === 'secret-lost' ? 'bad' : 'warn'} icon="safe" actions={help}>
      {errorSentence(error, language)}
    </Note>
  )
}

function errorFor(
  why: NonNullable<MasterKey['unavailable']>,
  name: string,
  exists: boolean,
): AppError {
  if (why === 'secret-lost') return { code: why, name }
  return why === 'passphrase-needed' ? { code: why, exists } : { code: why }
}
