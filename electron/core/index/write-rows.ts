import { folderRow } from '../../../shared/contract/folder-row.ts'
import type { RowState } from '../../../shared/contract/models-index.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Database, Value } from './database.ts'
import { folded } from './folded.ts'
import { nameKey } from './name-key.ts'
import type { RowChanges } from './row-changes.ts'
import { END_OF_PREFIX, type Tables } from './tables.ts'

/** The numbers of the states in the file. */
export const STATES: readonly RowState[] = [
  'unknown',
  'encrypted',
  'plain',
  'damaged',
  'key-missing',
]
/** The numbers of the kinds in the file. Folders come first. */
export const FOLDER = 0
export const FILE = 1

/** Splits a key into folder and name. A folder's name ends in '/'. */
export function splitKey(
  key: string,
  kind: ObjectRow['kind'],
): readonly [path: string, name: string] {
  const end = kind === 'folder' && key.endsWith('/') ? key.length - 1 : key.length
  const at = key.lastIndexOf('/', end - 1) + 1
  return kind === 'file' && key.endsWith('/') ? [key, ''] : [key.slice(0, at), key.slice(at)]
}

/** A row of the file, as far as a listing shows it. */
export interface StoredRow {
  readonly id: number
  readonly name: string
  readonly kind: number
  readonly size: number
  readonly modified: number
  readonly class: number
  readonly etag: string
}

/** Adds, changes and removes rows. The sums of their folders follow. */
export interface RowWriter {
  /** Returns the rows of a folder whose names are behind `after` and up to `through`. */
  range(folder: number, after: string | null, through: string | null): Map<string, StoredRow>
  find(folder: number, name: string): StoredRow | null
  /** Returns the id of a folder. A new folder becomes a row of the folder above. */
  folder(bucket: number, path: string): number
  /** Adds new rows. */
  add(folder: number, rows: readonly (readonly [name: string, row: ObjectRow])[]): void
  /** Writes a row, unless `before` is the same. Returns whether it wrote. */
  put(folder: number, name: string, row: ObjectRow, before: StoredRow | null): boolean
  /** Removes a row, and everything below the row of a folder. */
  drop(bucket: number, folder: number, path: string, row: StoredRow): void
  /** Removes everything below a prefix that ends in '/'. The row of the folder itself stays. */
  dropBelow(bucket: number, prefix: string): void
  /** Returns whether a folder has neither rows nor a marker. */
  isEmpty(folder: number): boolean
}

/** Rows that one statement adds. A call of the engine costs more than a row. */
const ROWS_AT_ONCE = 50
const COLUMNS = 'id, name, kind, size, modified, class, etag'

export function rowWriter(db: Database, tables: Tables, changes: RowChanges): RowWriter {
  /** The greatest id that was given. An id is not used again, also where its row was removed. */
  let lastId = 0

  const read = (sql: string, ...values: (string | number)[]): StoredRow[] =>
    db.rows(sql, ...values).map(([id, name, kind, size, modified, storageClass, etag]) => ({
      id: Number(id),
      name: String(name),
      kind: Number(kind),
      size: Number(size),
      modified: Number(modified),
      class: Number(storageClass),
      etag: String(etag),
    }))
  const valuesOf = (folder: number, name: string, row: ObjectRow): Value[] => {
    const isFolder = row.kind === 'folder'
    const fold = folded(name)
    return [
      ++lastId,
      folder,
      name,
      isFolder ? FOLDER : FILE,
      nameKey(isFolder ? name.slice(0, -1) : name),
      fold === name ? null : fold,
      row.size,
      timeOf(row),
      tables.word(row.storageClass),
      row.etag,
    ]
  }
  const writer: RowWriter = {
    range(folder, after, through) {
      const [from, fromSql] = after === null ? [[], ''] : [[after], ' AND name > ?']
      const [to, toSql] = through === null ? [[], ''] : [[through], ' AND name <= ?']
      const found = read(
        `SELECT ${COLUMNS} FROM rows WHERE folder = ?${fromSql}${toSql}`,
        folder,
        ...from,
        ...to,
      )
      return new Map(found.map((row) => [row.name, row]))
    },
    find: (folder, name) =>
      read(`SELECT ${COLUMNS} FROM rows WHERE folder = ? AND name = ?`, folder, name)[0] ?? null,
    folder: (bucket, path) =>
      tables.folder(bucket, path, () => {
        if (path === '') return
        const [above, name] = splitKey(path, 'folder')
        const parent = writer.folder(bucket, above)
        if (writer.find(parent, name) === null) writer.put(parent, name, folderRow(path), null)
      }),
    add(folder, rows) {
      const sums = { folders: 0, files: 0, bytes: 0 }
      lastId = Math.max(lastId, Number(db.row('SELECT max(id) FROM rows')?.[0] ?? 0))
      for (let at = 0; at < rows.length;) {
        const some = rows.slice(at, at + (rows.length - at < ROWS_AT_ONCE ? 1 : ROWS_AT_ONCE))
        db.run(
          `INSERT INTO rows(id, folder, name, kind, sort, fold, size, modified, class, etag) VALUES ${some
            .map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
            .join(', ')}`,
          ...some.flatMap(([name, row]) => valuesOf(folder, name, row)),
        )
        at += some.length
      }
      for (const [, { kind, size }] of rows) {
        if (kind === 'folder') sums.folders++
        else sums.files++
        sums.bytes += size
      }
      tables.addSums(folder, sums)
    },
    put(folder, name, row, before) {
      if (before === null) {
        writer.add(folder, [[name, row]])
        return true
      }
      const modified = timeOf(row)
      const storageClass = tables.word(row.storageClass)
      const isSame =
        before.size === row.size &&
        before.modified === modified &&
        before.class === storageClass &&
        before.etag === row.etag
      if (isSame) return false
      // A server without ETags does not tell whether the object is another one.
      const isSameObject =
        row.etag !== '' && before.etag === row.etag && isSameSecond(before.modified, modified)
      db.run(
        `UPDATE rows SET size = ?, modified = ?, class = ?, etag = ?${isSameObject ? '' : ', state = 0, key = NULL'} WHERE id = ?`,
        row.size,
        modified,
        storageClass,
        row.etag,
        before.id,
      )
      changes.row(before.id)
      tables.addSums(folder, { folders: 0, files: 0, bytes: row.size - before.size })
      return true
    },
    drop(bucket, folder, path, row) {
      db.run('DELETE FROM rows WHERE id = ?', row.id)
      changes.row(row.id)
      tables.addSums(folder, {
        folders: row.kind === FOLDER ? -1 : 0,
        files: row.kind === FILE ? -1 : 0,
        bytes: -row.size,
      })
      if (row.kind === FOLDER) writer.dropBelow(bucket, path + row.name)
    },
    dropBelow(bucket, prefix) {
      const range = [bucket, prefix, prefix + END_OF_PREFIX]
      const some = db.rows(
        'SELECT id FROM folders WHERE bucket = ? AND path >= ? AND path < ?',
        ...range,
      )
      if (some.length === 0) return
      for (const [id] of some) changes.folder(Number(id))
      // The sums that wait would be written to folders that are gone.
      tables.flush()
      db.run(
        'DELETE FROM rows WHERE folder IN (SELECT id FROM folders WHERE bucket = ? AND path >= ? AND path < ?)',
        ...range,
      )
      db.run('DELETE FROM folders WHERE bucket = ? AND path >= ? AND path < ?', ...range)
      db.run('DELETE FROM listings WHERE bucket = ? AND prefix >= ? AND prefix < ?', ...range)
      tables.forget()
    },
    isEmpty(folder) {
      tables.flush()
      const sums = db.row('SELECT folders, files, marker FROM folders WHERE id = ?', folder)
      return sums !== null && sums.every((count) => Number(count) === 0)
    },
  }
  return writer
}

/** A listing and a HEAD give whole seconds; some servers list milliseconds. */
const isSameSecond = (one: number, other: number): boolean =>
  Math.floor(one / 1000) === Math.floor(other / 1000)

/** Returns the time of a row in milliseconds since 1970; 0 for none. */
const timeOf = ({ modified }: ObjectRow): number => (modified === '' ? 0 : Date.parse(modified))
