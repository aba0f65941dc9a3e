/** Whole numbers of rows, one column each. */
export interface Columns {
  readonly ids: Int32Array
  /** One list of values for each further column. */
  readonly values: readonly Float64Array[]
}

/**
 * Reads whole numbers with a space between them, `width` in a row. A loop is several times as fast
 * as `split`, and rows of the engine would cost more than all else.
 */
export function columnsIn(text: string, width: number): Columns {
  let count = text === '' ? 0 : 1
  for (let at = text.indexOf(' '); at !== -1; at = text.indexOf(' ', at + 1)) count++
  const rows = count / width
  const ids = new Int32Array(rows)
  const values = Array.from({ length: width - 1 }, () => new Float64Array(rows))
  let [at, row] = [0, 0]
  const next = (): number => {
    let number = 0
    for (; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code === SPACE) break
      number = number * 10 + code - ZERO
    }
    at++
    return number
  }
  for (; row < rows; row++) {
    ids[row] = next()
    for (const column of values) column[row] = next()
  }
  return { ids, values }
}

const SPACE = 32
const ZERO = 48

/** A set of ids, one bit each. */
export interface IdSet {
  add(id: number): void
  has(id: number): boolean
}

export function idSet(most: number): IdSet {
  const bits = new Uint32Array((most >>> 5) + 1)
  return {
    add: (id) => void (bits[id >>> 5] = (bits[id >>> 5] as number) | (1 << (id & 31))),
    has: (id) => ((bits[id >>> 5] as number) & (1 << (id & 31))) !== 0,
  }
}

/** Returns the greatest id. */
export const mostOf = (ids: Int32Array): number => {
  let most = 0
  for (const id of ids) if (id > most) most = id
  return most
}

/**
 * Sorts ids by a value each, which is a whole number from 0 on. Equal values stay in the order of
 * `ids`, for `down` too. A sort by digits of 16 bits needs no comparisons.
 */
export function sortedByValue(ids: Int32Array, valueOf: Float64Array, down: boolean): Int32Array {
  let most = 0
  for (const id of ids) most = Math.max(most, valueOf[id] as number)
  let from = ids
  const counts = new Uint32Array(DIGIT + 1)
  for (let unit = 1; unit === 1 || unit <= most; unit *= DIGIT) {
    const digitOf = (id: number): number => {
      const digit = Math.floor((valueOf[id] as number) / unit) % DIGIT
      return down ? DIGIT - 1 - digit : digit
    }
    counts.fill(0)
    for (const id of from) counts[digitOf(id) + 1] = (counts[digitOf(id) + 1] as number) + 1
    for (let i = 1; i <= DIGIT; i++) counts[i] = (counts[i] as number) + (counts[i - 1] as number)
    const to = new Int32Array(ids.length)
    for (const id of from) {
      const digit = digitOf(id)
      const place = counts[digit] as number
      counts[digit] = place + 1
      to[place] = id
    }
    from = to
  }
  return from
}

const DIGIT = 65_536
