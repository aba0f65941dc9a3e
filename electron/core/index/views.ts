import type { Database, Value } from './database.ts'
import {
  filterSql,
  FOLD,
  isForFiles,
  isNoFilter,
  scopeSql,
  valueSql,
  type ScopeSql,
  type Sql,
} from './filter-sql.ts'
import type { RowsQuery } from './port.ts'
import { regexTest } from './regex.ts'
import { idSet, mostOf, numbersIn, sortedByValue } from './sorted-ids.ts'
import type { Tables } from './tables.ts'
import { FILE, FOLDER } from './write-rows.ts'

/** Folders of a scope up to which their rows are read folder by folder. */
const FEW_FOLDERS = 50
/** Names that one call of a regular expression gets. */
const NAMES_AT_ONCE = 20_000
/** The most lists of ids in memory. One of a million rows needs 4 MiB. */
const MOST_LISTS = 8
/** An old answer is given for as many times the time that a new one takes. */
const PATIENCE = 10
/** A new answer that takes at most so many milliseconds is always made. */
const QUICK_MS = 20

/** Rows of a first window, which the engine sorts. Behind them, all rows are sorted once. */
const FEW_ROWS = 2000

interface Scanned {
  readonly ids: Int32Array
  readonly values: Float64Array
}

interface Sums {
  readonly count: number
  readonly bytes: number
}

/** One of the two parts of a query: the folders of a level, or the files. */
export interface Part {
  readonly kind: typeof FOLDER | typeof FILE
  sums(): Sums
  /** Returns the ids of the rows `from` to `to`. */
  ids(from: number, to: number): Int32Array
}

/** The rows of a part, before they are sorted. */
interface Matches {
  readonly scope: ScopeSql
  readonly kind: Part['kind']
  readonly filter: Sql
  readonly regex: string
  readonly isLevel: boolean
  /** No row is left out. */
  readonly isAll: boolean
}

/**
 * Finds and sorts rows as lists of ids. A list is made once for each revision, and any window of it
 * costs nothing more. A level is listed in the order of names by an index. The engine filters it in
 * one scan, and a sort by digits does the rest.
 */
export function openViews(db: Database, tables: Tables) {
  const lists = memory<Int32Array>()
  const sums = memory<Sums>()

  const fewFolders = (bucket: number | null, prefix: string): boolean =>
    db.rows(
      `SELECT 1 FROM folders WHERE path >= ? AND path < ?${bucket === null ? '' : ` AND bucket = ${bucket}`} LIMIT ${FEW_FOLDERS + 1}`,
      prefix,
      `${prefix}\u{10ffff}`,
    ).length <= FEW_FOLDERS
  const isMost = (folder: number): boolean => {
    const rows = db.row('SELECT folders + files FROM folders WHERE id = ?', folder)
    const all = db.row('SELECT max(id) FROM rows')
    return Number(rows?.[0] ?? 0) * 3 > Number(all?.[0] ?? 0)
  }
  const revisionOf = ({ scope }: RowsQuery): number => {
    const bucket = scope.bucket === null ? null : tables.findBucket(scope.bucket)
    const folder =
      scope.depth === 'below' || bucket === null ? null : tables.findFolder(bucket, scope.prefix)
    return tables.revision(folder)
  }

  /** Returns the ids of the matching rows, in no order, and one whole number for each. */
  const scan = ({ scope, kind, filter }: Matches, value: string | null): Scanned => {
    const [ids = '', values = ''] =
      db.row(
        `SELECT group_concat(r.id, ' '), ${value === null ? "''" : `group_concat(${value}, ' ')`}
         ${scope.sql} AND r.kind = ${kind}${filter.sql}`,
        ...scope.values,
        ...filter.values,
      ) ?? []
    return { ids: idsIn(ids), values: numbersIn(String(values ?? '')) }
  }
  /** Returns all rows of one kind of a level in the order of names. */
  const levelByName = (folder: number, kind: number): Int32Array =>
    idsIn(
      db.row(
        // The limit makes the engine sort: it leaves out the order of a part otherwise.
        `SELECT group_concat(id, ' ') FROM (SELECT id FROM rows INDEXED BY by_sort
           WHERE folder = ? AND kind = ? ORDER BY sort LIMIT -1)`,
        folder,
        kind,
      )?.[0],
    )
  /** Returns the matching rows, sorted by texts. */
  const byText = ({ scope, kind, filter }: Matches, order: string): Int32Array =>
    idsIn(
      db.row(
        `SELECT group_concat(id, ' ') FROM (SELECT r.id ${scope.sql} AND r.kind = ${kind}${filter.sql}
           ORDER BY ${order} LIMIT -1)`,
        ...scope.values,
        ...filter.values,
      )?.[0],
    )

  /** Returns those ids whose names match a regular expression. */
  const matching = (ids: Int32Array, regex: string): Int32Array => {
    if (regex === '') return ids
    const test = regexTest(regex)
    const found: number[] = []
    for (let at = 0; at < ids.length; at += NAMES_AT_ONCE) {
      const some = ids.subarray(at, at + NAMES_AT_ONCE)
      const names = new Map(
        db
          .rows(`SELECT r.id, ${FOLD} FROM rows r WHERE r.id IN (${some.join(', ')})`)
          .map(([id, name]) => [Number(id), String(name)]),
      )
      const fits = test(Array.from(some, (id) => names.get(id) ?? ''))
      for (const [i, id] of some.entries()) if (fits[i] === true) found.push(id)
    }
    return Int32Array.from(found)
  }

  const listOf = (matches: Matches, query: RowsQuery): Int32Array => {
    const { scope, kind, isLevel, isAll, regex } = matches
    const { sort } = query
    const way = sort.down ? ' DESC' : ''
    const value = kind === FOLDER ? null : valueSql(tables, query)
    if (sort.by === 'path')
      return matching(
        byText(
          matches,
          isLevel
            ? `r.name${way}`
            : `(SELECT path FROM folders f WHERE f.id = r.folder) || r.name${way}`,
        ),
        regex,
      )
    const revision = revisionOf(query)
    let ids: Int32Array
    if (isLevel && scope.folder !== null) {
      const { folder } = scope
      ids = lists.get(`level ${folder} ${kind}`, revision, query.mayBeOld, () =>
        levelByName(folder, kind),
      )
      if (!isAll) {
        const found = scan(matches, null).ids
        const chosen = idSet(Math.max(mostOf(found), mostOf(ids)))
        for (const id of found) chosen.add(id)
        ids = ids.filter((id) => chosen.has(id))
      }
    } else ids = byText(matches, '+r.sort, r.folder')
    ids = matching(ids, regex)
    if (value === null) return sort.by === 'name' && sort.down ? ids.toReversed() : ids
    const { ids: rows, values } = scan(matches, value)
    const valueOf = new Float64Array(Math.max(mostOf(rows), mostOf(ids)) + 1)
    for (let i = 0; i < rows.length; i++) valueOf[rows[i] as number] = values[i] as number
    return sortedByValue(ids, valueOf, sort.down)
  }

  const sumsOf = (matches: Matches, list: () => Int32Array): Sums => {
    const { scope, kind, filter, isLevel, isAll, regex } = matches
    if (isLevel && isAll) {
      const own = db.row(
        'SELECT folders, files, bytes FROM folders WHERE id = ?',
        Number(scope.folder),
      )
      const [folders = 0, files = 0, bytes = 0] = (own ?? []).map(Number)
      return kind === FOLDER ? { count: folders, bytes: 0 } : { count: files, bytes }
    }
    if (regex !== '') {
      const ids = list()
      let bytes = 0
      for (let at = 0; at < ids.length; at += NAMES_AT_ONCE) {
        const some = ids.subarray(at, at + NAMES_AT_ONCE).join(', ')
        bytes += Number(db.row(`SELECT sum(size) FROM rows WHERE id IN (${some})`)?.[0] ?? 0)
      }
      return { count: ids.length, bytes }
    }
    const [count = 0, bytes = 0] =
      db.row(
        `SELECT count(*), sum(r.size) ${scope.sql} AND r.kind = ${kind}${filter.sql}`,
        ...scope.values,
        ...filter.values,
      ) ?? []
    return { count: Number(count), bytes: Number(bytes ?? 0) }
  }

  return {
    revisionOf,
    /** Returns the parts of a query, folders first. */
    partsOf(query: RowsQuery): readonly Part[] {
      const { filter, sort } = query
      const scope = scopeSql(tables, query.scope, { fewFolders, isMost })
      if (!scope.isKnown) return []
      const isLevel = query.scope.depth === 'level'
      const kinds = isLevel && !isForFiles(filter) ? ([FOLDER, FILE] as const) : ([FILE] as const)
      return kinds.map((kind) => {
        const matches: Matches = {
          scope,
          kind,
          filter: filterSql(tables, filter),
          regex: filter.regex ?? '',
          isLevel,
          isAll: isNoFilter(filter),
        }
        const name = JSON.stringify([scope, kind, matches.filter, matches.regex])
        const order = JSON.stringify([name, sort, query.keyOrder])
        const revision = revisionOf(query)
        const list = (): Int32Array =>
          lists.get(order, revision, query.mayBeOld, () => listOf(matches, query))
        return {
          kind,
          sums: () => sums.get(name, revision, query.mayBeOld, () => sumsOf(matches, list)),
          ids: (from, to) => {
            const isByName =
              isLevel &&
              matches.isAll &&
              (sort.by === 'name' || (kind === FOLDER && sort.by !== 'path'))
            const window = [to - from, from]
            if (isByName && to !== Number.POSITIVE_INFINITY)
              return idsOf(
                db.rows(
                  `SELECT id FROM rows INDEXED BY by_sort WHERE folder = ? AND kind = ?
                   ORDER BY sort${sort.by === 'name' && sort.down ? ' DESC' : ''} LIMIT ? OFFSET ?`,
                  Number(scope.folder),
                  kind,
                  ...window,
                ),
              )
            const value = valueSql(tables, query)
            const isFirst = isLevel && matches.isAll && to <= FEW_ROWS && value !== null
            if (!isFirst || lists.has(order, revision)) return list().subarray(from, to)
            // The engine finds the first rows of an order faster than it reads all of them.
            return idsOf(
              db.rows(
                `SELECT r.id ${scope.sql} AND r.kind = ${kind}
                 ORDER BY +(${value})${sort.down ? ' DESC' : ''}, +r.sort LIMIT ? OFFSET ?`,
                ...scope.values,
                ...window,
              ),
            )
          },
        }
      })
    },
  }
}

const idsOf = (rows: readonly (readonly Value[])[]): Int32Array =>
  Int32Array.from(rows, ([id]) => Number(id))

/** Reads the ids that the engine joined. One id alone is a number, and none is null. */
const idsIn = (joined: Value | undefined): Int32Array =>
  Int32Array.from(numbersIn(String(joined ?? '')))

/** Answers by name, for one revision each. */
function memory<T>() {
  const known = new Map<
    string,
    { readonly revision: number; readonly value: T; readonly at: number; readonly took: number }
  >()
  return {
    has: (name: string, revision: number) => known.get(name)?.revision === revision,
    get(name: string, revision: number, mayBeOld: boolean, make: () => T): T {
      const before = known.get(name)
      const began = performance.now()
      if (before !== undefined) {
        const isYoung =
          mayBeOld && before.took > QUICK_MS && began - before.at < PATIENCE * before.took
        if (before.revision === revision || isYoung) return before.value
      }
      const value = make()
      known.delete(name)
      if (known.size >= MOST_LISTS) known.delete(known.keys().next().value as string)
      const now = performance.now()
      known.set(name, { revision, value, at: now, took: now - began })
      return value
    },
  }
}
