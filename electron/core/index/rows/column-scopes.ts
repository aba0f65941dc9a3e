import type { Database } from '../database.ts'
import type { RowsQuery } from '../port.ts'
import { END_OF_PREFIX, type Tables } from '../tables.ts'
import { scopeSql, type ScopeSql } from './scope-sql.ts'

/** Folders of a scope up to which their rows are read folder by folder. */
const FEW_FOLDERS = 50
/** A scope with more than this part of all rows is read in the order of the file. */
const GOOD_PART = 1 / 3

/** The scopes whose rows lie in columns. */
export interface ColumnScopes {
  /** Returns the scope whose columns have the rows of a query. */
  columnScope(query: RowsQuery): RowsQuery['scope']
  /** Returns the condition for the rows of that scope. */
  scopeOf(query: RowsQuery): ScopeSql
  /** Returns the number of rows of that scope. A wide scope may have fewer. */
  rowsOf(query: RowsQuery, scope: ScopeSql): number
}

export function openColumnScopes(db: Database, tables: Tables): ColumnScopes {
  const bucketOf = ({ scope: { bucket } }: RowsQuery): number | null =>
    bucket === null ? null : tables.findBucket(bucket)
  const inBucket = (bucket: number | null): string =>
    bucket === null ? '' : ` AND bucket = ${bucket}`
  const fewFolders = (bucket: number | null, prefix: string): boolean =>
    db.rows(
      `SELECT 1 FROM folders WHERE path >= ? AND path < ?${inBucket(bucket)} LIMIT ${FEW_FOLDERS + 1}`,
      prefix,
      prefix + END_OF_PREFIX,
    ).length <= FEW_FOLDERS
  const isMost = (rows: number): boolean =>
    rows > GOOD_PART * Number(db.row('SELECT max(id) FROM rows')?.[0] ?? 0)
  const rowsIn = (folder: number): number =>
    Number(db.row('SELECT folders + files FROM folders WHERE id = ?', folder)?.[0] ?? 0)
  const rowsBelow = (bucket: number | null, prefix: string): number => {
    const sum = db.row(
      `SELECT sum(folders + files) FROM folders WHERE path >= ? AND path < ?${inBucket(bucket)}`,
      prefix,
      prefix + END_OF_PREFIX,
    )
    return Number(sum?.[0] ?? 0)
  }
  const facts = {
    fewFolders,
    isMost: (folder: number) => isMost(rowsIn(folder)),
    isMostBelow: (bucket: number | null, prefix: string) => isMost(rowsBelow(bucket, prefix)),
  }
  /** Tells whether a folder without folders has all rows of a query below it. */
  const isFlat = (query: RowsQuery): boolean => {
    const { prefix, depth } = query.scope
    const bucket = bucketOf(query)
    if (depth === 'level' || bucket === null || (prefix !== '' && !prefix.endsWith('/')))
      return false
    const found = db.rows(
      `SELECT path, folders FROM folders WHERE path >= ? AND path < ?${inBucket(bucket)} LIMIT 2`,
      prefix,
      prefix + END_OF_PREFIX,
    )
    return found.length === 1 && found[0]?.[0] === prefix && Number(found[0]?.[1]) === 0
  }
  const columnScope = (query: RowsQuery): RowsQuery['scope'] =>
    isFlat(query) ? { ...query.scope, depth: 'level' } : query.scope

  return {
    columnScope,
    scopeOf: (query) => scopeSql(tables, columnScope(query), facts),
    rowsOf: (query, { folder }) =>
      folder === null ? rowsBelow(bucketOf(query), query.scope.prefix) : rowsIn(folder),
  }
}
