import { useCallback, useRef, useSyncExternalStore, type RefObject } from 'react'
import type { GridItems } from './sections.ts'

/** Pixels above and below the visible items in which items may be drawn as well. */
const OVERSCAN_PX = 240
/**
 * The greatest height of an element, in pixels. Firefox lays out 17.8 million, and Chromium places
 * nothing to a pixel above 16.7 million. A longer list scrolls faster than the pointer.
 */
const MOST_PX = 15_000_000

/** The part of a long list that is drawn. */
export interface ScrollWindow {
  /** Must be the `ref` of the scrolled element. */
  readonly scroller: RefObject<HTMLDivElement | null>
  /** The items in lines of `across`. */
  readonly items: GridItems
  /** Rows that stand side by side. */
  readonly across: number
  /** Numbers of the first and the last item in view or near. The last is -1 in an empty list. */
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
  /** Returns the item at a distance from the top of that element, in pixels, and at a column. */
  itemAt(y: number, column?: number): number
}

/** The measures of a list, in pixels. */
export interface ListMeasures {
  readonly rowPx: number
  /** The head that stays in view. */
  readonly headPx: number
  /** Null: rows lie one below the other. Else tiles lie side by side. */
  readonly tiles: TileMeasures | null
}

/** The measures of tiles, in pixels. */
export interface TileMeasures {
  /** The least width of a tile. */
  readonly leastPx: number
  readonly gapPx: number
  /** The room beside all tiles, on both sides together. */
  readonly besidePx: number
}

/** Returns how many tiles fit side by side into a list, at least one. */
const acrossIn = (width: number, tiles: TileMeasures | null): number =>
  tiles === null
    ? 1
    : Math.max(
        1,
        Math.floor((width - tiles.besidePx + tiles.gapPx) / (tiles.leastPx + tiles.gapPx)),
      )

/**
 * Follows the scrolled element and returns the items that are in view. Headings and rows have one
 * height each, so a list of any length costs the same. `itemsOf`: the items in lines of `across`.
 */
export function useScrollWindow(
  itemsOf: (across: number) => GridItems,
  { rowPx, headPx, tiles }: ListMeasures,
): ScrollWindow {
  const scroller = useRef<HTMLDivElement>(null)
  // Read when the element moves, and not while rows are drawn: that would lay out all of them.
  const seen = useRef({ scrollTop: 0, clientHeight: 0, clientWidth: 0 })
  const subscribe = useCallback((onChange: () => void) => {
    const element = scroller.current
    if (element === null) return () => undefined
    const read = () => {
      const { scrollTop, clientHeight, clientWidth } = element
      seen.current = { scrollTop, clientHeight, clientWidth }
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
    const { scrollTop, clientHeight, clientWidth } = seen.current
    const fit = acrossIn(clientWidth, tiles)
    // A scrolled line is the smallest step that draws anything else.
    const step = itemsOf(fit).px > MOST_PX ? 1 : rowPx
    return `${Math.floor(scrollTop / step) * step} ${clientHeight} ${fit}`
  })
  const [top = 0, room = 0, across = 1] = place.split(' ').map(Number)
  const items = itemsOf(across)
  const whole = items.px
  const scaleOf = (within: number) => (whole > MOST_PX ? (whole - within) / (MOST_PX - within) : 1)
  const view = Math.max(0, room - headPx)
  const scale = scaleOf(view)

  const offset = top * scale
  const shownFirst = items.itemAt(offset)
  const shownLast = items.itemAt(offset + view, across - 1)
  const beyond = Math.ceil(OVERSCAN_PX / rowPx) * across
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
    items,
    across,
    first: Math.max(0, shownFirst - beyond),
    last: Math.min(items.count - 1, shownLast + beyond),
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
      const end = items.endOf(item)
      const now = offsetNow()
      const within = (scroller.current?.clientHeight ?? 0) - headPx
      if (start < now) scrollTo(start)
      else if (end > now + within) scrollTo(end - within)
    },
    scrollBy: (px) => scrollTo(offsetNow() + px),
    itemAt: (y, column) => items.itemAt(y - top + offset, column),
  }
}
