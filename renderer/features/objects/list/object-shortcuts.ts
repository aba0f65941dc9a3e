import { isChord } from '../../../shell/platform.ts'
import type { Place } from '../../../queries/objects.ts'
import { searchIn } from '../../../state/filters.ts'
import type { ObjectActions } from '../actions.ts'
import type { Uploads } from '../upload/uploads.ts'

/**
 * Runs a shortcut of the objects page, wherever the focus is on it. Returns false for other keys.
 * `browser`: a tab keeps its own refresh.
 */
export function objectShortcut(
  event: KeyboardEvent,
  place: Place,
  actions: ObjectActions,
  uploads: Uploads,
  refresh: () => void,
  browser: boolean,
): boolean {
  if (isChord(event, 'mod+u')) void uploads.pickFiles(place)
  else if (isChord(event, 'mod+shift+u')) void uploads.pickFolders(place)
  else if (isChord(event, 'mod+s')) actions.download(false)
  else if (isChord(event, 'mod+alt+s')) actions.download(true)
  else if (isChord(event, 'F2')) actions.rename()
  else if (isChord(event, 'mod+f')) focusFilter()
  else if (isChord(event, 'mod+shift+f')) {
    searchIn('bucket')
    focusFilter()
  } else if (!browser && (isChord(event, 'mod+r') || event.key === 'F5')) refresh()
  else return false
  return true
}

function focusFilter(): void {
  const field = document.getElementById('filter')
  if (field instanceof HTMLInputElement) {
    field.focus()
    field.select()
  }
}
