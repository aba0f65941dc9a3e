import { joined, u32 } from './bytes.ts'

/** AES block, in bytes. Part sizes are multiples of this. */
export const BLOCK_BYTES = 16

/**
 * Initial counter out of 16 random bytes: a copy with bytes 8..11 set to zero.
 *
 * Source  Every SDK writes 8 random, 4 zero, 4 random bytes, and several of them seek in the low 64
 * or 32 bits only; with zeros there, all of them reach the same counter for any object OSS can
 * hold. FORMAT.md, "The counter".
 */
export function shapeCounter(random: Uint8Array): Uint8Array {
  if (random.length !== BLOCK_BYTES)
    throw new RangeError(`counter must be 16 bytes, got ${random.length}`)
  return Uint8Array.from(random).fill(0, 8, 12)
}

/**
 * Counter block for the ciphertext that starts at `offset`.
 *
 * Shape   `initial`: 16 bytes, big-endian 128-bit integer; any value, also those
 * {@link shapeCounter} never makes. Returns a new array, `initial` is not changed. Wraps modulo
 * 2^128.
 * Units   `offset`: bytes from the start of the object, not of the part; a multiple of
 * {@link BLOCK_BYTES}.
 * Errors  RangeError for a wrong length or alignment: a bug of ours, never bad data.
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
 * Are bytes 8 to 11 zero, as every known writer leaves them? Else a range read by the Java SDK V1
 * goes wrong: worth a warning.
 */
export function hasShapedMiddle(counter: Uint8Array): boolean {
  return counter.length === BLOCK_BYTES && counter.subarray(8, 12).every((byte) => byte === 0)
}

/**
 * Counter block of the first ciphertext block of GCM; {@link counterAt} goes on from there, because
 * the low 32 bits that GCM counts in do not come round within {@link MAX_GCM_BYTES}. A range that
 * is decrypted so is AES-CTR: its tag covers the whole, and says nothing of it.
 *
 * Units   `iv`: 12 bytes.
 * Source  NIST SP 800-38D 7.1: J0 ends in 1, and the first block takes the counter after it.
 */
export function gcmCounter(iv: Uint8Array): Uint8Array {
  if (iv.length !== GCM_IV_BYTES)
    throw new RangeError(`initial vector must be 12 bytes, got ${iv.length}`)
  return joined(iv, u32(2))
}

const GCM_IV_BYTES = 12
/** Most that one key and initial vector may encrypt with GCM. Source: NIST SP 800-38D 5.2.1.1. */
export const MAX_GCM_BYTES = 2 ** 36 - 32
