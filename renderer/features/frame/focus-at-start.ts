import { useEffect } from 'react'
import type { Page } from '../../state/ui.ts'
import { TABBABLE } from './shortcuts.ts'

/**
 * After a start, a reload, and a change of page that leaves the focus nowhere: the list of the page
 * has it as soon as it is there, unless the user was quicker. The page of objects does this itself,
 * because there the list gives way to other states.
 */
export function useFocusAtStart(page: Page): void {
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
  }, [page])
}
