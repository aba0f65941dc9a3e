import { useEffect, useLayoutEffect, type CSSProperties } from 'react'
import { chosenLanguage } from '../../../shared/contract/languages.ts'
import type { MasterKey, Profile } from '../../../shared/contract/models.ts'
import { useApp } from '../../queries/app.ts'
import { useKeys } from '../../queries/keys.ts'
import { useProfiles } from '../../queries/profiles.ts'
import type { Place } from '../../queries/objects.ts'
import { useSettings } from '../../queries/settings.ts'
import { useRound } from '../../state/round.ts'
import { showSide, useIsOver, useSide, useUi, type Page } from '../../state/ui.ts'
import { useTabs } from '../../state/tabs.ts'
import { useRowDrag } from '../../state/row-drag.ts'
import { showRefusal } from './refuse.ts'
import { ask } from '../../state/work.ts'
import { systemLanguage } from '../../text/system-language.ts'
import { setLanguage, useLanguage, useText } from '../../text/use-text.tsx'
import { LiveRegions } from '../../ui/live-regions.tsx'
import { EditsBar } from '../edits/edits-bar.tsx'
import { KeysPage } from '../keys/keys-page.tsx'
import { useWindowKeys } from '../commands/commands.ts'
import { LocalChooser } from '../local-chooser/local-chooser.tsx'
import { dropIntoFolders } from '../objects/upload/drop-target.ts'
import { NoticeBar } from '../objects/list/notice-bar.tsx'
import { GonePlace } from '../places/gone-place.tsx'
import { ToastBar } from '../toasts/toast-bar.tsx'
import { NoPlace } from '../objects/list/list-states.tsx'
import { useMoveInto, usePasteRows } from '../objects/moves.ts'
import { ObjectsPage } from '../objects/objects-page.tsx'
import { watchPastes } from '../objects/upload/pastes.ts'
import { useUploads } from '../objects/upload/uploads.ts'
import { OfflinePage } from '../offline/offline-page.tsx'
import { SettingsPage } from '../settings/settings-page.tsx'
import { Look } from '../look/look.tsx'
import { UnlockDialog, useAskedAtStart } from '../settings/unlock-dialog.tsx'
import { openInTab } from '../tabs/open-in-tab.ts'
import { TAB_PANEL, TabBar, tabElementId } from '../tabs/tab-bar.tsx'
import { watchTabClicks } from '../tabs/tab-clicks.ts'
import { viewName } from '../tabs/tab-name.ts'
import { TransfersPage } from '../transfers/transfers-page.tsx'
import { TransfersPanel } from '../transfers/transfers-panel.tsx'
import { Dialogs } from './dialogs.tsx'
import { useFocusAtStart } from './focus-at-start.ts'
import { paletteCommand, useAppCommands } from './app-commands.ts'
import { useAreaKeys } from './shortcuts.ts'
import { Rail, Sidebar } from './sidebar.tsx'
import { applyTheme } from './theme.ts'
import { openByDrag } from './open-by-drag.ts'

const NONE: readonly never[] = []

/** Shows the sidebar, the page, the transfers panel and everything that lies over them. */
export function Frame() {
  const { page, panes } = useUi()
  const { tabs, shown } = useTabs()
  const side = useSide()
  const sideIsOver = useIsOver('side')
  const settings = useSettings().data
  const keys = useKeys().data ?? NONE
  const all = useProfiles().data ?? NONE
  const profiles =
    settings?.showPractice === false ? all.filter((profile) => profile.kind !== 'practice') : all
  useAskedAtStart(all, keys)
  useChosenLook()
  useFocusAtStart(page, shown)
  useWindowListeners()
  return (
    <>
      <Title />
      <div
        className={sideIsOver ? 'app with-rail' : side ? 'app' : 'app no-side'}
        style={{ '--w-side': `${panes.side}px` } as CSSProperties}
      >
        {sideIsOver && <Rail open={side} />}
        {side && <Sidebar profiles={profiles} over={sideIsOver} />}
        {side && sideIsOver && <div className="side-shade" onClick={() => showSide(false)} />}
        <main className="main" id="main">
          <div className="page-area">
            <TabBar />
            <div
              className="tab-page"
              {...(tabs.length > 1 && {
                role: 'tabpanel',
                id: TAB_PANEL,
                'aria-labelledby': tabElementId(shown),
              })}
            >
              <PageOf key={shown} page={page} profiles={profiles} all={all} keys={keys} />
              {page !== 'objects' && <NoticeBar keys={keys} />}
            </div>
          </div>
          <ToastBar />
          <EditsBar />
          {page !== 'transfers' && page !== 'offline' && <TransfersPanel />}
        </main>
      </div>
      <Look />
      <Dialogs profiles={all} keys={keys} />
      <UnlockDialog profiles={all} keys={keys} />
      <LocalChooser />
      <LiveRegions />
    </>
  )
}

function PageOf({
  page,
  profiles,
  all,
  keys,
}: {
  readonly page: Page
  /** The profiles of the sidebar. */
  readonly profiles: readonly Profile[]
  readonly all: readonly Profile[]
  readonly keys: readonly MasterKey[]
}) {
  const t = useText()
  const place = useUi((ui) => ui.place)
  switch (page) {
    case 'transfers':
      return <TransfersPage />
    case 'keys':
      return <KeysPage />
    case 'offline':
      return <OfflinePage />
    case 'settings':
      return <SettingsPage />
    case 'objects': {
      const profile = profiles.find((one) => one.id === place?.profileId)
      if (place !== null && !all.some((one) => one.id === place.profileId))
        return (
          <div className="mid-pane" data-region="list">
            <h1 className="sr">{t('common:nav.objects')}</h1>
            <GonePlace place={place} kind="profile" />
          </div>
        )
      if (place === null || profile === undefined)
        return (
          <div className="mid-pane" data-region="list">
            <h1 className="sr">{t('common:nav.objects')}</h1>
            <NoPlace profiles={profiles} onAdd={() => ask({ kind: 'profile', profileId: null })} />
          </div>
        )
      return <ObjectsPage place={place} profile={profile} profiles={profiles} keys={keys} />
    }
  }
}

/** Applies the chosen theme and language. */
function useChosenLook(): void {
  const app = useApp().data
  const settings = useSettings().data
  const language = useLanguage()
  useLayoutEffect(() => {
    if (settings === undefined) return
    applyTheme(settings.theme)
    setLanguage(chosenLanguage(settings.language, systemLanguage(app)))
  }, [settings, app])
  useLayoutEffect(() => void (document.documentElement.lang = language), [language])
}

/**
 * Sets the title of the document: progress first, so that a narrow tab shows it. It is a component
 * of its own because it changes often.
 */
function Title() {
  const t = useText()
  const { page, place } = useUi()
  const percent = useRound((round) => round.percent)
  useLayoutEffect(() => {
    const where = viewName(t, { page, place })
    document.title = `${percent === null ? '' : `${percent}% · `}${where} – Cipherbucket`
  }, [page, place, percent, t])
  return null
}

/** The folder of the list; null while none is open. */
function placeHere(): Place | null {
  const { page, place } = useUi.getState()
  return page === 'objects' ? place : null
}

function useWindowListeners(): void {
  const t = useText()
  const app = useApp().data
  const commands = useAppCommands()
  const uploads = useUploads()
  const moveInto = useMoveInto()
  const pasteRows = usePasteRows()
  useWindowKeys([paletteCommand(t), ...commands], app?.shell === 'loopback')
  useAreaKeys()
  useEffect(() => watchTabClicks(window, placeHere, openInTab), [])
  useEffect(
    () =>
      dropIntoFolders({
        here: placeHere,
        onDrop: (place, transfer) => void uploads.take(place, transfer),
        onRefused: (why) => showRefusal(t(`objects:drag.${why}`)),
        onOpen: openByDrag,
        onRows: (place, copy) => {
          const { chosen } = useRowDrag.getState()
          if (chosen !== null) moveInto(chosen, place, !copy)
        },
      }),
    [uploads, t, moveInto],
  )
  useEffect(
    () =>
      watchPastes(window, {
        here: placeHere,
        onPaste: (place, transfer) => void uploads.take(place, transfer),
        onRows: (place, text) => pasteRows(text, place),
        onRefused: (why) => showRefusal(t(`objects:paste.${why}`)),
      }),
    [uploads, t, pasteRows],
  )
}
