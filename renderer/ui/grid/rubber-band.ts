import {
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  type CSSProperties,
  type MouseEvent,
  type RefObject,
} from 'react'

/** Pixels that the pointer moves before a band is drawn. A shorter way is a click. */
const STARTS_PX = 4
/** Pixels from the edge of the list at which it scrolls, and the pixels of one step. */
const EDGE_PX = 24
const STEP_PX = 20

/** The first and the last number of some rows. */
export type RowRange = readonly [number, number]

/** A rectangle from the left and the top of all rows, in pixels. */
export interface BandBox {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

export interface BandRows {
  /** Returns the rows that a rectangle touches: one range for each line of tiles. */
  rowsIn(box: BandBox): readonly RowRange[]
  scrollBy(px: number): void
}

/**
 * Draws a band from where the main button went down, and tells which rows it touches. The list
 * scrolls when the pointer is at its edge. `onBand` gets the rows, in ranges.
 */
export function useRubberBand(
  rows: RefObject<HTMLElement | null>,
  scroller: RefObject<HTMLElement | null>,
  bandRows: BandRows,
  onBand: ((ranges: readonly RowRange[]) => void) | undefined,
): { readonly style: CSSProperties | null; start(event: MouseEvent): void } {
  const [style, setStyle] = useState<CSSProperties | null>(null)
  // A band lasts while the list scrolls and rows arrive.
  const latest = useRef({ ...bandRows, onBand })
  useLayoutEffect(() => void (latest.current = { ...bandRows, onBand }))
  const start = useCallback(
    (event: MouseEvent) => {
      const element = rows.current
      const view = scroller.current
      if (element === null || view === null) return
      const at = (x: number, y: number) => {
        const box = element.getBoundingClientRect()
        return { x: x - box.left, y: y - box.top }
      }
      const from = at(event.clientX, event.clientY)
      let pointer = { x: event.clientX, y: event.clientY }
      let isDrawn = false
      let timer: ReturnType<typeof setInterval> | undefined
      const draw = () => {
        const to = at(pointer.x, pointer.y)
        const [top, bottom] = [Math.min(from.y, to.y), Math.max(from.y, to.y)]
        const [left, right] = [Math.min(from.x, to.x), Math.max(from.x, to.x)]
        setStyle({ left, top, width: right - left, height: bottom - top })
        const { rowsIn, onBand } = latest.current
        onBand?.(rowsIn({ left, top, right, bottom }))
      }
      const scroll = () => {
        const box = view.getBoundingClientRect()
        const way = pointer.y > box.bottom - EDGE_PX ? 1 : pointer.y < box.top + EDGE_PX ? -1 : 0
        if (way === 0) return
        latest.current.scrollBy(way * STEP_PX)
        draw()
      }
      const move = (next: globalThis.MouseEvent) => {
        pointer = { x: next.clientX, y: next.clientY }
        const way = Math.hypot(pointer.x - event.clientX, pointer.y - event.clientY)
        if (!isDrawn && way < STARTS_PX) return
        isDrawn = true
        timer ??= setInterval(scroll, 30)
        next.preventDefault()
        draw()
      }
      const end = () => {
        clearInterval(timer)
        window.removeEventListener('mousemove', move)
        window.removeEventListener('mouseup', end)
        setStyle(null)
      }
      window.addEventListener('mousemove', move)
      window.addEventListener('mouseup', end)
    },
    [rows, scroller],
  )
  return { style, start }
}
