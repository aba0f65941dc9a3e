import { useEffect } from 'react'
import type { Page } from '../../state/ui.ts'
import { TABBABLE } from './shortcuts.ts'

/**
 * Moves the focus to the list of the page when nothing has it: after a start, a reload, or a change
 * of page or tab. The user's own focus wins. The objects page does this itself, because other
 * states replace its list.
 */
export function useFocusAtStart(page: Page, tab: number): void {
  useEffect(() => {
    if (page === 'objects') return
    const region = page === 'transfers' ? 'transfers' : 'list'
    const take = (): void => {
      if (document.activeElement === document.body) {
        const list = document.querySelector<HTMLElement>(`#main [data-region="${region}"]`)
        const stop =
          list?.matches(TABBABLE) === true ? list : list?.querySelector<HTMLElement>(TABBABLE)
        stop?.focus({ preventScroll: true })
      }
      if (document.activeElement !== document.body) watch.disconnect()
    }
    const watch = new MutationObserver(take)
    watch.observe(document.body, { childList: true, subtree: true })
    take()
    return () => watch.disconnect()
  }, [page, tab])
}
