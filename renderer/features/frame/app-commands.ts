import type { PlaceLists } from '../../../shared/contract/models-places.ts'
import { MOST_TABS } from '../../../shared/contract/models-settings.ts'
import { notePlace, usePlaceLists } from '../../queries/places.ts'
import { isMac } from '../../shell/platform.ts'
import { travel } from '../../state/history.ts'
import { closeTab, showNextTab, useTabs, type Tabs } from '../../state/tabs.ts'
import { undoToast, useToast } from '../../state/toast.ts'
import {
  go,
  goToParent,
  setPanes,
  toggleDetails,
  toggleSide,
  useUi,
  type Page,
} from '../../state/ui.ts'
import { ask } from '../../state/work.ts'
import { useText, type Text } from '../../text/use-text.tsx'
import type { MenuItem, WindowKeys } from '../../ui/controls/menu.tsx'
import type { IconName } from '../../ui/icon.tsx'
import { isFavorite, setFavorite } from '../places/favorites.ts'
import { openNewTab } from '../tabs/open-in-tab.ts'

const PAGES: readonly (readonly [Page, IconName])[] = [
  ['objects', 'bucket'],
  ['transfers', 'transfers'],
  ['keys', 'key'],
  ['offline', 'offline'],
]

const keys = (...chords: readonly string[]): WindowKeys => ({ chords })
const desktop = (...chords: readonly string[]): WindowKeys => ({ chords, desktopOnly: true })

interface Now extends Tabs {
  readonly ui: ReturnType<typeof useUi.getState>
  readonly lists: PlaceLists
  readonly undo: boolean
}

/**
 * Returns the commands of the whole window, in the order of the palette. The window listens for
 * their keys. An item that is not possible now is disabled.
 */
export function appCommands(t: Text, { ui, tabs, shown, lists, undo }: Now): readonly MenuItem[] {
  const { page, place, at, top } = ui
  const here = page === 'objects' ? place : null
  const isOnly = tabs.length < 2
  const marked = here !== null && isFavorite(lists, here)
  return [
    {
      icon: 'retry',
      label: t('common:act.undo'),
      keys: { chords: ['mod+z'], notInFields: true },
      disabled: !undo,
      onSelect: undoToast,
    },
    {
      icon: 'back',
      label: t('common:shortcuts.back'),
      keys: desktop(isMac ? 'mod+[' : 'alt+ArrowLeft'),
      disabled: at === 0,
      onSelect: () => travel('back'),
    },
    {
      icon: 'forward',
      label: t('common:shortcuts.forward'),
      keys: desktop(isMac ? 'mod+]' : 'alt+ArrowRight'),
      disabled: at >= top,
      onSelect: () => travel('forward'),
    },
    {
      icon: 'up-level',
      label: t('common:shortcuts.parent'),
      keys: { chords: [isMac ? 'mod+ArrowUp' : 'alt+ArrowUp'], notInFields: true },
      disabled: here === null || here.prefix === '',
      onSelect: () => {
        if (useUi.getState().page === 'objects') goToParent()
      },
    },
    {
      icon: 'plus',
      label: t('common:tabs.new'),
      keys: desktop('mod+t'),
      disabled: tabs.length >= MOST_TABS,
      onSelect: openNewTab,
    },
    {
      icon: 'x',
      label: t('common:tabs.close'),
      keys: desktop('mod+w'),
      disabled: isOnly,
      // The window goes with its only tab.
      onSelect: () => (isOnly ? window.close() : closeTab(shown)),
    },
    {
      icon: 'forward',
      label: t('common:tabs.next'),
      keys: desktop(isMac ? 'mod+}' : 'mod+Tab'),
      disabled: isOnly,
      onSelect: () => showNextTab(1),
    },
    {
      icon: 'back',
      label: t('common:tabs.before'),
      keys: desktop(isMac ? 'mod+{' : 'mod+shift+Tab'),
      disabled: isOnly,
      onSelect: () => showNextTab(-1),
    },
    {
      icon: 'star',
      label: t(marked ? 'common:favorites.remove' : 'common:favorites.addHere'),
      keys: keys('mod+shift+d'),
      disabled: here === null,
      onSelect: () => {
        if (here !== null) setFavorite(here, !marked)
      },
    },
    ...PAGES.map(([one, icon], i): MenuItem => ({
      icon,
      label: t(`common:nav.${one}`),
      keys: desktop(`mod+${i + 1}`),
      disabled: page === one,
      onSelect: () => go({ page: one }),
    })),
    {
      icon: 'settings',
      label: t('common:nav.settings'),
      keys: keys('mod+,'),
      disabled: page === 'settings',
      onSelect: () => go({ page: 'settings' }),
    },
    {
      icon: 'plus',
      label: t('common:nav.addProfileDots'),
      onSelect: () => ask({ kind: 'profile', profileId: null }),
    },
    {
      icon: 'download',
      label: t('objects:act.importKey'),
      onSelect: () => ask({ kind: 'import-key' }),
    },
    {
      icon: 'pane-right',
      label: t('common:shortcuts.sidebarToggle'),
      keys: keys('mod+alt+1'),
      onSelect: toggleSide,
    },
    {
      icon: 'pane-right',
      label: t('common:shortcuts.detailsToggle'),
      keys: keys('mod+alt+2'),
      onSelect: toggleDetails,
    },
    {
      icon: 'pane-bottom',
      label: t('common:shortcuts.panelToggle'),
      keys: keys('mod+alt+3'),
      onSelect: () => setPanes({ panelOpen: !useUi.getState().panes.panelOpen }),
    },
    {
      icon: 'trash',
      label: t('common:recent.forget'),
      disabled: lists.recent.length + lists.files.length === 0,
      onSelect: () => notePlace({ do: 'forget' }),
    },
    {
      icon: 'info',
      label: t('common:shortcuts.title'),
      keys: keys('mod+/'),
      onSelect: () => ask({ kind: 'shortcuts' }),
    },
  ]
}

/** Opens the palette. It is no row of the palette itself. */
export const paletteCommand = (t: Text): MenuItem => ({
  icon: 'search',
  label: t('common:palette.title'),
  keys: keys('mod+k'),
  onSelect: () => ask({ kind: 'palette' }),
})

/** The commands of the whole window, as they are possible now. */
export function useAppCommands(): readonly MenuItem[] {
  const t = useText()
  const ui = useUi()
  const tabs = useTabs()
  const lists = usePlaceLists()
  const undo = useToast((state) => state.toast?.undo !== undefined)
  return appCommands(t, { ui, ...tabs, lists, undo })
}
