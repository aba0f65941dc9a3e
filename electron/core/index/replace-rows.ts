import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Database } from './database.ts'
import type { ListedPage } from './port.ts'
import { END_OF_PREFIX, type Tables } from './tables.ts'
import { FOLDER, splitKey, type RowWriter, type StoredRow } from './write-rows.ts'

/** Replaces ranges of rows by the rows of a page, and drops folders that have no object. */
export function rowReplacer(db: Database, tables: Tables, writer: RowWriter) {
  /** Replaces the rows of one folder. `after` and `through` are names in it. */
  const replaceIn = (
    bucket: number,
    path: string,
    rows: readonly (readonly [name: string, row: ObjectRow])[],
    [after, through]: readonly [string | null, string | null],
    stays: (row: StoredRow) => boolean,
  ): void => {
    const folder = rows.length > 0 ? writer.folder(bucket, path) : tables.findFolder(bucket, path)
    if (folder === null) return
    const before = writer.range(folder, after, through)
    const added: (readonly [name: string, row: ObjectRow])[] = []
    for (const one of rows) {
      const [name, row] = one
      const known = before.get(name)
      if (known === undefined) added.push(one)
      else writer.put(folder, name, row, known)
      before.delete(name)
    }
    writer.add(folder, added)
    for (const row of before.values()) if (!stays(row)) writer.drop(bucket, folder, path, row)
    // The page is a change of the folder's progress, also without a change of its rows.
    tables.addSums(folder, { folders: 0, files: 0, bytes: 0 })
  }

  const replaceLevel = (bucket: number, page: ListedPage): void => {
    const { prefix, after, through } = page
    const nameOf = (key: string): string => key.slice(prefix.length)
    replaceIn(
      bucket,
      prefix,
      page.rows.map((row) => [nameOf(row.key), row] as const),
      [after === '' ? null : nameOf(after), through === null ? null : nameOf(through)],
      () => false,
    )
  }

  /**
   * Replaces a range of keys of a sync. The range covers folders that are wholly in it, and parts
   * of the folders in which it begins and ends. Rows of folders are dropped at the end of a sync
   * alone, since the next page may have more of a folder.
   */
  const replaceBelow = (bucket: number, page: ListedPage): void => {
    const { prefix, after, through, rows } = page
    const byFolder = new Map<string, (readonly [string, ObjectRow])[]>()
    const markers: string[] = []
    for (const row of rows) {
      if (row.kind === 'folder') {
        markers.push(row.key)
        continue
      }
      const [path, name] = splitKey(row.key, 'file')
      const known = byFolder.get(path)
      if (known === undefined) byFolder.set(path, [[name, row]])
      else known.push([name, row])
    }
    const paths = new Set([
      ...byFolder.keys(),
      ...foldersAbove(after === '' ? prefix : after, prefix),
      ...(through === null ? [] : foldersAbove(through, prefix)),
      ...pathsBetween(bucket, prefix, after, through),
    ])
    for (const path of paths)
      replaceIn(
        bucket,
        path,
        byFolder.get(path) ?? [],
        [
          nameBehind(after, path),
          through === null ? lastName(prefix, path) : nameBehind(through, path),
        ],
        (row) => row.kind === FOLDER || !(path + row.name).startsWith(prefix),
      )
    db.run(
      'UPDATE folders SET marker = 0 WHERE marker = 1 AND bucket = ? AND path > ? AND path <= ? AND path >= ?',
      bucket,
      after,
      through ?? prefix + END_OF_PREFIX,
      prefix,
    )
    for (const path of markers)
      db.run('UPDATE folders SET marker = 1 WHERE id = ?', writer.folder(bucket, path))
  }

  /** Returns the folders whose paths are in a range of keys. */
  const pathsBetween = (
    bucket: number,
    prefix: string,
    after: string,
    through: string | null,
  ): readonly string[] =>
    db
      .rows(
        'SELECT path FROM folders WHERE bucket = ? AND path >= ? AND path > ? AND path < ?',
        bucket,
        prefix,
        after,
        through ?? prefix + END_OF_PREFIX,
      )
      .map(([path]) => String(path))

  /** Removes the folders below a prefix in which a sync found nothing, the deepest first. */
  const dropEmpty = (bucket: number, prefix: string): void => {
    tables.flush()
    const empty = (): string[] =>
      db
        .rows(
          "SELECT path FROM folders WHERE bucket = ? AND path >= ? AND path < ? AND path <> '' AND folders = 0 AND files = 0 AND marker = 0",
          bucket,
          prefix,
          prefix + END_OF_PREFIX,
        )
        .map(([path]) => String(path))
    // A folder row without a folder was listed as a row, and nothing below it came.
    const rows = db.rows(
      `SELECT f.path || r.name FROM folders f CROSS JOIN rows r ON r.folder = f.id AND r.kind = 0
       WHERE f.bucket = ? AND f.path >= ? AND f.path < ? AND f.path || r.name >= ?
       AND NOT EXISTS (SELECT 1 FROM folders g WHERE g.bucket = f.bucket AND g.path = f.path || r.name)`,
      bucket,
      prefix.slice(0, prefix.lastIndexOf('/') + 1),
      prefix + END_OF_PREFIX,
      prefix,
    )
    for (const [key] of rows) dropFolder(bucket, String(key))
    tables.flush()
    for (let paths = empty(); paths.length > 0; paths = empty()) {
      for (const path of paths) dropFolder(bucket, path)
      tables.flush()
    }
  }
  const dropFolder = (bucket: number, path: string): void => {
    const [above, name] = splitKey(path, 'folder')
    const parent = tables.findFolder(bucket, above)
    const row = parent === null ? null : writer.find(parent, name)
    if (parent === null || row === null) writer.dropBelow(bucket, path)
    else writer.drop(bucket, parent, above, row)
  }

  return { replaceLevel, replaceBelow, dropEmpty, dropFolder }
}

/** Returns the folders that a key is in, from the folder that a prefix ends in. */
function foldersAbove(key: string, prefix: string): readonly string[] {
  const paths: string[] = []
  let at = prefix.lastIndexOf('/') + 1
  for (;;) {
    paths.push(key.slice(0, at))
    const next = key.indexOf('/', at)
    if (next === -1) return paths
    at = next + 1
  }
}

/**
 * Returns the name in a folder that a key of the folder has. Null: the whole folder comes behind
 * the key. It is never asked for a folder that comes before the key.
 */
const nameBehind = (key: string, path: string): string | null =>
  key.startsWith(path) ? key.slice(path.length) : null

/** Returns the last name in a folder that begins with a prefix; null for all names. */
const lastName = (prefix: string, path: string): string | null =>
  path.length < prefix.length ? prefix.slice(path.length) + END_OF_PREFIX : null
