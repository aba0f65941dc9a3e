import type { Database, Value } from '../database.ts'
import { openRowNames, grown, type RowNames } from './row-names.ts'
import type { ScopeSql } from './scope-sql.ts'
import { idSet, mostOf, numbersIn } from './row-numbers.ts'

/** The kind of a row that was removed. */
export const GONE = 2

/** Rows that one statement reads while the columns are loaded. It takes some 20 ms. */
const STEP = 20_000
/** The most changed rows that are read again one by one. More are loaded with all others. */
const MOST_CHANGED = 50_000
/** The most rows that are sorted alone. The order of all rows is read for more. */
const FEW_ROWS = 20_000

/** The orders that the engine knows: texts. Equal names are in the order of their folders. */
export type TextOrder = 'name' | 'path'

/**
 * The rows of one scope in memory, as columns. A place is the number of a row in all columns. New
 * rows get the places behind the others. Some 60 bytes and the name for each row.
 */
export interface Columns {
  /** Number of places. */
  readonly count: number
  /** The number of places that have memory. */
  readonly room: number
  readonly ids: Int32Array
  /** 0: folder, 1: file, {@link GONE}. */
  readonly kinds: Uint8Array
  /** Bytes. */
  readonly sizes: Float64Array
  /** Milliseconds since 1970. */
  readonly times: Float64Array
  readonly states: Uint8Array
  /** The numbers of words; 0 for no key. */
  readonly classes: Uint16Array
  readonly keys: Uint16Array
  readonly names: RowNames
  /** A row was changed or removed. */
  changed(id: number): void
  /** Forgets all rows, so that they are loaded again. */
  reset(): void
  /** Loads some more rows. Returns false when all rows are loaded. */
  load(scope: ScopeSql): boolean
  /** Follows all changes. The rows are those of the file then. */
  follow(scope: ScopeSql): void
  /** Reads an order of all rows, so that the next call of `inOrder` is quick. */
  prepare(order: TextOrder, scope: ScopeSql): void
  /** Tells whether the order of all rows is in memory, and every change too. */
  isReady(order: TextOrder): boolean
  /** Returns the places of a mask in an order, folders first. */
  inOrder(order: TextOrder, mask: Uint8Array, scope: ScopeSql): Int32Array
}

const NONE = new Float64Array()
const FACTS = 'r.kind + 2 * r.state + 16 * r.class + 1048576 * coalesce(r.key, 0)'
const COLUMNS = `group_concat(r.id, ' '), group_concat(r.size, ' '), group_concat(r.modified, ' '), group_concat(${FACTS}, ' ')`
const NAMES = "group_concat(coalesce(r.fold, r.name), '/')"

/** Opens the columns of a scope, without rows. `rows`: the number that is expected. */
export function openColumns(db: Database, rows: number): Columns {
  const orders = new Map<TextOrder, Int32Array>()
  const touched = new Set<number>()
  /** Rows with greater ids are not loaded. No id is used again while the columns are open. */
  let seen = 0
  let isLoaded = false

  const own = {
    count: 0,
    get room() {
      return own.ids.length
    },
    ids: new Int32Array(rows),
    kinds: new Uint8Array(rows),
    sizes: new Float64Array(rows),
    times: new Float64Array(rows),
    states: new Uint8Array(rows),
    classes: new Uint16Array(rows),
    keys: new Uint16Array(rows),
    names: openRowNames(rows),
  }
  const makeRoom = (count: number): void => {
    while (own.ids.length < count) {
      own.ids = grown(own.ids, Int32Array)
      own.kinds = grown(own.kinds, Uint8Array)
      own.sizes = grown(own.sizes, Float64Array)
      own.times = grown(own.times, Float64Array)
      own.states = grown(own.states, Uint8Array)
      own.classes = grown(own.classes, Uint16Array)
      own.keys = grown(own.keys, Uint16Array)
    }
  }
  /** Writes rows as the engine joined them, from a place on, or to the places of their ids. */
  const put = (joined: readonly Value[], to: number | ReadonlyMap<number, number>): void => {
    const [ids = NONE, sizes = NONE, times = NONE, facts = NONE] = joined.map((one) =>
      numbersIn(String(one ?? '')),
    )
    if (typeof to === 'number') makeRoom(to + ids.length)
    for (let at = 0; at < ids.length; at++) {
      const id = ids[at] as number
      const place = typeof to === 'number' ? to + at : (to.get(id) as number)
      const fact = facts[at] as number
      own.ids[place] = id
      own.sizes[place] = sizes[at] as number
      own.times[place] = times[at] as number
      own.kinds[place] = fact & 1
      own.states[place] = (fact >>> 1) & 7
      own.classes[place] = (fact >>> 4) & 0xffff
      own.keys[place] = Math.floor(fact / 0x100000)
    }
    if (typeof to === 'number') own.count = to + ids.length
  }
  /** Reads the rows behind `seen` up to an id. */
  const read = ({ where, values }: ScopeSql, hint: string, through: number): void => {
    const [names = null, ...columns] =
      db.row(
        `SELECT ${NAMES}, ${COLUMNS} FROM rows r ${hint} WHERE r.id > ? AND r.id <= ? AND ${where}`,
        seen,
        through,
        ...values,
      ) ?? []
    seen = through
    if (names === null) return
    own.names.add(`${String(names)}/`)
    put(columns, own.count)
    orders.clear()
  }
  const lastId = (): number => Number(db.row('SELECT max(id) FROM rows')?.[0] ?? 0)

  /** Reads the changed rows again. A row that is not there any more is gone. */
  const readAgain = (): void => {
    const wanted = idSet(mostOf(touched))
    for (const id of touched) wanted.add(id)
    const places = new Map<number, number>()
    for (let place = 0; place < own.count; place++) {
      const id = own.ids[place] as number
      if (!wanted.has(id) || own.kinds[place] === GONE) continue
      places.set(id, place)
      own.kinds[place] = GONE
    }
    touched.clear()
    if (places.size === 0) return
    const columns = db.row(
      `SELECT ${COLUMNS} FROM json_each(?) j CROSS JOIN rows r ON r.id = j.value`,
      `[${[...places.keys()].join(',')}]`,
    )
    put(columns ?? [], places)
  }

  /** Returns ids as places, without those that are gone. */
  const placesOf = (ids: Float64Array): Int32Array => {
    const placeOf = new Int32Array(seen + 1)
    for (let place = 0; place < own.count; place++)
      if (own.kinds[place] !== GONE) placeOf[own.ids[place] as number] = place + 1
    const places = new Int32Array(ids.length)
    let found = 0
    for (let at = 0; at < ids.length; at++) {
      const place = placeOf[ids[at] as number] ?? 0
      if (place > 0) places[found++] = place - 1
    }
    return places.subarray(0, found)
  }
  /** Returns the places of all rows of a scope in an order. */
  const wholeOrder = (order: TextOrder, scope: ScopeSql): Int32Array => {
    const { where, values, folder } = scope
    // A limit makes the engine sort: it leaves out the order of a part otherwise.
    const index = folder === null ? 'NOT INDEXED' : INDEX[order]
    return idsBy(`FROM rows r ${index} WHERE ${where}`, values, order, folder !== null)
  }
  const idsBy = (
    from: string,
    values: readonly Value[],
    order: TextOrder,
    isLevel: boolean,
  ): Int32Array => {
    const text = isLevel ? LEVEL[order] : BELOW[order]
    const joined = db.row(
      `SELECT group_concat(id, ' ') FROM (SELECT r.id ${from} ORDER BY ${text} LIMIT -1)`,
      ...values,
    )?.[0]
    return placesOf(numbersIn(String(joined ?? '')))
  }

  const columns: Columns = Object.assign(own, {
    changed(id: number) {
      touched.add(id)
      if (touched.size > MOST_CHANGED) columns.reset()
    },
    reset() {
      touched.clear()
      orders.clear()
      own.count = 0
      own.names = openRowNames(own.ids.length)
      seen = 0
      isLoaded = false
    },
    load(scope: ScopeSql) {
      if (isLoaded) return false
      const last = lastId()
      if (scope.isSmall) read(scope, 'INDEXED BY by_name', last)
      else read(scope, 'NOT INDEXED', Math.min(last, seen + STEP))
      isLoaded = seen === last
      return !isLoaded
    },
    follow(scope: ScopeSql) {
      while (columns.load(scope));
      if (touched.size > 0) readAgain()
      const last = lastId()
      if (last > seen) read(scope, 'NOT INDEXED', last)
    },
    prepare(order: TextOrder, scope: ScopeSql) {
      if (!orders.has(order)) orders.set(order, wholeOrder(order, scope))
    },
    isReady: (order: TextOrder) =>
      isLoaded && touched.size === 0 && orders.has(order) && lastId() === seen,
    inOrder(order: TextOrder, mask: Uint8Array, scope: ScopeSql) {
      let all = orders.get(order)
      if (all === undefined) {
        let wanted = 0
        for (const one of mask) wanted += one
        if (wanted <= FEW_ROWS && wanted < own.count) {
          const some: number[] = []
          mask.forEach((one, place) => one === 1 && some.push(own.ids[place] as number))
          const from = 'FROM json_each(?) j CROSS JOIN rows r ON r.id = j.value'
          return idsBy(from, [`[${some.join(',')}]`], order, scope.folder !== null)
        }
        columns.prepare(order, scope)
        all = orders.get(order) as Int32Array
      }
      const places = new Int32Array(mask.length)
      let found = 0
      for (let at = 0; at < all.length; at++) {
        const place = all[at] as number
        if (mask[place] === 1) places[found++] = place
      }
      return places.slice(0, found)
    },
  })
  return columns
}

const INDEX: Readonly<Record<TextOrder, string>> = {
  name: 'INDEXED BY by_sort',
  path: 'INDEXED BY by_name',
}
const LEVEL: Readonly<Record<TextOrder, string>> = {
  name: 'r.kind, r.sort',
  path: 'r.kind, r.name',
}
const BELOW: Readonly<Record<TextOrder, string>> = {
  name: '+r.sort, r.folder',
  path: '(SELECT path FROM folders f WHERE f.id = r.folder) || r.name',
}
