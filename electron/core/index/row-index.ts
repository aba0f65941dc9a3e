import { auditRows } from './audit-rows.ts'
import { openDatabase, DatabaseError } from './database.ts'
import { pageWriter } from './pages.ts'
import type { RowIndex, Sizes } from './port.ts'
import { rowReader } from './rows/read-rows.ts'
import { openRowChanges } from './row-changes.ts'
import { prepareTables } from './schema.ts'
import { END_OF_PREFIX, openTables } from './tables.ts'
import { rowWriter } from './write-rows.ts'

/**
 * Opens the index in a file. `path` ':memory:': nothing is on the disk. `key`: 64 hex digits, or
 * ''. Resolves with null for a file of another version. Throws DatabaseError.
 */
export async function openRowIndex(path: string, key: string): Promise<RowIndex | null> {
  const db = await openDatabase(path, key)
  try {
    if (!prepareTables(db)) {
      db.close()
      return null
    }
  } catch (cause) {
    db.close()
    throw cause
  }
  const changes = openRowChanges()
  const tables = openTables(db, changes)
  const writer = rowWriter(db, tables, changes)
  const pages = pageWriter(db, tables, writer, changes)
  const rows = rowReader(db, tables, changes)
  const audits = auditRows(db, tables)
  /** Another process may have given the ids of removed rows and folders to others meanwhile. */
  const reads =
    <A extends readonly unknown[], T>(method: (...args: A) => T) =>
    (...args: A): T =>
      db.read(() => {
        tables.revision(null)
        return method(...args)
      })
  return {
    ...pages,
    opened: reads(pages.opened),
    heads: reads(pages.heads),
    query: reads(rows.query),
    position: reads(rows.position),
    keys: reads(rows.keys),
    counts: reads(counts),
    audited: reads(audits.audited),
    stateSums: reads(audits.stateSums),
    prepare: reads(rows.prepare),
    size: () => Number(db.row('SELECT sum(folders) + sum(files) FROM folders')?.[0] ?? 0),
    close: () => db.close(),
  }

  function counts(name: string, prefix: string, depth: number): ReturnType<RowIndex['counts']> {
    const bucket = tables.findBucket(name)
    const found = new Map<string, { objects: number; bytes: number }>()
    const all = { objects: 0, bytes: 0 }
    if (bucket === null) return { ...all, folders: [] }
    const below = db.rows(
      'SELECT path, files, bytes FROM folders WHERE bucket = ? AND path >= ? AND path < ?',
      bucket,
      prefix,
      prefix + END_OF_PREFIX,
    )
    for (const [path, files, bytes] of below) {
      const text = String(path)
      all.objects += Number(files)
      all.bytes += Number(bytes)
      let at = prefix.length
      for (let level = 0; level < depth; level++) {
        at = text.indexOf('/', at) + 1
        if (at === 0) break
        const name = text.slice(0, at)
        const sums: { objects: number; bytes: number } = found.get(name) ?? {
          objects: 0,
          bytes: 0,
        }
        sums.objects += Number(files)
        sums.bytes += Number(bytes)
        found.set(name, sums)
      }
    }
    // Files of a prefix that ends within a name.
    const partial = partialSums(bucket, prefix)
    const folders = [...found].map(([prefix, sums]) => ({ prefix, ...sums }))
    return {
      objects: all.objects + partial.objects,
      bytes: all.bytes + partial.bytes,
      folders: folders.sort((a, b) => (a.prefix < b.prefix ? -1 : 1)),
    }
  }

  function partialSums(bucket: number, prefix: string): Sizes {
    const at = prefix.lastIndexOf('/') + 1
    const folder = at === prefix.length ? null : tables.findFolder(bucket, prefix.slice(0, at))
    if (folder === null) return { objects: 0, bytes: 0 }
    const rest = prefix.slice(at)
    const [objects = 0, bytes = 0] =
      db.row(
        'SELECT count(*), sum(size) FROM rows WHERE folder = ? AND name >= ? AND name < ? AND kind = 1',
        folder,
        rest,
        rest + END_OF_PREFIX,
      ) ?? []
    return { objects: Number(objects), bytes: Number(bytes ?? 0) }
  }
}

export { DatabaseError }
