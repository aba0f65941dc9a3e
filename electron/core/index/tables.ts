import type { Database, Value } from './database.ts'
import type { RowChanges } from './row-changes.ts'

/** The greatest text that begins with a prefix is smaller than the prefix and this character. */
export const END_OF_PREFIX = '\u{10ffff}'

/** The sums of one folder's own level. */
export interface FolderSums {
  folders: number
  files: number
  bytes: number
}

/** Ids of buckets, words and folders, and the revisions of folders. */
export interface Tables {
  bucket(name: string): number
  /** Returns null for a bucket without rows. */
  findBucket(name: string): number | null
  word(text: string): number
  findWord(text: string): number | null
  textOf(id: number): string
  /** Returns all words with these ids in the order of their texts. */
  words(): readonly (readonly [id: number, text: string])[]
  /** Returns the id of a folder; null without one. */
  findFolder(bucket: number, path: string): number | null
  /** Returns the id of a folder, which is added when it is new. `isNew` hears of a new folder. */
  folder(bucket: number, path: string, isNew: (path: string, id: number) => void): number
  /** Notes a change of the sums of a folder. They are written by `flush`. */
  addSums(folder: number, change: FolderSums): void
  /** Writes the sums. It is called at the end of each transaction. */
  flush(): void
  /** Notes a change of many folders. */
  changed(): void
  /** Forgets all ids, because another process or a rolled back transaction changed them. */
  forget(): void
  /** Returns the revision of a folder, or of the whole index for null. */
  revision(folder: number | null): number
}

/** The most ids of folders in memory. */
const MOST_FOLDERS = 50_000

/** `changes` hears when another process wrote. */
export function openTables(db: Database, changes: Pick<RowChanges, 'all'>): Tables {
  const buckets = new Map<string, number>()
  const words = new Map<string, number>()
  const texts = new Map<number, string>()
  const folders = new Map<string, number>()
  const sums = new Map<number, FolderSums>()
  const revisions = new Map<number, number>()
  let revision = 1
  /** The revision of the folders that are not in the map. */
  let base = 1
  let version: Value = null

  const idOf = (
    known: Map<string, number>,
    table: 'buckets' | 'words',
    column: 'name' | 'text',
    text: string,
  ): number | null => {
    const id = known.get(text)
    if (id !== undefined) return id
    const found = db.row(`SELECT id FROM ${table} WHERE ${column} = ?`, text)
    if (found === null) return null
    known.set(text, Number(found[0]))
    return Number(found[0])
  }
  /** Returns the id of a text. A new text gets a row. */
  const addedId = (...one: Parameters<typeof idOf>): number => {
    const found = idOf(...one)
    if (found !== null) return found
    const [, table, column, text] = one
    db.run(`INSERT INTO ${table}(${column}) VALUES (?)`, text)
    return idOf(...one) as number
  }
  const tables: Tables = {
    findBucket: (name) => idOf(buckets, 'buckets', 'name', name),
    bucket: (name) => addedId(buckets, 'buckets', 'name', name),
    findWord: (text) => idOf(words, 'words', 'text', text),
    word: (text) => addedId(words, 'words', 'text', text),
    textOf(id) {
      const known = texts.get(id)
      if (known !== undefined) return known
      const text = String(db.row('SELECT text FROM words WHERE id = ?', id)?.[0] ?? '')
      texts.set(id, text)
      return text
    },
    words: () =>
      db
        .rows('SELECT id, text FROM words ORDER BY text')
        .map(([id, text]) => [Number(id), String(text)] as const),
    findFolder(bucket, path) {
      const name = `${bucket} ${path}`
      const known = folders.get(name)
      if (known !== undefined) return known
      const found = db.row('SELECT id FROM folders WHERE bucket = ? AND path = ?', bucket, path)
      if (found === null) return null
      if (folders.size >= MOST_FOLDERS) folders.clear()
      folders.set(name, Number(found[0]))
      return Number(found[0])
    },
    folder(bucket, path, isNew) {
      const found = tables.findFolder(bucket, path)
      if (found !== null) return found
      db.run('INSERT INTO folders(bucket, path) VALUES (?, ?)', bucket, path)
      const id = tables.findFolder(bucket, path) as number
      isNew(path, id)
      return id
    },
    addSums(folder, change) {
      const before = sums.get(folder) ?? { folders: 0, files: 0, bytes: 0 }
      before.folders += change.folders
      before.files += change.files
      before.bytes += change.bytes
      sums.set(folder, before)
    },
    flush() {
      if (sums.size > 0) revision++
      for (const [folder, change] of sums) {
        revisions.set(folder, revision)
        if (change.folders !== 0 || change.files !== 0 || change.bytes !== 0)
          db.run(
            'UPDATE folders SET folders = folders + ?, files = files + ?, bytes = bytes + ? WHERE id = ?',
            change.folders,
            change.files,
            change.bytes,
            folder,
          )
      }
      sums.clear()
      if (revisions.size > MOST_FOLDERS) tables.changed()
    },
    changed() {
      revisions.clear()
      base = ++revision
    },
    forget() {
      for (const known of [buckets, words, texts, folders, sums]) known.clear()
    },
    revision(folder) {
      const now = db.row('PRAGMA data_version')?.[0] ?? null
      if (version !== null && version !== now) {
        // Another process wrote into the file.
        tables.forget()
        tables.changed()
        changes.all()
      }
      version = now
      return folder === null ? revision : (revisions.get(folder) ?? base)
    },
  }
  return tables
}
