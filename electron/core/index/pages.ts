import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Database } from './database.ts'
import type { FoundState, IndexPlace, ListedPage, ListingRecord } from './port.ts'
import { END_OF_PREFIX, type Tables } from './tables.ts'
import { FOLDER, splitKey, STATES, type RowWriter, type StoredRow } from './write-rows.ts'

/** The methods of the port that write. */
export function pageWriter(db: Database, tables: Tables, writer: RowWriter) {
  /** Runs work in one transaction. Ids that a failed transaction made are forgotten. */
  const write = <T>(work: () => T): T => {
    try {
      return db.write(() => {
        // Another process may have changed the ids until now.
        tables.revision(null)
        const result = work()
        tables.flush()
        return result
      })
    } catch (cause) {
      tables.forget()
      throw cause
    }
  }

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
    for (const [name, row] of rows) {
      writer.put(folder, name, row, before.get(name) ?? null)
      before.delete(name)
    }
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

  /** Returns the folder above a path that has a row, where nothing below it is known. */
  const knownAbove = (bucket: number, path: string): string | null => {
    for (let below = path; below !== '';) {
      const [above, name] = splitKey(below, 'folder')
      const folder = tables.findFolder(bucket, above)
      if (folder !== null) return writer.find(folder, name) === null ? null : below
      below = above
    }
    return null
  }

  const record = (bucket: number, { prefix, depth }: IndexPlace): ListingRecord => {
    const folder = tables.findFolder(bucket, prefix)
    const own = db.row(
      'SELECT as_of, cursor, after, listed FROM listings WHERE bucket = ? AND prefix = ? AND depth = ?',
      bucket,
      prefix,
      depthOf(depth),
    )
    const [asOf = null, cursor = null, after = '', listed = 0] = own ?? []
    // A sync of a place above lists this place too.
    const covering = db.row(
      'SELECT max(as_of) FROM listings WHERE bucket = ? AND depth = 1 AND substr(?, 1, length(prefix)) = prefix',
      bucket,
      prefix,
    )?.[0]
    const newest = Math.max(Number(asOf ?? 0), Number(covering ?? 0))
    return {
      asOf: newest === 0 ? null : newest,
      cursor: cursor === null ? null : String(cursor),
      after: String(after),
      listed: Number(listed),
      revision: tables.revision(depth === 'level' ? folder : null),
    }
  }

  return {
    opened(place: IndexPlace): ListingRecord {
      const bucket = tables.findBucket(place.bucket)
      return bucket === null
        ? { asOf: null, cursor: null, after: '', listed: 0, revision: tables.revision(null) }
        : record(bucket, place)
    },
    replacePage(page: ListedPage): ListingRecord {
      return write(() => {
        const bucket = tables.bucket(page.bucket)
        if (page.depth === 'level') replaceLevel(bucket, page)
        else replaceBelow(bucket, page)
        const { listing } = page
        if (listing !== null) {
          const isLast = listing.cursor === null
          if (isLast && page.depth === 'below') dropEmpty(bucket, page.prefix)
          db.run(
            `INSERT INTO listings(bucket, prefix, depth, as_of, cursor, after, listed) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET as_of = coalesce(excluded.as_of, as_of), cursor = excluded.cursor,
               after = excluded.after, listed = excluded.listed`,
            bucket,
            page.prefix,
            depthOf(page.depth),
            isLast ? listing.now : null,
            listing.cursor,
            isLast ? '' : (page.through ?? ''),
            listing.listed,
          )
        }
        tables.flush()
        return record(bucket, page)
      })
    },
    upsert(name: string, rows: readonly ObjectRow[], states: readonly FoundState[]): number {
      return write(() => {
        let changed = 0
        const bucket = tables.bucket(name)
        for (const row of rows) {
          const [path, rest] = splitKey(row.key, row.kind)
          const folder = writer.folder(bucket, path)
          if (writer.put(folder, rest, row, writer.find(folder, rest))) changed++
          // A folder with a time is the empty object of its name.
          if (row.kind === 'folder' && row.modified !== '')
            db.run('UPDATE folders SET marker = 1 WHERE id = ?', writer.folder(bucket, row.key))
        }
        for (const { key, etag, state, keyId } of states) {
          const [path, rest] = splitKey(key, 'file')
          const folder = tables.findFolder(bucket, path)
          if (folder === null) continue
          db.run(
            'UPDATE rows SET state = ?, key = ? WHERE folder = ? AND name = ? AND etag = ?',
            STATES.indexOf(state),
            keyId === null ? null : tables.word(keyId),
            folder,
            rest,
            etag,
          )
          tables.addSums(folder, { folders: 0, files: 0, bytes: 0 })
          changed++
        }
        return changed
      })
    },
    remove(
      name: string,
      objects: readonly string[],
      folders: readonly string[],
    ): readonly string[] {
      return write(() => {
        const bucket = tables.findBucket(name)
        if (bucket === null) return []
        const touched = new Map<string, number>()
        const emptied = new Set<string>()
        for (const key of objects) {
          const [path, rest] = splitKey(key, 'file')
          const folder = tables.findFolder(bucket, path)
          if (folder === null) {
            const above = knownAbove(bucket, path)
            if (above !== null) emptied.add(above)
            continue
          }
          const row = writer.find(folder, rest)
          if (row !== null) writer.drop(bucket, folder, path, row)
          if (rest === '') db.run('UPDATE folders SET marker = 0 WHERE id = ?', folder)
          touched.set(path, folder)
        }
        for (const path of folders) {
          dropFolder(bucket, path)
          const [above] = splitKey(path, 'folder')
          const parent = tables.findFolder(bucket, above)
          if (parent !== null) touched.set(above, parent)
        }
        for (const [path, folder] of touched)
          if (path !== '' && writer.isEmpty(folder)) emptied.add(path)
        return [...emptied]
      })
    },
    keysChanged(ids: readonly string[]): void {
      write(() => {
        // A key that is gone decrypts nothing, and a new key may decrypt what no key decrypted.
        const missing = STATES.indexOf('key-missing')
        const known = tables.words().filter(([, text]) => ids.includes(text))
        const list = known.map(([id]) => id).join(', ')
        db.run('UPDATE rows SET state = 0 WHERE state = ?', missing)
        db.run(
          `UPDATE rows SET state = ?, key = NULL WHERE key IS NOT NULL AND key NOT IN (${list})`,
          missing,
        )
        tables.changed()
      })
    },
  }
}

const depthOf = (depth: IndexPlace['depth']): number => (depth === 'level' ? 0 : 1)

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
