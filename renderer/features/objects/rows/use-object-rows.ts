import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { ListingStatus } from '../../../../shared/contract/models-index.ts'
import type { ObjectRow } from '../../../../shared/contract/models.ts'
import { chosenOf, chosenRows, type Chosen } from '../../../queries/chosen.ts'
import { listingQuery } from '../../../queries/rows/listing.ts'
import type { Place } from '../../../queries/objects.ts'
import { bucketsQuery } from '../../../queries/profiles.ts'
import { isFilter, type RowsView } from '../../../queries/rows/rows-view.ts'
import { sumsQuery, useRows, type Rows } from '../../../queries/rows/rows.ts'
import { useSync, type Sync } from '../../../queries/rows/sync.ts'
import { indexFilterOf, isRegex, scopeOf, useFilters } from '../../../state/filters.ts'
import { useSelection } from '../../../state/selection.ts'
import { parentOf, useUi } from '../../../state/ui.ts'

/** Everything that the page shows of a folder, or of a search. */
export interface ObjectRows {
  readonly view: RowsView
  readonly rows: Rows
  /** Number of rows whatever the filter; undefined until it is known. */
  readonly total: number | undefined
  readonly files: number | undefined
  /** The progress of the listing, or of the sync of a search. */
  readonly status: ListingStatus | undefined
  readonly sync: Sync
  readonly isSearch: boolean
  readonly isFiltered: boolean
  /** The text of the filter is no regular expression. */
  readonly isBadRegex: boolean
  /** The reason why nothing can be shown; null without one. */
  readonly error: Error | null
  readonly errorAt: number
  readonly isBusy: boolean
  /** Nothing is known yet. */
  readonly isPending: boolean
  readonly chosen: Chosen
  /** The folder of a row. It has another one only in a search. */
  placeOf(row: ObjectRow): Place
}

/** Lists a folder, and loads the rows that its list shows. */
export function useObjectRows(place: Place): ObjectRows {
  const text = useUi((ui) => ui.filter)
  const sort = useUi((ui) => ui.sort)
  const filters = useFilters()
  const isSearch = filters.where !== 'here'
  const isBadRegex = filters.match === 'regex' && !isRegex(text)
  const view = useMemo((): RowsView => {
    const filter = indexFilterOf(isBadRegex ? '' : text, filters)
    return { scope: scopeOf(place, filters.where), sort, filter }
  }, [place, text, sort, filters, isBadRegex])
  const isFiltered = isFilter(view.filter)
  const listing = useQuery(listingQuery(place))
  const rows = useRows(view)
  const whole = useQuery({ ...sumsQuery(view), enabled: isFiltered })
  const sync = useSync(view.scope, isSearch, rows.sums?.status)
  const buckets = useQuery({
    ...bucketsQuery(place.profileId),
    enabled: view.scope.bucket === null,
  })
  const sums = isFiltered ? whole.data : rows.sums
  const status = isSearch
    ? newer(sync.status, rows.sums?.status)
    : newer(listing.data, rows.sums?.status)
  const selection = useSelection()
  const { keys, all, filter } = selection
  const sumOfAll = filter === undefined ? sums?.total : rows.sums?.total
  const names = buckets.data
  const chosen = useMemo(() => {
    // The rows that the user meant are not shown, so no action has a row.
    if (isBadRegex) return chosenRows(place, [])
    const selected = { keys, all, ...(filter !== undefined && { filter }) }
    // A short list is named row by row, so that its sums are known.
    const isShort =
      all &&
      status?.complete === true &&
      rows.loaded.length === rows.count &&
      rows.count <= MOST_NAMED &&
      (filter !== undefined) === (isFiltered || isSearch)
    const named = isShort
      ? {
          all: false,
          keys: new Set(
            rows.loaded.flatMap((_row, i) => {
              const key = rows.keyAt(i)
              return key === undefined || keys.has(key) ? [] : [key]
            }),
          ),
        }
      : selected
    const total = sumOfAll ?? 0
    return chosenOf(place, view.scope, named, {
      total,
      buckets: (names ?? []).map(({ name }) => name),
    })
  }, [
    place,
    view.scope,
    keys,
    all,
    filter,
    rows,
    sumOfAll,
    names,
    isFiltered,
    isSearch,
    isBadRegex,
    status?.complete,
  ])
  const error =
    listing.error ??
    (status?.error == null ? null : new Failure(status.error)) ??
    sync.error ??
    rows.error
  const isEmpty = (rows.sums?.total ?? 0) === 0
  const isBusy = listing.isFetching || status?.listing === true
  return {
    view,
    rows,
    total: sums?.total,
    files: sums?.files,
    status,
    sync,
    isSearch,
    isFiltered,
    isBadRegex,
    error,
    errorAt: listing.errorUpdatedAt === 0 ? listing.dataUpdatedAt : listing.errorUpdatedAt,
    isBusy,
    isPending: rows.sums === undefined || (isEmpty && isBusy && status?.complete !== true),
    chosen,
    placeOf: (row) => {
      if (!isSearch) return place
      const bucket = 'bucket' in row ? String(row.bucket) : place.bucket
      const prefix = row.kind === 'file' && row.key.endsWith('/') ? row.key : parentOf(row.key)
      return { profileId: place.profileId, bucket, prefix }
    },
  }
}

/** The most rows of a folder that a call names one by one, when everything was chosen. */
const MOST_NAMED = 1000

/** The status with the higher revision. Events and answers may arrive in another order. */
function newer(
  a: ListingStatus | undefined,
  b: ListingStatus | undefined,
): ListingStatus | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return b.revision > a.revision ? b : a
}
