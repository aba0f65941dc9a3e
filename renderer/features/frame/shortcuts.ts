import { isChord, isMac } from '../../shell/platform.ts'
import { travel } from '../../state/history.ts'
import {
  go,
  goToParent,
  setPanes,
  showDetails,
  toggleSide,
  useUi,
  type Page,
} from '../../state/ui.ts'
import { ask } from '../../state/work.ts'
import { isDialogOpen } from '../../ui/controls/focus-return.tsx'

const PAGES: readonly Page[] = ['objects', 'transfers', 'keys', 'offline']

/**
 * Runs a shortcut of the whole window. Returns false for other keys. `browser`: a tab keeps ⌘1 to
 * ⌘4 and its own Back and Forward.
 */
export function appShortcut(event: KeyboardEvent, browser: boolean, details: boolean): boolean {
  const chord = (text: string) => isChord(event, text)
  // An open dialog comes first: another page or dialog would take away what was typed.
  if (isDialogOpen()) return false
  if (event.key === 'F6') return cycleRegion(event.shiftKey ? -1 : 1)
  const { panes } = useUi.getState()
  if (chord('mod+,')) go({ page: 'settings' })
  else if (chord('mod+/')) ask({ kind: 'shortcuts' })
  else if (chord('mod+alt+1')) toggleSide()
  else if (chord('mod+alt+2')) showDetails(!details)
  else if (chord('mod+alt+3')) setPanes({ panelOpen: !panes.panelOpen })
  else if (
    chord(isMac ? 'mod+ArrowUp' : 'alt+ArrowUp') &&
    useUi.getState().page === 'objects' &&
    !(event.target instanceof HTMLInputElement)
  )
    goToParent()
  else if (browser) return false
  else if (chord(isMac ? 'mod+[' : 'alt+ArrowLeft')) travel('back')
  else if (chord(isMac ? 'mod+]' : 'alt+ArrowRight')) travel('forward')
  else {
    const page = PAGES.find((_page, i) => chord(`mod+${i + 1}`))
    if (page === undefined) return false
    go({ page })
  }
  return true
}

/** Elements that Tab stops at. */
export const TABBABLE =
  'a[href], button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), [tabindex="0"]:not([role="separator"])'

/** Moves the focus from region to region, in the order of the page. */
function cycleRegion(way: 1 | -1): boolean {
  const regions = Array.from(document.querySelectorAll<HTMLElement>('[data-region]')).filter(
    (region) => region.offsetParent !== null || region === document.body,
  )
  if (regions.length === 0) return false
  const at = regions.findIndex((region) => region.contains(document.activeElement))
  for (let i = 1; i <= regions.length; i++) {
    const region = regions[(at + way * i + regions.length * 2) % regions.length]
    const stop =
      region?.matches(TABBABLE) === true ? region : region?.querySelector<HTMLElement>(TABBABLE)
    if (stop) {
      stop.focus()
      return true
    }
  }
  return true
}
