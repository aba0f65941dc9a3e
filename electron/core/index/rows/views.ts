import { openAnswers, type Answers } from './answers.ts'
import { openColumns, type Columns } from './columns.ts'
import type { Database, Value } from '../database.ts'
import { isForFiles, isNoFilter, maskOf } from './filter-rows.ts'
import type { RowsQuery } from '../port.ts'
import type { RowChangeSource } from '../row-changes.ts'
import { firstByValue, sortedByValue } from './row-numbers.ts'
import { openColumnScopes } from './column-scopes.ts'
import type { ScopeSql } from './scope-sql.ts'
import type { Tables } from '../tables.ts'
import { FILE, FOLDER } from '../write-rows.ts'

/** The most rows in columns. The scope in view may have more. */
const MOST_ROWS = 2_500_000
/** The most rows that are loaded for a search which may never come. */
const MOST_ROWS_AHEAD = 1_200_000
/** The first rows of an order by numbers are found without a sort of all rows. */
const FIRST_ROWS = 1000

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

/** The columns of a scope, and the rows of them that meet a filter. */
interface Loaded {
  readonly rows: Columns
  /** The folder of a level. */
  readonly folder: number | null
  readonly matches: Answers<Matches>
}

interface Matches {
  /** Places in the order of names or paths, by kind. */
  readonly places: readonly [folders: Int32Array, files: Int32Array]
  /** Of the files. */
  readonly bytes: number
}

/**
 * Finds and sorts rows. The rows of a scope lie in columns in memory: a filter is one pass over
 * them, and a sort is a sort of numbers. Orders of texts come from the engine. An answer is made
 * once for each revision, and any window of it costs nothing more.
 */
export function openViews(db: Database, tables: Tables, changes: RowChangeSource) {
  const { scopeOf, columnScope, rowsOf } = openColumnScopes(db, tables)
  const loaded = new Map<string, Loaded>()
  const lists = openAnswers<Int32Array>()
  /** The first rows of lists that are not made yet. */
  const firsts = openAnswers<Int32Array>()
  /** The query whose columns are loaded before they are asked for. */
  let next: RowsQuery | null = null
  /** The search that may follow: below the folder that is in view. */
  let search: RowsQuery | null = null

  changes.followers.add({
    row: (id) => loaded.forEach(({ rows }) => rows.changed(id)),
    folder(id) {
      for (const [name, { folder }] of loaded)
        if (folder === null || folder === id) loaded.delete(name)
    },
    all: () => loaded.clear(),
  })

  const revisionOf = ({ scope }: RowsQuery): number => {
    const bucket = scope.bucket === null ? null : tables.findBucket(scope.bucket)
    const folder =
      scope.depth === 'below' || bucket === null ? null : tables.findFolder(bucket, scope.prefix)
    return tables.revision(folder)
  }
  const isLevel = ({ scope }: RowsQuery): boolean => scope.depth === 'level'
  const textOrder = ({ sort }: RowsQuery) => (sort.by === 'path' ? 'path' : 'name')

  /** Returns the columns of a scope. Those used longest ago go when there are too many rows. */
  const columnsOf = (query: RowsQuery, scope: ScopeSql): Loaded => {
    const name = JSON.stringify(columnScope(query))
    const known = loaded.get(name)
    loaded.delete(name)
    // A folder that was removed and came again has another number.
    const isKnown = known !== undefined && known.folder === scope.folder
    const rows = isKnown ? known.rows : openColumns(db, rowsOf(query, scope))
    const one = isKnown ? known : { rows, folder: scope.folder, matches: openAnswers<Matches>() }
    let left = MOST_ROWS - rows.room
    for (const [old, other] of Array.from(loaded).reverse()) {
      left -= other.rows.room
      if (left < 0) loaded.delete(old)
    }
    loaded.set(name, one)
    return one
  }
  /** Loads some rows of the search that may follow. Few rows are loaded when it comes. */
  const loadSearch = (query: RowsQuery): boolean => {
    const scope = scopeOf(query)
    const isWanted = scope.isKnown && !scope.isSmall && rowsOf(query, scope) <= MOST_ROWS_AHEAD
    return isWanted && columnsOf(query, scope).rows.load(scope)
  }

  const matchesOf = (rows: Columns, query: RowsQuery, scope: ScopeSql): Matches => {
    rows.follow(scope)
    const mask = maskOf(rows, tables, query.filter)
    const all = rows.inOrder(textOrder(query), mask, scope)
    const { kinds, sizes } = rows
    let folders = 0
    while (folders < all.length && kinds[all[folders] as number] === FOLDER) folders++
    let bytes = 0
    for (let at = folders; at < all.length; at++) bytes += sizes[all[at] as number] as number
    return { places: [all.subarray(0, folders), all.subarray(folders)], bytes }
  }
  /** Returns the ids of a part in order: all, or at least the first ones. */
  const listOf = (
    rows: Columns,
    places: Int32Array,
    kind: Part['kind'],
    query: RowsQuery,
    isForFirst: boolean,
  ): Int32Array => {
    const { by, down } = query.sort
    const isText = by === 'name' || by === 'path'
    const values = kind === FOLDER ? null : valuesOf(rows, tables, query)
    const sorted =
      values !== null
        ? isForFirst
          ? firstByValue(places, values, down, FIRST_ROWS)
          : sortedByValue(places, values, down)
        : isText && down
          ? places.toReversed()
          : places
    const found = new Int32Array(sorted.length)
    for (let at = 0; at < sorted.length; at++) found[at] = rows.ids[sorted[at] as number] as number
    return found
  }

  const views = {
    revisionOf,
    /**
     * Loads some rows of the last query, so that an order or a filter of it is quick. Then sorts
     * all of them, so that a window far down is quick too. Then loads what a search below a folder
     * in view needs.
     */
    prepare(): boolean {
      if (next === null) {
        if (search !== null && loadSearch(search)) return true
        search = null
        return false
      }
      const query = next
      const scope = scopeOf(query)
      const rows = scope.isKnown ? columnsOf(query, scope).rows : null
      if (rows?.load(scope) === true) return true
      rows?.follow(scope)
      rows?.prepare(textOrder(query), scope)
      if (isByValue(query)) for (const part of views.partsOf(query)) part.ids(0, FAR)
      next = null
      if (isLevel(query)) search = { ...query, scope: { ...query.scope, depth: 'below' } }
      return search !== null
    },
    /** Returns the parts of a query, folders first. */
    partsOf(query: RowsQuery): readonly Part[] {
      const { filter, sort } = query
      const scope = scopeOf(query)
      if (!scope.isKnown) return []
      const isAll = isNoFilter(filter)
      const kinds: readonly Part['kind'][] =
        isLevel(query) && !isForFiles(filter) ? [FOLDER, FILE] : [FILE]
      // Rows that are arriving would be loaded again and again.
      next = query.mayBeOld ? null : query
      search = null
      const name = JSON.stringify([filter, textOrder(query)])
      const order = JSON.stringify([query.scope, filter, sort, query.keyOrder])
      const revision = revisionOf(query)
      const { rows, matches } = columnsOf(query, scope)
      const found = (): Matches =>
        matches.get(name, revision, query.mayBeOld, () => matchesOf(rows, query, scope))
      return kinds.map((kind) => ({
        kind,
        sums() {
          if (scope.folder !== null && isAll) return levelSums(scope.folder, kind)
          const { places, bytes } = found()
          return { count: places[kind].length, bytes: kind === FOLDER ? 0 : bytes }
        },
        ids(from, to) {
          const isByName = sort.by === 'name' || (kind === FOLDER && sort.by !== 'path')
          // The engine has the names of a level in order, before the columns are loaded.
          const isEngines = isAll && isByName && to !== FAR
          if (isEngines && scope.folder !== null && !rows.isReady('name')) {
            const down = sort.by === 'name' && sort.down
            return levelByName(scope.folder, kind, down, from, to)
          }
          const list = `${order} ${kind}`
          const isFirst = to <= FIRST_ROWS && isByValue(query) && !lists.has(list, revision)
          return (isFirst ? firsts : lists)
            .get(list, revision, query.mayBeOld, () =>
              listOf(rows, found().places[kind], kind, query, isFirst),
            )
            .subarray(from, to)
        },
      }))
    },
  }
  return views

  function levelSums(folder: number, kind: Part['kind']): Sums {
    const own = db.row('SELECT folders, files, bytes FROM folders WHERE id = ?', folder)
    const [folders = 0, files = 0, bytes = 0] = (own ?? []).map(Number)
    return kind === FOLDER ? { count: folders, bytes: 0 } : { count: files, bytes }
  }
  function levelByName(
    folder: number,
    kind: Part['kind'],
    down: boolean,
    from: number,
    to: number,
  ): Int32Array {
    const rows = db.rows(
      `SELECT id FROM rows INDEXED BY by_sort WHERE folder = ? AND kind = ?
       ORDER BY sort${down ? ' DESC' : ''} LIMIT ? OFFSET ?`,
      folder,
      kind,
      to - from,
      from,
    )
    return Int32Array.from(rows, ([id]: readonly Value[]) => Number(id))
  }
}

/** The end of a window that has all rows. */
const FAR = Number.POSITIVE_INFINITY

const isByValue = ({ sort: { by } }: RowsQuery): boolean => by !== 'name' && by !== 'path'

/** Returns the numbers of all places that an order sorts by; null for an order of texts. */
function valuesOf(
  rows: Columns,
  tables: Tables,
  { sort, keyOrder }: RowsQuery,
): ArrayLike<number> | null {
  switch (sort.by) {
    case 'name':
    case 'path':
      return null
    case 'size':
      return rows.sizes
    case 'modified':
      return rows.times
    case 'state':
      return rows.states
    case 'class':
      return ranksOf(
        rows.classes,
        tables.words().map(([id]) => id),
      )
    case 'key':
      return ranksOf(
        rows.keys,
        keyOrder.map((id) => tables.findWord(id)),
      )
  }
}

/** Returns the places of words in an order. Words outside it come last. */
function ranksOf(words: Uint16Array, order: readonly (number | null)[]): Uint16Array {
  const rankOf = new Uint16Array(0x10000).fill(order.length)
  order.forEach((id, at) => id !== null && (rankOf[id] = at))
  const ranks = new Uint16Array(words.length)
  for (let place = 0; place < words.length; place++)
    ranks[place] = rankOf[words[place] as number] as number
  return ranks
}
