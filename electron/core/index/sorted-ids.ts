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
  for (let i = 0; i < valueOf.length; i++) most = Math.max(most, valueOf[i] as number)
  let from = ids
  const digits = new Uint16Array(valueOf.length)
  const places = new Uint32Array(DIGIT + 1)
  for (let unit = 1; unit === 1 || unit <= most; unit *= DIGIT) {
    for (let i = 0; i < digits.length; i++) {
      const digit = Math.floor((valueOf[i] as number) / unit) % DIGIT
      digits[i] = down ? DIGIT - 1 - digit : digit
    }
    places.fill(0)
    for (const id of from) {
      const digit = digits[id] as number
      places[digit + 1] = (places[digit + 1] as number) + 1
    }
    for (let i = 1; i <= DIGIT; i++) places[i] = (places[i] as number) + (places[i - 1] as number)
    const to = new Int32Array(ids.length)
    for (const id of from) {
      const digit = digits[id] as number
      const place = places[digit] as number
      places[digit] = place + 1
      to[place] = id
    }
    from = to
  }
  return from
}

const DIGIT = 65_536
