import type Libsql from 'libsql'

/**
 * A failure of the index file. 'damaged': it is not a database, its key is another one, or a page
 * of it is broken. 'disk': the disk is full, or does not allow writing. 'missing': no program for
 * this computer. 'closed': the index was closed before the call.
 */
export class DatabaseError extends Error {
  readonly kind: 'damaged' | 'disk' | 'missing' | 'closed'
  constructor(kind: DatabaseError['kind'], message: string) {
    super(message)
    this.kind = kind
  }
}

export type Value = string | number | null

/** A database with prepared statements. Statements are prepared once. */
export interface Database {
  exec(sql: string): void
  run(sql: string, ...values: readonly Value[]): void
  /** Returns the rows as lists of columns. */
  rows(sql: string, ...values: readonly Value[]): Value[][]
  /** Returns the first row; null without one. */
  row(sql: string, ...values: readonly Value[]): Value[] | null
  /** Runs work on one state of the file. Writes of other processes come before or after it. */
  read<T>(work: () => T): T
  /** Runs work in one transaction. */
  write<T>(work: () => T): T
  close(): void
}

/** The most prepared statements. Queries differ in their text, so there is a limit. */
const STATEMENTS = 200
/** KiB of pages in memory. The rows that are sorted and filtered lie in columns besides. */
const CACHE_KIB = 64 * 1024

/**
 * Opens or creates a database. `path` ':memory:': nothing is on the disk. `key`: 64 hex digits, or
 * '' for no encryption. Throws DatabaseError.
 */
export async function openDatabase(path: string, key: string): Promise<Database> {
  const Engine = await loadEngine()
  const statements = new Map<string, Libsql.Statement>()
  const db = attempt(
    () =>
      new Engine(path, {
        timeout: 5000,
        ...(key !== '' && { encryptionCipher: 'aes256cbc', encryptionKey: key }),
      }),
  )
  const prepared = (sql: string): Libsql.Statement => {
    const known = statements.get(sql)
    if (known !== undefined) return known
    const made = db.prepare(sql)
    if (made.reader) made.raw(true)
    if (statements.size >= STATEMENTS) statements.delete(statements.keys().next().value as string)
    statements.set(sql, made)
    return made
  }
  const transaction = <T>(begin: string, work: () => T): T => {
    database.exec(begin)
    try {
      const result = work()
      database.exec('COMMIT')
      return result
    } catch (cause) {
      try {
        db.exec('ROLLBACK')
      } catch {
        // The engine has rolled back already.
      }
      throw cause
    }
  }
  const database: Database = {
    exec: (sql) => attempt(() => void db.exec(sql)),
    run: (sql, ...values) => attempt(() => void prepared(sql).run(...values)),
    rows: (sql, ...values) => attempt(() => prepared(sql).all(...values) as Value[][]),
    row: (sql, ...values) => {
      // One row is read as a list of rows: `get` would add the fields of the engine.
      const [first] = database.rows(sql, ...values)
      return first ?? null
    },
    read: (work) => transaction('BEGIN', work),
    write: (work) => transaction('BEGIN IMMEDIATE', work),
    close() {
      statements.clear()
      db.close()
    },
  }
  try {
    // Never with mmap_size: with encryption it reports a malformed database.
    for (const pragma of [
      'journal_mode = WAL',
      'synchronous = NORMAL',
      `cache_size = -${CACHE_KIB}`,
      'temp_store = MEMORY',
    ])
      database.exec(`PRAGMA ${pragma}`)
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

async function loadEngine(): Promise<typeof Libsql> {
  try {
    const module = (await import('libsql')) as unknown as { readonly default: typeof Libsql }
    return module.default
  } catch (cause) {
    throw new DatabaseError('missing', cause instanceof Error ? cause.message : String(cause))
  }
}

/** Runs a call of the engine. Its errors become a DatabaseError; a wrong statement is a bug. */
function attempt<T>(work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const { code = '', message = '' } = cause as {
      readonly code?: string
      readonly message?: string
    }
    const text = `${code} ${message}`
    if (DAMAGED.test(text)) throw new DatabaseError('damaged', text)
    if (DISK.test(text)) throw new DatabaseError('disk', text)
    throw cause
  }
}

/** Source: the result codes of SQLite, and their messages. */
const DAMAGED = /SQLITE_(CORRUPT|NOTADB|FORMAT)|malformed|not a database|encrypted/i
const DISK =
  /SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH|BUSY|LOCKED|NOMEM)|disk is full|disk I\/O|readonly|unable to open|locked/i
