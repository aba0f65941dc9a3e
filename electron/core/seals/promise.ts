import { randomBytes } from 'node:crypto'
import { isSameMac, macOf } from './mac.ts'
import type { SealKeys } from './seal-keys.ts'

const PROMISE = Buffer.of(6)
const RANDOM_BYTES = 6

/**
 * Makes an initial counter of 16 bytes that promises a seal. Its bytes 8 to 11 are zero. `random6`:
 * 6 random bytes, so that a data key used twice by mistake does not repeat its keystream.
 */
export function promisedCounter(
  keys: SealKeys,
  random6: Uint8Array = randomBytes(RANDOM_BYTES),
): Uint8Array {
  if (random6.length !== RANDOM_BYTES)
    throw new RangeError(`a promise begins with 6 bytes, got ${random6.length}`)
  const promise = macOf(keys.mac, PROMISE, random6)
  const counter = new Uint8Array(16)
  counter.set(random6, 0)
  counter.set(promise.subarray(0, 2), 6)
  counter.set(promise.subarray(2, 6), 12)
  return counter
}

/** Says whether an unwrapped initial counter promises a seal. A random one does once in 2^48. */
export function isPromised(keys: SealKeys, counter: Uint8Array): boolean {
  return isSameMac(promisedCounter(keys, counter.subarray(0, RANDOM_BYTES)), counter)
}
