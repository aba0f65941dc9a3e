import type { Value } from '../database.ts'
import type { RowsQuery } from '../port.ts'
import { END_OF_PREFIX, type Tables } from '../tables.ts'

/** The rows in a scope, as a condition for `rows r`. */
export interface ScopeSql {
  readonly where: string
  readonly values: readonly Value[]
  /** The folder of a level; null for a wider scope, and for a folder that is not known. */
  readonly folder: number | null
  /** The rows are in so few folders that they are read by folder and name. */
  readonly isSmall: boolean
  /** False: the scope has no rows. */
  readonly isKnown: boolean
}

/** Returns the condition for the rows of a scope. */
export function scopeSql(
  tables: Tables,
  { bucket: name, prefix, depth }: RowsQuery['scope'],
  facts: {
    /** Folders of the index that begin with the prefix, up to a limit. */
    fewFolders(bucket: number | null, prefix: string): boolean
    /** The folder, or all folders of a bucket that begin with a prefix, have many of all rows. */
    isMost(folder: number): boolean
    isMostBelow(bucket: number | null, prefix: string): boolean
  },
): ScopeSql {
  const bucket = name === null ? null : tables.findBucket(name)
  const nothing = { where: '0', values: [], folder: null, isSmall: true, isKnown: false }
  if (name !== null && bucket === null) return nothing
  if (depth === 'level') {
    const folder = bucket === null ? null : tables.findFolder(bucket, prefix)
    if (folder === null) return nothing
    // A scan of the table reads its pages in order. The index by name reads few of them.
    const isSmall = !facts.isMost(folder)
    return { where: 'r.folder = ?', values: [folder], folder, isSmall, isKnown: true }
  }
  const inPath = prefix === '' ? '' : ' AND path >= ? AND path < ?'
  const path = prefix === '' ? [] : [prefix, prefix + END_OF_PREFIX]
  const inBucket = bucket === null ? '' : ' AND bucket = ?'
  const values = [...path, ...(bucket === null ? [] : [bucket])]
  const folders = `SELECT id FROM folders WHERE 1${inPath}${inBucket}`
  const isSmall =
    values.length > 0 && facts.fewFolders(bucket, prefix) && !facts.isMostBelow(bucket, prefix)
  const wide = { folder: null, isSmall, isKnown: true }
  // A prefix may end within a name.
  const at = prefix.lastIndexOf('/') + 1
  if (at < prefix.length) {
    const parents = `SELECT id FROM folders WHERE path = ?${inBucket}`
    const parent = [prefix.slice(0, at), ...(bucket === null ? [] : [bucket])]
    const rest = prefix.slice(at)
    return {
      ...wide,
      where: `r.kind = 1 AND (r.folder IN (${folders})
        OR (r.folder IN (${parents}) AND substr(r.name, 1, ?) = ?))`,
      values: [...values, ...parent, [...rest].length, rest],
    }
  }
  return {
    ...wide,
    where: `r.kind = 1${values.length === 0 ? '' : ` AND r.folder IN (${folders})`}`,
    values,
  }
}
