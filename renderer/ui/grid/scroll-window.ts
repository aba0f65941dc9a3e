import { useCallback, useRef, useSyncExternalStore, type RefObject } from 'react'
import type { GridItems } from './sections.ts'

/** Items that are drawn above and below the visible ones. */
const OVERSCAN = 8
/**
 * The greatest height of an element, in pixels. Firefox lays out 17.8 million, and Chromium places
 * nothing to a pixel above 16.7 million. A longer list scrolls faster than the pointer.
 */
const MOST_PX = 15_000_000

/** The part of a long list that is drawn. */
export interface ScrollWindow {
  /** Must be the `ref` of the scrolled element. */
  readonly scroller: RefObject<HTMLDivElement | null>
  /** Numbers of the first and the last item to draw. The last is -1 in an empty list. */
  readonly first: number
  readonly last: number
  /** Numbers of the first and the last item that are in view. */
  readonly shownFirst: number
  readonly shownLast: number
  /** Height of the element that holds the items, in pixels. */
  readonly height: number
  /** Pixels of whole rows that are in view. */
  readonly view: number
  /** Returns the place of an item in that element, in pixels. */
  topOf(item: number): number
  /** Brings an item into view and moves as little as possible. */
  reveal(item: number): void
  /** Scrolls by a distance in the whole list, in pixels. */
  scrollBy(px: number): void
  /** Returns the item at a distance from the top of the scrolled element, in pixels. */
  itemAt(y: number): number
}

/**
 * Follows the scrolled element and returns the items that are in view. Headings and rows have one
 * height each, so a list of any length costs the same. `headPx`: the head that stays in view.
 */
export function useScrollWindow(
  items: GridItems,
  { rowPx, headPx }: { readonly rowPx: number; readonly headPx: number },
): ScrollWindow {
  const scroller = useRef<HTMLDivElement>(null)
  const whole = items.px
  const scaleOf = (view: number) => (whole > MOST_PX ? (whole - view) / (MOST_PX - view) : 1)
  // Read when the element moves, and not while rows are drawn: that would lay out all of them.
  const seen = useRef({ scrollTop: 0, clientHeight: 0 })
  const subscribe = useCallback((onChange: () => void) => {
    const element = scroller.current
    if (element === null) return () => undefined
    const read = () => {
      const { scrollTop, clientHeight } = element
      seen.current = { scrollTop, clientHeight }
      onChange()
    }
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    element.addEventListener('scroll', read, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', read)
    }
  }, [])
  // A text, because a store's snapshot is compared by its value.
  const place = useSyncExternalStore(subscribe, () => {
    const { scrollTop, clientHeight } = seen.current
    // A scrolled row is the smallest step that draws anything else.
    const step = whole > MOST_PX ? 1 : rowPx
    return `${Math.floor(scrollTop / step) * step} ${clientHeight}`
  })
  const [top = 0, room = 0] = place.split(' ').map(Number)
  const view = Math.max(0, room - headPx)
  const scale = scaleOf(view)

  const offset = top * scale
  const shownFirst = items.itemAt(offset)
  const shownLast = items.itemAt(offset + view)
  const height = Math.min(whole, MOST_PX)
  const scrollTo = (px: number) => {
    const element = scroller.current
    if (element === null) return
    element.scrollTop = Math.max(0, px) / scaleOf(element.clientHeight - headPx)
    // The new rows are drawn at once, and not with the next frame.
    element.dispatchEvent(new Event('scroll'))
  }
  const offsetNow = () => {
    const element = scroller.current
    return element === null ? 0 : element.scrollTop * scaleOf(element.clientHeight - headPx)
  }
  return {
    scroller,
    first: Math.max(0, shownFirst - OVERSCAN),
    last: Math.min(items.count - 1, shownLast + OVERSCAN),
    shownFirst,
    shownLast,
    height,
    view,
    topOf: (item) => {
      const start = items.startOf(item)
      if (scale === 1) return start
      return Math.min(height - rowPx, Math.max(0, start - offset + top))
    },
    reveal: (item) => {
      const start = items.startOf(item)
      const end = items.startOf(item + 1)
      const now = offsetNow()
      const within = (scroller.current?.clientHeight ?? 0) - headPx
      if (start < now) scrollTo(start)
      else if (end > now + within) scrollTo(end - within)
    },
    scrollBy: (px) => scrollTo(offsetNow() + px),
    itemAt: (y) => items.itemAt(y - top + offset),
  }
}
