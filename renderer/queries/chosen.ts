import { useEffect, useState } from 'react'
import type { IndexFilter, IndexScope } from '../../shared/contract/models-index.ts'
import type { ObjectRow } from '../../shared/contract/models.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call } from './core.ts'
import { groupBy } from './group-by.ts'
import type { Place } from './objects.ts'
import { ofRowId, seenRow } from './rows/seen-rows.ts'

/** A selection as the calls take it. */
export type SelectionInput = Pick<In<'deletes.start'>, 'keys' | 'itself' | 'under' | 'query'>

/** The choice of the user in one folder or search, for a dialog or a call. */
export interface Chosen {
  /** The folder that the user is in. */
  readonly place: Place
  /** The choice in each bucket. A search in several buckets has several parts. */
  readonly parts: readonly { readonly bucket: string; readonly selection: SelectionInput }[]
  /** The rows of the choice that were loaded here. */
  readonly rows: readonly ObjectRow[]
  /** Number of chosen rows. */
  readonly count: number
  /**
   * 'folder': everything in the folder was chosen. 'filter': everything that fits a filter was
   * chosen, or all rows of a search. Null: the rows were chosen one by one, or in ranges.
   */
  readonly isMore: 'folder' | 'filter' | null
}

/** Returns the choice of these rows and nothing else. */
export function chosenRows(place: Place, rows: readonly ObjectRow[]): Chosen {
  const keys = rows.map(({ key }) => key)
  // A file whose key ends in '/' stands for itself, and not for everything below it.
  const itself = rows.filter(({ kind, key }) => kind === 'file' && key.endsWith('/'))
  const selection = { keys, ...(itself.length > 0 && { itself: itself.map(({ key }) => key) }) }
  return {
    place,
    parts: [{ bucket: place.bucket, selection }],
    rows,
    count: rows.length,
    isMore: null,
  }
}

/** The selected rows of a list, by their ids; with `all`, the rows that are not selected. */
export interface SelectedRows {
  readonly keys: ReadonlySet<string>
  readonly all: boolean
  readonly filter?: IndexFilter
}

/** Returns the choice of selected rows, which may not be loaded. */
export function chosenOf(
  place: Place,
  scope: IndexScope,
  { keys, all, filter }: SelectedRows,
  { total, buckets }: { readonly total: number; readonly buckets: readonly string[] },
): Chosen {
  const byBucket = groupBy(keys, (id) => ofRowId(scope, id).bucket)
  const keysIn = (bucket: string) =>
    (byBucket.get(bucket) ?? []).map((id) => ofRowId(scope, id).key)
  const rows = all ? [] : Array.from(keys).flatMap((id) => seenRow(scope, id) ?? [])
  if (!all) {
    const parts = Array.from(byBucket.keys(), (bucket) => {
      const own = keysIn(bucket)
      const itself = own.filter((key) =>
        scope.depth === 'below' ? key.endsWith('/') : key === scope.prefix,
      )
      return { bucket, selection: { keys: own, ...(itself.length > 0 && { itself }) } }
    })
    return { place, parts, rows, count: keys.size, isMore: null }
  }
  const parts = (scope.bucket === null ? buckets : [scope.bucket]).map((bucket) => {
    const except = keysIn(bucket)
    return {
      bucket,
      selection:
        filter === undefined
          ? { keys: [], under: { prefix: scope.prefix, except } }
          : { keys: [], query: { scope: { ...scope, bucket }, filter, except } },
    }
  })
  const count = Math.max(0, total - keys.size)
  return { place, parts, rows, count, isMore: filter === undefined ? 'folder' : 'filter' }
}

/** The state of a count. */
export interface Counted {
  readonly objects: number
  readonly bytes: number
  readonly phase: 'counting' | 'whole' | 'failed'
}

/**
 * Counts the objects of a choice, and shows the count while it grows. The sizes of listed objects
 * are known. OSS is asked about folders, and about a folder that was chosen as a whole.
 */
export function useCount({ place, parts, rows, isMore }: Chosen): Counted {
  const [counted, setCounted] = useState<Counted>({ objects: 0, bytes: 0, phase: 'counting' })
  useEffect(() => {
    const control = new AbortController()
    const { profileId } = place
    const count = async () => {
      const files = isMore === null ? rows.filter(({ kind }) => kind === 'file') : []
      const known = new Set(files.map(({ key }) => key))
      let objects = files.length
      let bytes = files.reduce((sum, { size }) => sum + size, 0)
      for (const { bucket, selection } of parts) {
        const asked = { ...selection, keys: selection.keys.filter((key) => !known.has(key)) }
        if (isMore === null && asked.keys.length === 0) continue
        let cursor: string | null = null
        do {
          const step: Awaited<ReturnType<typeof call<'objects.count'>>> = await call(
            'objects.count',
            { profileId, bucket, ...asked, cursor },
            control.signal,
          )
          objects += step.objects
          bytes += step.bytes
          cursor = step.cursor
          setCounted({ objects, bytes, phase: 'counting' })
        } while (cursor !== null)
      }
      setCounted({ objects, bytes, phase: 'whole' })
    }
    count().catch(() => {
      if (!control.signal.aborted) setCounted((before) => ({ ...before, phase: 'failed' }))
    })
    return () => control.abort()
  }, [place, parts, rows, isMore])
  return counted
}

/** The most objects that one request of OSS deletes. */
const ONE_REQUEST = 1000

/** Tells whether one request for each bucket can delete the whole choice, without a transfer. */
export const isOneRequest = ({ parts, count, isMore }: Chosen): boolean =>
  isMore === null &&
  count <= ONE_REQUEST &&
  parts.every(({ selection: { keys, itself = [] } }) =>
    keys.every((key) => !key.endsWith('/') || itself.includes(key)),
  )
