import { createHash } from 'node:crypto'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import type { Database } from './database.ts'
import type {
  FoundState,
  IndexPlace,
  KnownHead,
  ListedPage,
  ListingRecord,
  LookedObject,
} from './port.ts'
import { rowReplacer } from './replace-rows.ts'
import type { RowChanges } from './row-changes.ts'
import { stateRows } from './state-rows.ts'
import type { Tables } from './tables.ts'
import { splitKey, STATES, type RowWriter } from './write-rows.ts'

/** The methods of the port that write. */
export function pageWriter(db: Database, tables: Tables, writer: RowWriter, changes: RowChanges) {
  const { replaceLevel, replaceBelow, dropEmpty, dropFolder } = rowReplacer(db, tables, writer)
  const looks = stateRows(db, tables)
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
      looks.forget()
      throw cause
    }
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
        looks.dropYoung(bucket, page).forEach(changes.row)
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
        for (const found of states) {
          const row = looks.put(bucket, found)
          if (row === null) continue
          changes.row(row)
          changed++
        }
        return changed
      })
    },
    heads(name: string, objects: readonly LookedObject[]): readonly (KnownHead | null)[] {
      const bucket = tables.findBucket(name)
      return bucket === null ? objects.map(() => null) : looks.heads(bucket, objects)
    },
    dropVersion(name: string, key: string, versionId: string): void {
      write(() => {
        const bucket = tables.findBucket(name)
        const row = bucket === null ? null : looks.dropVersion(bucket, key, versionId)
        if (row !== null) changes.row(row)
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
        const mark = markOf(ids)
        if (Number(db.row('PRAGMA application_id')?.[0]) === mark) return
        db.exec(`PRAGMA application_id = ${mark}`)
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
        changes.all()
      })
    },
  }
}

/** Returns a number that stands for a set of master keys in the header of the file. */
const markOf = (ids: readonly string[]): number =>
  createHash('sha256').update(JSON.stringify(ids.toSorted())).digest().readInt32BE()

const depthOf = (depth: IndexPlace['depth']): number => (depth === 'level' ? 0 : 1)
