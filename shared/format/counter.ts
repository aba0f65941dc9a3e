import { joined, u32 } from './bytes.ts'

/** Bytes of an AES block. Part sizes are multiples of it. */
export const BLOCK_BYTES = 16

/**
 * Makes an initial counter out of 16 random bytes: a copy with bytes 8 to 11 set to zero.
 *
 * Source  Every SDK writes 8 random, 4 zero and 4 random bytes, and several of them seek in the low
 * 64 or 32 bits only. With the zeros, all of them reach the same counter for any object that OSS
 * can hold. FORMAT.md, "The counter".
 */
export function shapeCounter(random: Uint8Array): Uint8Array {
  if (random.length !== BLOCK_BYTES)
    throw new RangeError(`counter must be 16 bytes, got ${random.length}`)
  return Uint8Array.from(random).fill(0, 8, 12)
}

/**
 * Returns the counter block of the ciphertext that starts at `offset`. `initial`: 16 bytes, a
 * big-endian integer of 128 bits with any value, also one that {@link shapeCounter} never makes.
 * The answer is a new array and wraps modulo 2^128.
 *
 * Units  `offset`: bytes from the start of the object, not of the part; a multiple of {@link
 * BLOCK_BYTES}.
 * Errors  RangeError for a wrong length or alignment, which is a bug of ours and never bad data.
 * Source  NIST SP 800-38A 6.5 and appendix B.1, incrementing over all 128 bits;
 * test/vectors/counter.json.
 */
export function counterAt(initial: Uint8Array, offset: number): Uint8Array {
  if (initial.length !== BLOCK_BYTES)
    throw new RangeError(`counter must be 16 bytes, got ${initial.length}`)
  if (!Number.isSafeInteger(offset) || offset < 0 || offset % BLOCK_BYTES !== 0) {
    throw new RangeError(`offset must be a non-negative multiple of ${BLOCK_BYTES}, got ${offset}`)
  }
  const counter = Uint8Array.from(initial)
  let carry = BigInt(offset / BLOCK_BYTES)
  for (let i = BLOCK_BYTES - 1; i >= 0 && carry > 0n; i--) {
    carry += BigInt(counter[i] ?? 0)
    counter[i] = Number(carry & 0xffn)
    carry >>= 8n
  }
  return counter
}

/**
 * Tells whether bytes 8 to 11 are zero, as every known writer leaves them. The Java SDK V1 reads
 * ranges of other objects wrongly, which is worth a warning.
 */
export function hasShapedMiddle(counter: Uint8Array): boolean {
  return counter.length === BLOCK_BYTES && counter.subarray(8, 12).every((byte) => byte === 0)
}

/**
 * Returns the counter block of the first ciphertext block of GCM. {@link counterAt} continues from
 * there, because the low 32 bits that GCM counts in do not overflow within {@link MAX_GCM_BYTES}. A
 * range is decrypted as AES-CTR; the tag covers the whole content and says nothing of a range.
 *
 * Units  `iv`: 12 bytes.
 * Source  NIST SP 800-38D 7.1: J0 ends in 1, and the first block takes the counter after it.
 */
export function gcmCounter(iv: Uint8Array): Uint8Array {
  if (iv.length !== GCM_IV_BYTES)
    throw new RangeError(`initial vector must be 12 bytes, got ${iv.length}`)
  return joined(iv, u32(2))
}

const GCM_IV_BYTES = 12
/**
 * The most bytes that one key and initial vector may encrypt with GCM. Source NIST SP 800-38D
 * 5.2.1.1.
 */
export const MAX_GCM_BYTES = 2 ** 36 - 32
