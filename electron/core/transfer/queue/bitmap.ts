/** A set of whole numbers from 0 on, with one bit for each number. */
export interface Bitmap {
  has(index: number): boolean
  set(index: number): void
  /** Returns how many numbers are in the set. */
  count(): number
  /** Returns the greatest number of the set plus 1; 0 for an empty set. */
  end(): number
  /** Returns the set as Base64, which {@link bitmap} reads. */
  toText(): string
}

/** Makes a set from the text of {@link Bitmap.toText}; empty without a text. */
export function bitmap(text = ''): Bitmap {
  let bits: Uint8Array = Buffer.from(text, 'base64')
  let count = bits.reduce((sum, byte) => sum + ones(byte), 0)
  const has = (index: number): boolean => ((bits[index >> 3] ?? 0) & (1 << (index & 7))) !== 0
  return {
    has,
    count: () => count,
    end() {
      const last = bits.findLastIndex((byte) => byte !== 0)
      return last === -1 ? 0 : 8 * last + 32 - Math.clz32(bits[last] ?? 0)
    },
    toText: () => Buffer.from(bits).toString('base64'),
    set(index) {
      if (has(index)) return
      if (index >> 3 >= bits.length) {
        const more = new Uint8Array(Math.max(64, 2 * bits.length, (index >> 3) + 1))
        more.set(bits)
        bits = more
      }
      bits[index >> 3] = (bits[index >> 3] ?? 0) | (1 << (index & 7))
      count += 1
    },
  }
}

function ones(byte: number): number {
  let count = 0
  for (let rest = byte; rest > 0; rest >>= 1) count += rest & 1
  return count
}
