import { useLayoutEffect, useRef, type RefObject } from 'react'
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
