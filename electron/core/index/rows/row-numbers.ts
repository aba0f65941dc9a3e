/**
 * Reads whole numbers with a space between them. A loop is several times as fast as `split`, and
 * rows of the engine would cost more than all else.
 */
export function numbersIn(text: string): Float64Array {
  let count = text === '' ? 0 : 1
  for (let at = text.indexOf(' '); at !== -1; at = text.indexOf(' ', at + 1)) count++
  const numbers = new Float64Array(count)
  let [index, number] = [0, 0]
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === SPACE) {
      numbers[index++] = number
      number = 0
    } else number = number * 10 + code - ZERO
  }
  if (index < count) numbers[index] = number
  return numbers
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

/** Returns the greatest id; 0 without one. */
export const mostOf = (ids: Iterable<number>): number => {
  let most = 0
  for (const id of ids) if (id > most) most = id
  return most
}

/**
 * Sorts places by their values, which are whole numbers below 2^53. Equal values stay in the order
 * of `places`, for `down` too. A sort by digits of 16 bits needs no comparisons.
 */
export function sortedByValue(
  places: Int32Array,
  valueOf: ArrayLike<number>,
  down: boolean,
): Int32Array {
  const count = places.length
  let [least, most] = [Number.POSITIVE_INFINITY, 0]
  for (let i = 0; i < count; i++) {
    const value = valueOf[places[i] as number] as number
    if (value < least) least = value
    if (value > most) most = value
  }
  let sorted = places
  // Times are whole seconds almost always, and then they have 32 bits.
  const first = most - least < WORD || !areThousands(places, valueOf, least) ? 1 : 1000
  for (let unit = first; unit <= most - least; unit *= WORD) {
    const words = new Uint32Array(count)
    for (let i = 0; i < count; i++) {
      const value = valueOf[sorted[i] as number] as number
      // A number that is written to the array loses all above 32 bits, and its fraction.
      words[i] = (down ? most - value : value - least) / unit
    }
    sorted = sortedByWord(sorted, words, (most - least) / unit)
  }
  return sorted
}

/**
 * Returns the first places of `sortedByValue`, at least `wanted` where there are so many. Finding
 * them costs a fraction of the sort.
 */
export function firstByValue(
  places: Int32Array,
  valueOf: ArrayLike<number>,
  down: boolean,
  wanted: number,
): Int32Array {
  if (places.length <= wanted) return sortedByValue(places, valueOf, down)
  const sign = down ? -1 : 1
  const values = new Float64Array(places.length)
  for (let i = 0; i < places.length; i++)
    values[i] = sign * (valueOf[places[i] as number] as number)
  const bound = leastAt(values.slice(), wanted - 1)
  let equal = wanted
  for (let i = 0; i < values.length; i++) if ((values[i] as number) < bound) equal--
  const first = new Int32Array(wanted)
  let count = 0
  for (let i = 0; count < wanted; i++) {
    const value = values[i] as number
    if (value < bound || (value === bound && equal-- > 0)) first[count++] = places[i] as number
  }
  return sortedByValue(first, valueOf, down)
}

/**
 * Returns the value that a sort would put at an index (Hoare's selection). It moves the values. The
 * pivot is drawn, so that no order of values makes it slow.
 */
function leastAt(values: Float64Array, index: number): number {
  let [low, high] = [0, values.length - 1]
  while (low < high) {
    const pivot = values[low + Math.floor(Math.random() * (high - low + 1))] as number
    let [i, j] = [low, high]
    while (i <= j) {
      while ((values[i] as number) < pivot) i++
      while ((values[j] as number) > pivot) j--
      if (i > j) break
      const value = values[i] as number
      values[i++] = values[j] as number
      values[j--] = value
    }
    if (index <= j) high = j
    else if (index >= i) low = i
    else break
  }
  return values[index] as number
}

/** Tells whether all values are a multiple of 1,000 away from another one. */
function areThousands(places: Int32Array, valueOf: ArrayLike<number>, from: number): boolean {
  for (let i = 0; i < places.length; i++) {
    const thousands = ((valueOf[places[i] as number] as number) - from) / 1000
    if (thousands !== Math.floor(thousands)) return false
  }
  return true
}

/** Sorts places by 32 bits each. `most`: the greatest of these numbers, or more. */
function sortedByWord(places: Int32Array, words: Uint32Array, most: number): Int32Array {
  const count = places.length
  let [from, fromWords] = [places, words]
  const next = new Uint32Array(DIGIT)
  for (const shift of most < DIGIT ? [0] : [0, 16]) {
    next.fill(0)
    for (let i = 0; i < count; i++) {
      const digit = ((fromWords[i] as number) >>> shift) & (DIGIT - 1)
      next[digit] = (next[digit] as number) + 1
    }
    let start = 0
    for (let digit = 0; digit < DIGIT; digit++) {
      const some = next[digit] as number
      next[digit] = start
      start += some
    }
    const [to, toWords] = [new Int32Array(count), new Uint32Array(count)]
    for (let i = 0; i < count; i++) {
      const word = fromWords[i] as number
      const digit = (word >>> shift) & (DIGIT - 1)
      const place = next[digit] as number
      next[digit] = place + 1
      to[place] = from[i] as number
      toWords[place] = word
    }
    from = to
    fromWords = toWords
  }
  return from
}

const WORD = 2 ** 32
const DIGIT = 65_536
