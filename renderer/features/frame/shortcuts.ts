import { useEffect } from 'react'
import { isDialogOpen } from '../../ui/controls/focus-return.tsx'

/** F6 moves the focus to the next area of the page, and Shift+F6 to the one before. */
export function useAreaKeys(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'F6' || event.defaultPrevented || event.repeat || isDialogOpen()) return
      cycleRegion(event.shiftKey ? -1 : 1)
      event.preventDefault()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [])
}

/** Elements that Tab stops at. */
export const TABBABLE =
  'a[href], button:not([disabled]):not([tabindex="-1"]), input:not([disabled]), [tabindex="0"]:not([role="separator"])'

/** Moves the focus from region to region, in the order of the page. */
function cycleRegion(way: 1 | -1): void {
  const regions = Array.from(document.querySelectorAll<HTMLElement>('[data-region]')).filter(
    (region) => region.offsetParent !== null || region === document.body,
  )
  const at = regions.findIndex((region) => region.contains(document.activeElement))
  for (let i = 1; i <= regions.length; i++) {
    const region = regions[(at + way * i + regions.length * 2) % regions.length]
    const stop =
      region?.matches(TABBABLE) === true ? region : region?.querySelector<HTMLElement>(TABBABLE)
    if (stop) {
      stop.focus()
      return
    }
  }
}
