import { queryOptions, useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { useCallback, useMemo, useState } from 'react'
import type { IndexRow, IndexWindow } from '../../../shared/contract/models-index.ts'
import { call, names } from '../core.ts'
import type { Place } from '../objects.ts'
import type { RowsView } from './rows-view.ts'
import { rememberRows, rowIdIn } from './seen-rows.ts'

/** Rows of one answer of the index. */
export const PAGE_ROWS = 200
/** Rows before the end of a page at which the next page is asked for. */
const NEAR_ROWS = 60
/** Pages that nobody shows are dropped after this time, so that scrolling fills no memory. */
const PAGE_MS = 20_000

/** Returns the view of a folder by name. */
export const levelView = ({ profileId, bucket, prefix }: Place): RowsView => ({
  scope: { profileId, bucket, prefix, depth: 'level' },
  sort: { by: 'name', down: false },
  filter: {},
})

/** Returns one page of rows with the sums of all rows of the view. */
export const rowsQuery = (view: RowsView, page: number) =>
  queryOptions({
    queryKey: names.rows(view, page),
    queryFn: async ({ signal }) => {
      const offset = page * PAGE_ROWS
      const answer = await call('index.rows', { ...view, offset, count: PAGE_ROWS }, signal)
      rememberRows(view.scope, answer.rows)
      return answer
    },
    gcTime: PAGE_MS,
  })

/** Returns the sums of all rows of a place, whatever the filter. */
export const sumsQuery = (view: RowsView) =>
  queryOptions({
    queryKey: names.rows({ ...view, filter: {} }, -1),
    queryFn: ({ signal }) =>
      call('index.rows', { ...view, filter: {}, offset: 0, count: 0 }, signal),
    gcTime: PAGE_MS,
  })

/** Returns the number of a row; null when no row has the key. */
export const positionQuery = (view: RowsView, bucket: string, key: string) =>
  queryOptions({
    queryKey: names.position(view, bucket, key),
    queryFn: ({ signal }) => call('index.position', { ...view, bucket, key }, signal),
    gcTime: PAGE_MS,
  })

/** The rows of a view, as far as they are loaded. */
export interface Rows {
  readonly view: RowsView
  /** The sums of all rows; undefined until the first answer. */
  readonly sums: IndexWindow | undefined
  /** Number of rows. */
  readonly count: number
  /** Returns a row; undefined while the row is not loaded. */
  at(index: number): IndexRow | undefined
  /** Returns the id of a row; undefined while the row is not loaded. */
  keyAt(index: number): string | undefined
  /** Returns the number of a row by its id; -1 while the row is not loaded. */
  indexOf(id: string): number
  /** All loaded rows. */
  readonly loaded: readonly IndexRow[]
  /** True while rows of an earlier order or filter are shown. */
  readonly isEarlier: boolean
  readonly error: Error | null
  readonly isPending: boolean
  /** Loads the pages around these rows. */
  show(first: number, last: number): void
}

interface Shown {
  readonly view: RowsView
  readonly pages: ReadonlyMap<number, IndexWindow>
  readonly head: IndexWindow
}

/** Returns the pages of some rows, and the next ones if their rows are near. */
function pagesOf(first: number, last: number): readonly number[] {
  const pages = new Set([0])
  const from = Math.max(0, Math.floor((first - NEAR_ROWS) / PAGE_ROWS))
  for (let page = from; page <= Math.floor((last + NEAR_ROWS) / PAGE_ROWS); page++) pages.add(page)
  return Array.from(pages)
}

/**
 * Loads windows of rows, and never the whole list. Another order or filter shows the earlier rows
 * until its own are loaded, so that nothing flickers. `enabled`: false waits.
 */
export function useRows(view: RowsView, enabled = true): Rows {
  const [near, setNear] = useState<readonly number[]>([0])
  const [earlier, setEarlier] = useState<Shown | null>(null)
  // No page is asked for behind the last row.
  const last = earlier === null ? Infinity : (earlier.head.total - 1) / PAGE_ROWS
  const wanted = useMemo(() => near.filter((page) => page === 0 || page <= last), [near, last])
  const combine = useCallback(
    (results: readonly UseQueryResult<IndexWindow>[]) => {
      const pages = new Map(
        results.flatMap(({ data }, i) =>
          data === undefined ? [] : [[wanted[i] ?? 0, data] as const],
        ),
      )
      const head = pages.get(0)
      const error = results.find((result) => result.error !== null)?.error ?? null
      const now: Shown | null = head === undefined ? null : { view, pages, head }
      return { now, error, isAll: pages.size === wanted.length }
    },
    [view, wanted],
  )
  const { now, error, isAll } = useQueries({
    queries: wanted.map((page) => ({ ...rowsQuery(view, page), enabled })),
    combine,
  })
  const samePlace = earlier !== null && isSame(earlier.view.scope, view.scope)
  const isReady = now !== null && (isAll || (samePlace && isSame(earlier.view, view)))
  const shown = isReady ? now : samePlace ? earlier : now
  if (isReady && earlier !== now) setEarlier(now)
  const show = useCallback((first: number, last: number) => {
    const pages = pagesOf(first, last)
    setNear((known) => (known.join() === pages.join() ? known : pages))
  }, [])
  return useMemo(
    () => rowsOf(view, shown, shown !== now, error, show),
    [view, shown, now, error, show],
  )
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

function rowsOf(
  asked: RowsView,
  shown: Shown | null,
  isEarlier: boolean,
  error: Error | null,
  show: Rows['show'],
): Rows {
  const view = shown?.view ?? asked
  const idIn = (row: IndexRow) => rowIdIn(view.scope, row)
  const at = (index: number) =>
    shown?.pages.get(Math.floor(index / PAGE_ROWS))?.rows[index % PAGE_ROWS]
  const numbers = new Map<string, number>()
  const loaded: IndexRow[] = []
  for (const [page, { rows }] of shown?.pages ?? [])
    rows.forEach((row, i) => {
      numbers.set(idIn(row), page * PAGE_ROWS + i)
      loaded.push(row)
    })
  return {
    view,
    sums: shown?.head,
    count: shown?.head.total ?? 0,
    at,
    keyAt(index) {
      const row = at(index)
      return row === undefined ? undefined : idIn(row)
    },
    indexOf: (id) => numbers.get(id) ?? -1,
    loaded,
    isEarlier,
    error,
    isPending: shown === null && error === null,
    show,
  }
}

/**
 * Returns the number of a row that may not be loaded: null without such a row, undefined until that
 * is known.
 */
export function usePosition(
  rows: Rows,
  row: { readonly bucket: string; readonly key: string } | null,
  isLoaded: boolean,
): number | null | undefined {
  const asked = row !== null && row.key !== '' && !isLoaded && rows.sums !== undefined
  const { data } = useQuery({
    ...positionQuery(rows.view, row?.bucket ?? '', row?.key ?? ''),
    enabled: asked,
  })
  return asked ? data : undefined
}
