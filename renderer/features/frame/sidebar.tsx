import type { ReactNode } from 'react'
import type { Profile, SecretsStatus } from '../../../shared/contract/models.ts'
import { lacksBackup, useKeys } from '../../queries/keys.ts'
import { useSecrets } from '../../queries/secrets.ts'
import { useUnfinished } from '../../queries/transfers/transfers.ts'
import { go, setPanes, showSide, useUi, type Page } from '../../state/ui.ts'
import { askToUnlock } from '../../queries/unlock.ts'
import { ask } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { IconButton } from '../../ui/controls/button.tsx'
import { Icon, type IconName } from '../../ui/icon.tsx'
import { Resizer } from '../../ui/controls/resizer.tsx'
import { SidebarPlaces } from '../places/sidebar-places.tsx'
import { Tree } from './tree.tsx'

/**
 * Lists pages, favorites, recent places, profiles with their buckets and folders, and the secret
 * store. `over`: the sidebar lies over the page of a narrow window, beside the rail.
 */
export function Sidebar({
  profiles,
  over,
}: {
  readonly profiles: readonly Profile[]
  readonly over: boolean
}) {
  const t = useText()
  const width = useUi((ui) => ui.panes.side)
  return (
    <nav
      className={over ? 'side over' : 'side'}
      aria-label={t(over ? 'common:nav.places' : 'common:nav.main')}
      onKeyDown={(event) => {
        if (over && event.key === 'Escape') showSide(false)
      }}
    >
      <div className="brand">
        <Icon name="logo" />
        <span className="grow">{t('common:app')}</span>
      </div>
      {!over && <Pages />}
      <SidebarPlaces profiles={profiles} />
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
      {!over && <Foot />}
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

/** The sidebar of a narrow window: icons, and a button that opens the places over the page. */
export function Rail({ open }: { readonly open: boolean }) {
  const t = useText()
  const label = t(open ? 'common:nav.hidePlaces' : 'common:nav.showPlaces')
  return (
    <nav className="side rail" aria-label={t('common:nav.main')}>
      <div className="brand">
        <Icon name="logo" />
      </div>
      <Pages />
      <IconButton
        className="rail-places"
        icon="folder"
        label={label}
        aria-expanded={open}
        onClick={() => showSide(!open)}
      />
      <span className="grow" />
      <Foot />
    </nav>
  )
}

function Pages() {
  const t = useText()
  const q = useQuantities()
  const unfinished = useUnfinished()
  const unsaved = useKeys().data?.filter(lacksBackup).length ?? 0
  return (
    <div className="nav" data-region="nav">
      <NavLink page="transfers" icon="transfers">
        {unfinished > 0 && (
          <span className="count" title={t('common:nav.unfinished', { count: unfinished })}>
            {q.count(unfinished)}
          </span>
        )}
      </NavLink>
      <NavLink page="keys" icon="key">
        {unsaved > 0 && (
          <span className="count warn" title={t('common:nav.noBackup', { count: unsaved })}>
            <Icon name="alert" size="xs" />
            <span aria-hidden="true">{q.count(unsaved)}</span>
            <span className="sr">{t('common:nav.noBackup', { count: unsaved })}</span>
          </span>
        )}
      </NavLink>
      <NavLink page="offline" icon="offline" />
    </div>
  )
}

function Foot() {
  const t = useText()
  return (
    <div className="sidefoot">
      <div className="nav flex" data-region="nav">
        <NavLink page="settings" icon="settings" />
        <IconButton
          icon="info"
          small
          label={t('common:help')}
          onClick={() => ask({ kind: 'shortcuts' })}
        />
      </div>
      <Keep />
    </div>
  )
}

function NavLink({
  page,
  icon,
  children,
}: {
  readonly page: Exclude<Page, 'objects'>
  readonly icon: IconName
  /** A number beside the name. */
  readonly children?: ReactNode
}) {
  const t = useText()
  const label = t(`common:nav.${page}`)
  const on = useUi((ui) => ui.page === page)
  return (
    <a
      href={`#${page}`}
      title={label}
      {...(on && { 'aria-current': 'page' as const })}
      onClick={(event) => {
        event.preventDefault()
        go({ page })
      }}
    >
      <Icon name={icon} />
      <span className="lbl">{label}</span>
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
      <div className="keep" title={word}>
        <Icon name="safe" />
        <span className="cut">{word}</span>
      </div>
    )
  return (
    <button type="button" className="keep locked" title={word} onClick={() => void askToUnlock()}>
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
