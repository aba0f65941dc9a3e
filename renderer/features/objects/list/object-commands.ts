import type { Place } from '../../../queries/objects.ts'
import { searchIn } from '../../../state/filters.ts'
import { ask } from '../../../state/work.ts'
import type { Text } from '../../../text/use-text.tsx'
import type { MenuEntry, MenuItem } from '../../../ui/controls/menu.tsx'
import type { Uploads } from '../upload/uploads.ts'

/** Returns the commands on the open folder, for the menu of the upload button and the palette. */
export const folderCommands = (t: Text, place: Place, uploads: Uploads): readonly MenuEntry[] => [
  {
    icon: 'file',
    label: t('objects:uploadFiles'),
    keys: { chords: ['mod+u'] },
    onSelect: () => void uploads.pickFiles(place),
  },
  {
    icon: 'folder',
    label: t('objects:uploadFolder'),
    keys: { chords: ['mod+shift+u'] },
    onSelect: () => void uploads.pickFolders(place),
  },
  'line',
  {
    icon: 'newfolder',
    label: t('objects:newFolder'),
    onSelect: () => ask({ kind: 'new-folder', place }),
  },
]

/** Returns the commands on the list itself. A tab of a browser keeps its own keys for a reload. */
export const listCommands = (t: Text, place: Place, refresh: () => void): readonly MenuItem[] => [
  {
    icon: 'refresh',
    label: t('objects:refresh'),
    keys: { chords: ['mod+r', 'F5'], desktopOnly: true },
    onSelect: refresh,
  },
  {
    icon: 'filter',
    label: t('common:shortcuts.filter'),
    keys: { chords: ['mod+f'] },
    onSelect: focusFilter,
  },
  {
    icon: 'search',
    label: t('objects:search.bucket', { bucket: place.bucket }),
    keys: { chords: ['mod+shift+f'] },
    onSelect: () => {
      searchIn('bucket')
      focusFilter()
    },
  },
]

/** The same entries, all of them not possible now. Their keys are still taken. */
export const disabledEntries = (entries: readonly MenuEntry[]): readonly MenuEntry[] =>
  entries.map((entry) => (entry === 'line' ? entry : { ...entry, disabled: true }))

function focusFilter(): void {
  const field = document.getElementById('filter')
  if (field instanceof HTMLInputElement) {
    field.focus()
    field.select()
  }
}
