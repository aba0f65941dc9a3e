import { derived, isSameMac, macOf, u64 } from './mac.ts'
import type { Seal } from './seal-text.ts'

const SECRET_BYTES = 32
const ID_BYTES = 8
const MARK_BYTES = 16
const MARK = Buffer.of(5)

/** The fields of a seal that its writer mark covers: bytes 60 to 131. */
export type MarkedFields = Pick<Seal, 'content' | 'time' | 'place'>

/** The field of a seal without a writer mark. */
export const noMark = (): Uint8Array => new Uint8Array(MARK_BYTES)

/**
 * Derives the writer secret of an RSA key from its two primes, in any order. The caller wipes the
 * secret. `p`, `q`: the highest byte first, with or without leading zeros. `modulusBytes`: the
 * length of the modulus. Throws a RangeError for a prime that is longer. Source FORMAT.md 11.6.
 */
export function writerSecretOfRsa(p: Uint8Array, q: Uint8Array, modulusBytes: number): Uint8Array {
  const primes = [p, q].map((prime) => padded(prime, modulusBytes)).sort(Buffer.compare)
  const joined = Buffer.concat(primes)
  for (const prime of primes) prime.fill(0)
  const secret = derived(joined, 'writer 1', SECRET_BYTES)
  joined.fill(0)
  return secret
}

function padded(prime: Uint8Array, length: number): Buffer {
  const first = prime.findIndex((byte) => byte !== 0)
  const digits = prime.subarray(first < 0 ? prime.length : first)
  if (digits.length > length)
    throw new RangeError(`a prime of ${digits.length} bytes for a modulus of ${length}`)
  const whole = Buffer.alloc(length)
  whole.set(digits, length - digits.length)
  return whole
}

/** Returns the public id of a writer secret: 8 bytes. The secret cannot be derived from the id. */
export function writerIdOf(secret: Uint8Array): Uint8Array {
  return derived(secret, 'writer 1 id', ID_BYTES)
}

/** Returns the writer mark of a seal: 16 bytes. */
export function markOf(secret: Uint8Array, seal: MarkedFields): Uint8Array {
  const key = derived(secret, 'writer 1 mark', SECRET_BYTES)
  const mark = macOf(key, MARK, seal.content, u64(seal.time), seal.place)
  key.fill(0)
  return mark.slice(0, MARK_BYTES)
}

/** Says whether the holder of a writer secret marked this seal. */
export function markFits(secret: Uint8Array, seal: MarkedFields & Pick<Seal, 'writer'>): boolean {
  return isSameMac(markOf(secret, seal), seal.writer)
}
