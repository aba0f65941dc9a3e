import { useDeferredValue } from 'react'
import type { ScrollWindow } from './scroll-window.ts'

/**
 * Returns the numbers of the items to draw. The items in view are drawn at once. The items near
 * them follow when the window has time, and only once their rows are loaded. So a jump in a long
 * list, and an answer with many rows, draw no more in one frame than the user sees. `activeItem`:
 * the item that stays in the page out of view too, or -1.
 */
export function useDrawnItems(
  { items, first, last, shownFirst, shownLast }: ScrollWindow,
  isLoaded: (row: number) => boolean,
  activeItem: number,
): readonly number[] {
  const isReady = (item: number): boolean => {
    const found = items.at(item)
    return found?.kind === 'heading' || (found !== undefined && isLoaded(found.index))
  }
  let [from, to] = [shownFirst, Math.min(shownLast, items.count - 1)]
  const [shownFrom, shownTo] = [from, to]
  while (from > first && isReady(from - 1)) from--
  while (to < last && isReady(to + 1)) to++
  // A text, because React compares values of a deferred value.
  const [laterFrom = 0, laterTo = -1] = useDeferredValue(`${from} ${to}`, '0 -1')
    .split(' ')
    .map(Number)
  if (laterFrom <= shownTo && laterTo >= shownFrom) {
    from = Math.min(shownFrom, Math.max(from, laterFrom))
    to = Math.max(shownTo, Math.min(to, laterTo))
  } else [from, to] = [shownFrom, shownTo]
  const drawn = Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)
  if (activeItem >= 0 && activeItem < from) drawn.unshift(activeItem)
  if (activeItem > to) drawn.push(activeItem)
  return drawn
}
