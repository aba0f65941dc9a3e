import type { IndexRow } from '../../../../shared/contract/models-index.ts'
import type { Database, Value } from '../database.ts'
import type { BucketKey, KeyRow, RowsAnswer, RowsQuery } from '../port.ts'
import type { RowChangeSource } from '../row-changes.ts'
import type { Tables } from '../tables.ts'
import { openViews } from './views.ts'
import { FOLDER, splitKey, STATES } from '../write-rows.ts'

/** Rows that one statement reads. */
const AT_ONCE = 1000
/** The columns of a row that is shown. */
const ROW = 'b.name, f.path || r.name, r.kind, r.size, r.modified, r.etag, r.class, r.state, r.key'

/** The methods of the port that read. */
export function rowReader(db: Database, tables: Tables, changes: RowChangeSource) {
  const views = openViews(db, tables, changes)

  /** Returns the columns of the rows `from` to `to`, in order. */
  const read = (query: RowsQuery, from: number, to: number, columns: string): Value[][] => {
    const found: Value[][] = []
    let start = 0
    for (const part of views.partsOf(query)) {
      const { count } = part.sums()
      const [first, last] = [Math.max(0, from - start), Math.min(count, to - start)]
      if (last > first) {
        const ids = part.ids(first, last)
        for (let at = 0; at < ids.length; at += AT_ONCE)
          found.push(
            ...db.rows(
              `SELECT ${columns} FROM json_each(?) j CROSS JOIN rows r ON r.id = j.value
               JOIN folders f ON f.id = r.folder JOIN buckets b ON b.id = f.bucket`,
              `[${ids.subarray(at, at + AT_ONCE).join(',')}]`,
            ),
          )
      }
      start += count
    }
    return found
  }
  const rowOf = (columns: readonly Value[]): IndexRow => {
    const [bucket, key, kind, size, modified, etag, storageClass, state, keyId] = columns
    return {
      bucket: String(bucket),
      key: String(key),
      kind: kindOf(kind),
      size: Number(size),
      modified: timeOf(modified),
      etag: String(etag),
      storageClass: tables.textOf(Number(storageClass)),
      state: STATES[Number(state)] ?? 'unknown',
      keyId: keyId === null || keyId === undefined ? null : tables.textOf(Number(keyId)),
    }
  }

  return {
    prepare: () => views.prepare(),
    query(query: RowsQuery, offset: number, count: number): RowsAnswer {
      const revision = views.revisionOf(query)
      const rows = read(query, offset, offset + count, ROW).map(rowOf)
      let [folders, files, bytes] = [0, 0, 0]
      for (const part of views.partsOf(query)) {
        const { count: found, bytes: some } = part.sums()
        if (part.kind === FOLDER) folders += found
        else [files, bytes] = [files + found, bytes + some]
      }
      return { revision, folders, files, bytes, rows }
    },
    position(query: RowsQuery, { bucket: name, key }: BucketKey): number | null {
      const bucket = tables.findBucket(name)
      if (bucket === null) return null
      const id = idOf(bucket, key)
      if (id === null) return null
      let start = 0
      for (const part of views.partsOf(query)) {
        const at = part.ids(0, Number.POSITIVE_INFINITY).indexOf(id)
        if (at >= 0) return start + at
        start += part.sums().count
      }
      return null
    },
    keys(query: RowsQuery, from: number, to: number): readonly KeyRow[] {
      return read(query, from, to, 'b.name, f.path || r.name, r.kind, r.size, r.modified').map(
        ([bucket, key, kind, size, modified]) => ({
          bucket: String(bucket),
          key: String(key),
          kind: kindOf(kind),
          size: Number(size),
          modified: Number(modified),
        }),
      )
    },
  }

  function idOf(bucket: number, key: string): number | null {
    for (const kind of ['file', 'folder'] as const) {
      const [path, rest] = splitKey(key, kind)
      const folder = tables.findFolder(bucket, path)
      const found =
        folder === null
          ? null
          : db.row('SELECT id FROM rows WHERE folder = ? AND name = ?', folder, rest)
      if (found !== null) return Number(found[0])
    }
    return null
  }
}

const kindOf = (kind: Value | undefined): IndexRow['kind'] => (kind === FOLDER ? 'folder' : 'file')

const timeOf = (modified: Value | undefined): string =>
  Number(modified) === 0 ? '' : new Date(Number(modified)).toISOString()
