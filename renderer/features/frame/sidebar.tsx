import type { ReactNode } from 'react'
import type { Profile, SecretsStatus } from '../../../shared/contract/models.ts'
import { lacksBackup, useKeys } from '../../queries/keys.ts'
import { useSecrets } from '../../queries/secrets.ts'
import { useUnfinished } from '../../queries/transfers.ts'
import { go, setPanes, showSide, useUi, type Page } from '../../state/ui.ts'
import { askToUnlock } from '../../queries/unlock.ts'
import { ask } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Resizer } from '../../ui/controls/resizer.tsx'
import { Tree } from './tree.tsx'

/**
 * Lists pages, profiles with their buckets and folders, and the secret store. `over`: the sidebar
 * lies over the page of a narrow window.
 */
export function Sidebar({
  profiles,
  over,
}: {
  readonly profiles: readonly Profile[]
  readonly over: boolean
}) {
  const t = useText()
  const q = useQuantities()
  const width = useUi((ui) => ui.panes.side)
  const unfinished = useUnfinished()
  const unsaved = useKeys().data?.filter(lacksBackup).length ?? 0
  return (
    <nav
      className={over ? 'side over' : 'side'}
      aria-label={t('common:nav.main')}
      onKeyDown={(event) => {
        if (over && event.key === 'Escape') showSide(false)
      }}
    >
      <div className="brand">
        <Icon name="logo" />
        <span className="grow">{t('common:app')}</span>
      </div>
      <div className="nav" data-region="nav">
        <NavLink page="transfers" icon="transfers">
          {t('common:nav.transfers')}
          {unfinished > 0 && (
            <span className="count" title={t('common:nav.unfinished', { count: unfinished })}>
              {q.count(unfinished)}
            </span>
          )}
        </NavLink>
        <NavLink page="keys" icon="key">
          {t('common:nav.keys')}
          {unsaved > 0 && (
            <span className="count warn" title={t('common:nav.noBackup', { count: unsaved })}>
              <Icon name="alert" size="xs" />
              <span aria-hidden="true">{q.count(unsaved)}</span>
              <span className="sr">{t('common:nav.noBackup', { count: unsaved })}</span>
            </span>
          )}
        </NavLink>
        <NavLink page="offline" icon="offline">
          {t('common:nav.offline')}
        </NavLink>
      </div>
      <div className="sec">
        <span id="tree-head">{t('common:nav.profiles')}</span>
        <IconButton
          icon="plus"
          small
          label={t('common:nav.addProfile')}
          onClick={() => ask({ kind: 'profile', profileId: null })}
        />
      </div>
      {profiles.length === 0 ? (
        <p className="hint tree">{t('common:tree.empty')}</p>
      ) : (
        <Tree profiles={profiles} />
      )}
      <div className="sidefoot">
        <div className="nav flex" data-region="nav">
          <NavLink page="settings" icon="settings">
            {t('common:nav.settings')}
          </NavLink>
          <IconButton
            icon="info"
            small
            label={t('common:help')}
            onClick={() => ask({ kind: 'shortcuts' })}
          />
        </div>
        <Keep />
      </div>
      <Resizer
        label={t('common:resize.sidebar')}
        edge="right"
        value={width}
        min={180}
        max={360}
        onChange={(side) => setPanes({ side })}
      />
    </nav>
  )
}

function NavLink({
  page,
  icon,
  children,
}: {
  readonly page: Page
  readonly icon: IconName
  readonly children: ReactNode
}) {
  const on = useUi((ui) => ui.page === page)
  return (
    <a
      href={`#${page}`}
      {...(on && { 'aria-current': 'page' as const })}
      onClick={(event) => {
        event.preventDefault()
        go({ page })
      }}
    >
      <Icon name={icon} />
      {children}
    </a>
  )
}

/** Shows where secrets are stored, and whether they can be read. */
function Keep() {
  const t = useText()
  const status = useSecrets().data
  if (status === undefined) return <div className="keep" />
  const well = status.state === 'working'
  const word = t(
    `common:nav.${well ? (status.place === 'keychain' ? 'secretsKeychain' : 'secretsFile') : status.state === 'passphrase-needed' && !status.exists ? 'passphraseNew' : CLOSED[status.state]}`,
  )
  if (well)
    return (
      <div className="keep">
        <Icon name="safe" />
        <span className="cut" title={word}>
          {word}
        </span>
      </div>
    )
  return (
    <button type="button" className="keep locked" onClick={() => void askToUnlock()}>
      <Icon name="alert" />
      <span className="cut">{word}</span>
    </button>
  )
}

const CLOSED: Readonly<
  Record<
    Exclude<SecretsStatus['state'], 'working'>,
    'keychainLocked' | 'keychainMissing' | 'passphraseNeeded'
  >
> = {
  locked: 'keychainLocked',
  missing: 'keychainMissing',
  'passphrase-needed': 'passphraseNeeded',
}
