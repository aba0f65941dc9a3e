import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { call } from '../../../queries/core.ts'
import {
  PAGE_ROWS,
  positionQuery,
  rowsQuery,
  usePosition,
  type Rows,
} from '../../../queries/rows/rows.ts'
import { isFilter } from '../../../queries/rows/rows-view.ts'
import { ofRowId, rowIdIn } from '../../../queries/rows/seen-rows.ts'
import {
  between,
  dispatchSelection,
  useSelection,
  type SelectionAction,
} from '../../../state/selection.ts'
import type { RowRange } from '../../../ui/grid/rubber-band.ts'

/** The most keys of one answer of the index. */
const MOST_KEYS = 100_000

/** How a row was reached: by an arrow key or a click, with the keys that were down. */
export interface Reach {
  /** The selection becomes the range from its anchor to the row. */
  readonly extend?: boolean
  /** The row becomes active and the selection stays. */
  readonly only?: boolean
  /** The row is added to the selection, or taken out. */
  readonly toggle?: boolean
}

export interface RowSelection {
  /** Number of the active row, or -1. */
  readonly active: number
  /** Goes to a row, which may not be loaded yet. */
  reach(index: number, how: Reach): void
  /** Selects every row that fits the filter. */
  all(): void
  /** Selects the loaded rows of some ranges, in their order. */
  band(ranges: readonly RowRange[]): void
  act(action: SelectionAction): void
}

/**
 * Joins the selection with rows that may not be loaded. A range is made of loaded rows at once.
 * Else the index gives the keys. `onChange` hears of each change by the user.
 */
export function useRowSelection(rows: Rows, onChange: () => void): RowSelection {
  const client = useQueryClient()
  const { active: activeId } = useSelection()
  const [waiting, setWaiting] = useState<{ readonly index: number } | null>(null)
  const [last, setLast] = useState<{ readonly id: string; readonly index: number } | null>(null)
  const { scope } = rows.view
  const loadedAt = activeId === null ? -1 : rows.indexOf(activeId)
  const asked = usePosition(
    rows,
    activeId === null ? null : ofRowId(scope, activeId),
    loadedAt >= 0,
  )
  // Until the index answers, the row is thought to be where it was.
  const thought =
    last !== null && last.id === activeId && rows.keyAt(last.index) === undefined
      ? Math.min(last.index, rows.count - 1)
      : -1
  const known = loadedAt >= 0 ? loadedAt : (asked ?? thought)
  const active = waiting?.index ?? known
  if (activeId !== null && loadedAt >= 0 && (last?.id !== activeId || last.index !== loadedAt))
    setLast({ id: activeId, index: loadedAt })

  const act = (action: SelectionAction) => {
    dispatchSelection(action)
    if (action.type !== 'visit' && action.type !== 'retain') onChange()
  }
  /** Ids of the rows from one number to another. `null`: there are too many. */
  const idsOf = async (from: number, to: number): Promise<readonly string[]> => {
    const ids: string[] = []
    for (let at = Math.min(from, to); at <= Math.max(from, to); at += MOST_KEYS) {
      const end = Math.min(Math.max(from, to) + 1, at + MOST_KEYS)
      const keys = await call('index.keys', { ...rows.view, from: at, to: end })
      for (const row of keys) ids.push(rowIdIn(scope, row))
    }
    return ids
  }
  const extendTo = (index: number, key: string) => {
    const { anchor } = useSelection.getState()
    const start = anchor ?? rows.keyAt(0) ?? key
    const from = anchor === null ? 0 : rows.indexOf(start)
    const here = from < 0 ? null : between(rows, from, index)
    if (here !== null) return act({ type: 'range', keys: here, anchor: start, key })
    dispatchSelection({ type: 'visit', key })
    const rest = async () => {
      const at =
        from >= 0
          ? from
          : await client.fetchQuery(
              positionQuery(rows.view, ofRowId(scope, start).bucket, ofRowId(scope, start).key),
            )
      const whole = Math.min(at ?? 0, index) === 0 && Math.max(at ?? 0, index) === rows.count - 1
      const keys = whole ? [] : await idsOf(at ?? 0, index)
      const now = useSelection.getState()
      // The user has gone on meanwhile.
      if (now.active !== key || now.anchor !== anchor) return
      if (whole) all(key, start)
      else act({ type: 'range', keys, anchor: start, key })
    }
    rest().catch(() => undefined)
  }
  const all = (key: string | null, anchor: string | null) => {
    const { filter } = rows.view
    // A search may show objects outside of the folder, so it has a filter also without a condition.
    const isFolder = !isFilter(filter) && scope.depth === 'level'
    dispatchSelection({ type: 'all', filter: isFolder ? null : filter, first: key })
    if (key !== null && anchor !== null) useSelection.setState({ active: key, anchor })
    onChange()
  }
  const reachKey = (index: number, key: string, { extend, only, toggle }: Reach) => {
    if (only === true) act({ type: 'visit', key })
    else if (extend === true) extendTo(index, key)
    else act({ type: 'point', key, toggle: toggle === true })
  }
  useGone(rows, last?.index ?? active)
  useOtherFilter(rows)
  return {
    active: active < rows.count ? active : -1,
    reach(index, how) {
      const key = rows.keyAt(index)
      if (key !== undefined) {
        setWaiting(null)
        return reachKey(index, key, how)
      }
      // The row is reached once it is loaded, unless the user goes on.
      const mine = { index }
      setWaiting(mine)
      client.fetchQuery(rowsQuery(rows.view, Math.floor(index / PAGE_ROWS))).then(
        (page) => {
          const row = page.rows[index % PAGE_ROWS]
          setWaiting((now) => {
            if (now !== mine) return now
            if (row !== undefined) queueMicrotask(() => reachKey(index, rowIdIn(scope, row), how))
            return null
          })
        },
        () => setWaiting((now) => (now === mine ? null : now)),
      )
    },
    all: () => all(rows.keyAt(0) ?? null, null),
    band(ranges) {
      const [first, last] = [ranges[0], ranges.at(-1)]
      if (first === undefined || last === undefined) return
      const keys = ranges.map(([from, to]) => between(rows, from, to))
      const [anchor, key] = [rows.keyAt(first[0]), rows.keyAt(last[1])]
      if (keys.includes(null) || anchor === undefined || key === undefined) return
      act({ type: 'range', keys: keys.flatMap((some) => some ?? []), anchor, key })
    },
    act,
  }
}

/**
 * Takes rows that are gone out of the selection, when a listing is complete. The keyboard goes to
 * the row in the place of an active row that is gone.
 */
function useGone(rows: Rows, active: number): void {
  const before = useRef<Rows | null>(null)
  const { sums, isEarlier } = rows
  useEffect(() => {
    const earlier = before.current
    if (sums === undefined || isEarlier || !sums.status.complete) return undefined
    before.current = rows
    const { keys, active: id } = useSelection.getState()
    const wanted = id === null || keys.has(id) ? Array.from(keys) : [...keys, id]
    const unseen = wanted.filter((key) => rows.indexOf(key) < 0)
    if (unseen.length === 0 || earlier?.sums?.revision === sums.revision) return undefined
    let left = false
    goneOf(rows, unseen).then(
      (gone) => {
        if (left || gone.length === 0) return
        const next = id === null ? null : nextOf(earlier, rows, id, active)
        dispatchSelection({ type: 'retain', gone, next })
      },
      () => undefined,
    )
    return () => {
      left = true
    }
  }, [rows, sums, isEarlier, active])
}

/** Returns the ids that no row has. A place with very many rows is not asked: none is said. */
async function goneOf(rows: Rows, ids: readonly string[]): Promise<readonly string[]> {
  const { scope, sort, filter } = rows.view
  if (!isFilter(filter) && rows.loaded.length === rows.count) return ids
  const all = await call('index.keys', { scope, sort, filter: {}, from: 0, to: MOST_KEYS })
  if (all.length === MOST_KEYS) return []
  const there = new Set(all.map((row) => rowIdIn(scope, row)))
  return ids.filter((id) => !there.has(id))
}

/** The nearest row below that still exists, else the row with the same number, else the last. */
function nextOf(before: Rows | null, rows: Rows, id: string, index: number): string | null {
  const at = before?.indexOf(id) ?? -1
  for (let i = at; before !== null && at >= 0 && i < before.count; i++) {
    const key = before.keyAt(i)
    if (key === undefined) break
    if (rows.indexOf(key) >= 0) return key
  }
  return rows.keyAt(Math.min(Math.max(0, at >= 0 ? at : index), rows.count - 1)) ?? null
}

/**
 * A selection of everything that fits a filter stays as it is under another filter: its rows are
 * named one by one. A selection that is too long for that ends.
 */
function useOtherFilter({ view }: Rows): void {
  const { all, filter, keys } = useSelection()
  const other =
    all && filter !== undefined && JSON.stringify(filter) !== JSON.stringify(view.filter)
  useEffect(() => {
    if (!other || filter === undefined) return
    const { scope, sort } = view
    call('index.keys', { scope, sort, filter, from: 0, to: MOST_KEYS }).then(
      (found) => {
        const ids = found.map((row) => rowIdIn(scope, row)).filter((id) => !keys.has(id))
        const { filter: now, ...state } = useSelection.getState()
        if (now !== filter || state.keys !== keys) return
        const left = new Set(found.length < MOST_KEYS ? ids : [])
        useSelection.setState({ ...state, keys: left, all: false }, true)
      },
      () => undefined,
    )
  }, [other])
}
