import { extensionsOf, FILE_KINDS, type FileKind } from '../../../shared/contract/file-kinds.ts'
import type { IndexFilter } from '../../../shared/contract/models-index.ts'
import type { Value } from './database.ts'
import { folded } from './folded.ts'
import type { RowsQuery } from './port.ts'
import type { Tables } from './tables.ts'
import { STATES } from './write-rows.ts'

/** A part of a statement, and its values. */
export interface Sql {
  readonly sql: string
  readonly values: readonly Value[]
}

/** The name as filters compare it. */
export const FOLD = 'coalesce(r.fold, r.name)'

/** Tells whether a filter has conditions that only files can meet. */
export const isForFiles = (filter: IndexFilter): boolean =>
  (['kinds', 'larger', 'smaller', 'newer', 'older', 'classes', 'states', 'keyId'] as const).some(
    (name) => filter[name] !== undefined,
  )

/** Tells whether a filter has no condition. */
export const isNoFilter = (filter: IndexFilter): boolean =>
  !isForFiles(filter) && (['text', 'glob', 'regex'] as const).every((name) => !filter[name])

/**
 * Returns the conditions of a filter, save the regular expression, which the engine does not know.
 */
export function filterSql(tables: Tables, filter: IndexFilter): Sql {
  const parts: string[] = []
  const values: Value[] = []
  const add = (sql: string, ...some: readonly Value[]): void => {
    parts.push(` AND ${sql}`)
    values.push(...some)
  }
  const one = (column: string, ids: readonly (number | null)[]): void =>
    add(`${column} IN (${ids.filter((id) => id !== null).join(', ')})`)
  const { text = '', glob = '', kinds, larger, smaller, newer, older } = filter
  const { classes, states, keyId } = filter
  if (text !== '') add(`instr(${FOLD}, ?) > 0`, foldedText(text))
  if (glob !== '') add(`${FOLD} GLOB ?`, globOf(glob))
  if (kinds !== undefined) add(kindsSql(kinds))
  if (larger !== undefined) add('r.size > ?', larger)
  if (smaller !== undefined) add('r.size < ?', smaller)
  if (newer !== undefined) add('r.modified >= ?', Date.parse(newer))
  if (older !== undefined) add('r.modified < ?', Date.parse(older))
  if (classes !== undefined)
    one(
      'r.class',
      classes.map((name) => tables.findWord(name)),
    )
  if (states !== undefined)
    one(
      'r.state',
      states.map((state) => STATES.indexOf(state)),
    )
  if (keyId !== undefined) one('r.key', [tables.findWord(keyId)])
  return { sql: parts.join(''), values }
}

/** Folds a text like a name. A slash at its end is a part of the text. */
export const foldedText = (text: string): string =>
  text.endsWith('/') ? `${folded(text)}/` : folded(text)

/** Writes a glob as SQLite reads it. */
const globOf = (glob: string): string => foldedText(glob).replaceAll('[!', '[^')

/** Returns the condition for files of some types. 'other' is every extension that no type has. */
function kindsSql(kinds: readonly FileKind[]): string {
  const isOther = kinds.includes('other')
  const named = FILE_KINDS.filter((kind) => kind !== 'other' && kinds.includes(kind) !== isOther)
  const ends = new Map<number, string[]>()
  for (const extension of named.flatMap(extensionsOf)) {
    const end = `.${extension}`
    ends.set(end.length, [...(ends.get(end.length) ?? []), `'${end}'`])
  }
  // A name that is nothing but its extension has none.
  const some = Array.from(
    ends,
    ([length, list]) =>
      `(substr(${FOLD}, -${length}) IN (${list.join(', ')}) AND length(${FOLD}) > ${length})`,
  )
  return `${isOther ? 'NOT ' : ''}(${some.length === 0 ? '0' : some.join(' OR ')})`
}

/** Returns the whole number that an order sorts by; null for an order of texts. */
export function valueSql(tables: Tables, { sort, keyOrder }: RowsQuery): string | null {
  switch (sort.by) {
    case 'name':
    case 'path':
      return null
    case 'class':
      return rank(
        'r.class',
        tables.words().map(([id]) => id),
      )
    case 'key':
      return rank(
        'r.key',
        keyOrder.map((id) => tables.findWord(id)),
      )
    default:
      return `r.${sort.by}`
  }
}

/** Returns the place of a word in an order; words outside it come last. */
const rank = (column: string, ids: readonly (number | null)[]): string => {
  const cases = ids.flatMap((id, at) => (id === null ? [] : [`WHEN ${id} THEN ${at}`]))
  return cases.length === 0 ? '0' : `CASE ${column} ${cases.join(' ')} ELSE ${ids.length} END`
}

/** The rows in a scope. */
export interface ScopeSql extends Sql {
  /** The folder of a level; null for a wider scope, and for a folder that is not known. */
  readonly folder: number | null
  /** False: the scope has no rows. */
  readonly isKnown: boolean
}

/** Returns `FROM rows …` with the conditions of a scope. */
export function scopeSql(
  tables: Tables,
  { bucket: name, prefix, depth }: RowsQuery['scope'],
  facts: {
    /** Folders of the index that begin with the prefix, up to a limit. */
    fewFolders(bucket: number | null, prefix: string): boolean
    /** The folder has a good part of all rows. */
    isMost(folder: number): boolean
  },
): ScopeSql {
  const bucket = name === null ? null : tables.findBucket(name)
  const nothing = { sql: '', values: [], folder: null, isKnown: false }
  if (name !== null && bucket === null) return nothing
  if (depth === 'level') {
    const folder = bucket === null ? null : tables.findFolder(bucket, prefix)
    if (folder === null) return nothing
    // A scan of the table reads its pages in order. The index by name reads few of them.
    const sql = facts.isMost(folder)
      ? 'FROM rows r NOT INDEXED WHERE r.folder = ?'
      : 'FROM rows r INDEXED BY by_name WHERE r.folder = ?'
    return { sql, values: [folder], folder, isKnown: true }
  }
  const inPath = prefix === '' ? '' : ' AND path >= ? AND path < ?'
  const path = prefix === '' ? [] : [prefix, `${prefix}\u{10ffff}`]
  const inBucket = bucket === null ? '' : ' AND bucket = ?'
  const values = [...path, ...(bucket === null ? [] : [bucket])]
  const folders = `SELECT id FROM folders WHERE 1${inPath}${inBucket}`
  const isWhole = values.length === 0
  const isFew = !isWhole && facts.fewFolders(bucket, prefix)
  const hint = isFew ? ' INDEXED BY by_name' : ' NOT INDEXED'
  // A prefix may end within a name.
  const at = prefix.lastIndexOf('/') + 1
  const parent =
    at === prefix.length || bucket === null ? null : tables.findFolder(bucket, prefix.slice(0, at))
  const rest = prefix.slice(at)
  if (parent !== null)
    return {
      sql: `FROM rows r${hint} WHERE r.folder IN (${folders} UNION SELECT ${parent}) AND (r.folder <> ${parent} OR substr(r.name, 1, ?) = ?)`,
      values: [...values, [...rest].length, rest],
      folder: null,
      isKnown: true,
    }
  return {
    sql: `FROM rows r${hint} WHERE ${isWhole ? '1' : `r.folder IN (${folders})`}`,
    values,
    folder: null,
    isKnown: true,
  }
}
