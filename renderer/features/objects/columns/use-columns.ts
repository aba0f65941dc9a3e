import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useLayoutEffect, useMemo, useRef, useState, type RefObject } from 'react'
import { create } from 'zustand'
import type { ColumnChoice } from '../../../../shared/contract/models-places.ts'
import { notePlace, placesQuery, usePlaceLists } from '../../../queries/places.ts'
import { hours12 } from '../../../text/quantities.ts'
import { watchWidth } from '../../../ui/name.tsx'
import { fitColumns, standardColumns, type FittedColumns, type ListDepth } from './columns.ts'

/** The columns while one of them is dragged. They are not stored yet. */
const useDraft = create<{ readonly columns: readonly ColumnChoice[] | null }>(() => ({
  columns: null,
}))

/** The columns of a kind of list, and the ways to change them. */
export interface Columns {
  readonly depth: ListDepth
  readonly choices: readonly ColumnChoice[]
  /** Shows columns that are not stored yet, as long as one is dragged. Null: the stored ones. */
  draft(columns: readonly ColumnChoice[] | null): void
  /** Stores the columns for all lists of this kind. Null: the standard ones. */
  store(columns: readonly ColumnChoice[] | null): void
}

/** Returns the columns that the user chose for folders or for searches. */
export function useColumns(depth: ListDepth): Columns {
  const client = useQueryClient()
  const stored = usePlaceLists().columns[depth]
  const draft = useDraft((state) => state.columns)
  const store = useCallback(
    (columns: readonly ColumnChoice[] | null) => {
      // The list follows at once, and the core's event says the same.
      client.setQueryData(placesQuery.queryKey, (lists) =>
        lists === undefined ? lists : { ...lists, columns: { ...lists.columns, [depth]: columns } },
      )
      useDraft.setState({ columns: null })
      notePlace({
        do: 'columns',
        depth,
        columns: columns === null ? null : columns.map((column) => ({ ...column })),
      })
    },
    [client, depth],
  )
  return useMemo(
    () => ({
      depth,
      choices: draft ?? stored ?? standardColumns(depth),
      draft: (columns) => useDraft.setState({ columns }),
      store,
    }),
    [depth, draft, stored, store],
  )
}

/** The columns of one list that is in the page. */
export interface ListColumns extends Columns {
  readonly fitted: FittedColumns
}

/** Fits the columns into the width of a list. The first value is the `ref` of its element. */
export function useListColumns(
  depth: ListDepth,
): readonly [RefObject<HTMLDivElement | null>, ListColumns] {
  const columns = useColumns(depth)
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(
    () => (frame.current === null ? undefined : watchWidth(frame.current, setWidth)),
    [],
  )
  const fitted = useMemo(
    () => fitColumns(columns.choices, depth, width, hours12),
    [columns.choices, depth, width],
  )
  return [frame, { ...columns, fitted }]
}
