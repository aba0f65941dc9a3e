/** Numbers that are the same again for the same seed. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
  chance(oneIn: number): boolean
  pick<T>(from: readonly T[]): T
  bytes(length: number): Uint8Array
}

/** mulberry32: small, and good enough to choose mutations by. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    int,
    chance: (oneIn) => int(oneIn) === 0,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new RangeError('nothing to pick from')
      return from[int(from.length)] as T
    },
    bytes: (length) => Uint8Array.from({ length }, () => int(256)),
  }
}
