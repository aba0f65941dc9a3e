import { useCallback, useLayoutEffect, useRef, type RefObject } from 'react'
import type { Place } from '../../../queries/objects.ts'
import type { Rows } from '../../../queries/rows/rows.ts'
import { useSelection } from '../../../state/selection.ts'
import type { GridHandle } from '../../../ui/grid/grid-props.ts'

/**
 * Shows a newly opened folder from its top, or from the active row. When rows come or go above the
 * view, the rows in view stay where they are.
 */
export function useInPlace(
  place: Place,
  rows: Rows,
  active: number,
  grid: RefObject<GridHandle | null>,
): void {
  const opened = useRef<Place | null>(null)
  const isAwaited = useRef(false)
  const before = useRef<Rows | null>(null)
  useLayoutEffect(() => {
    if (rows.sums === undefined || (opened.current === place && !isAwaited.current)) return
    // The index may still be asked where the active row is.
    const wanted = opened.current === place || useSelection.getState().active !== null
    isAwaited.current = wanted && active < 0
    if (opened.current !== place || active >= 0) grid.current?.reveal(Math.max(0, active))
    opened.current = place
  }, [place, rows, active, grid])
  useLayoutEffect(() => {
    const earlier = before.current
    before.current = rows
    const first = grid.current?.firstShown() ?? 0
    if (earlier === null || earlier === rows || first === 0) return
    // Another order or filter is another list.
    if (JSON.stringify(earlier.view) !== JSON.stringify(rows.view)) return
    const key = earlier.keyAt(first)
    const now = key === undefined ? -1 : rows.indexOf(key)
    if (now >= 0 && now !== first) grid.current?.shift(now - first)
  }, [rows, grid])
}

/**
 * Brings the active row, or the first row that was in view, into view in another layout. Returns
 * the function that hears of the rows in view.
 */
export function useShownOver(
  layout: string,
  onShown: (first: number, last: number) => void,
  active: number,
  grid: RefObject<GridHandle | null>,
): (first: number, last: number) => void {
  const shown = useRef(0)
  const before = useRef<number | null>(null)
  // This end runs before the rows of the other layout say what is in view.
  useLayoutEffect(() => {
    if (before.current !== null) grid.current?.reveal(active >= 0 ? active : before.current)
    return () => void (before.current = shown.current)
  }, [layout])
  return useCallback(
    (first, last) => {
      shown.current = first
      onShown(first, last)
    },
    [onShown],
  )
}
