import type { Place } from '../../queries/objects.ts'
import { isMac } from '../../shell/platform.ts'
import { folderUnder } from '../objects/upload/folder-under.ts'

/**
 * Opens a place in a new tab by a middle click on its row, its line in the sidebar, or its step of
 * the path. A click with Ctrl or Cmd does the same, except on rows, where it selects. `here`: the
 * folder of the list. Returns the end of that.
 */
export function watchTabClicks(
  window: Window,
  here: () => Place | null,
  onOpen: (place: Place) => void,
): () => void {
  const placeAt = ({ target }: MouseEvent) => {
    const element = target as Element
    return element.closest('[role="tab"]') === null ? folderUnder(element, here()) : null
  }
  // Another row may come under the pointer before the button is released.
  let pressed = ''
  // A browser scrolls, pastes or opens a window of its own by the middle button.
  const hold = (event: MouseEvent) => {
    const found = event.button === 1 ? placeAt(event) : null
    if (found !== null) event.preventDefault()
    if (event.type === 'mousedown') pressed = JSON.stringify(found?.place)
  }
  const middle = (event: MouseEvent) => {
    const found = event.button === 1 ? placeAt(event) : null
    if (found === null) return
    event.preventDefault()
    event.stopPropagation()
    if (JSON.stringify(found.place) === pressed) onOpen(found.place)
  }
  const click = (event: MouseEvent) => {
    const found = (isMac ? event.metaKey : event.ctrlKey) ? placeAt(event) : null
    if (found === null || found.isRow) return
    event.preventDefault()
    event.stopPropagation()
    onOpen(found.place)
  }
  const listeners = [
    ['mousedown', hold],
    ['mouseup', hold],
    ['auxclick', middle],
    ['click', click],
  ] as const
  // Before the handlers of the page, which would open the place in the shown tab.
  for (const [name, listener] of listeners) window.addEventListener(name, listener, true)
  return () => {
    for (const [name, listener] of listeners) window.removeEventListener(name, listener, true)
  }
}
