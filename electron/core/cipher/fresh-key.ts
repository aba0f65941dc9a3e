import { randomFillSync, randomInt } from 'node:crypto'
import { BLOCK_BYTES, shapeCounter } from '../../../shared/format/counter.ts'
import { DATA_KEY_BYTES } from './data-key.ts'

/** The old Python SDK counted from one of these. */
const OLDEST_COUNTERS = 10

/** A new data key, which its owner wipes. */
export function freshDataKey(): Uint8Array<ArrayBuffer> {
  // Memory of its own: what is wiped must not be a piece of a pool that others read.
  const key = randomFillSync(new Uint8Array(DATA_KEY_BYTES))
  // The Java SDK never makes a key that begins with 0, so neither do we.
  while (key[0] === 0) randomFillSync(key)
  return key
}

/** A new initial counter, 16 bytes: random, and small in format V1. */
export function freshCounter(format: 'v1' | 'v2'): Uint8Array {
  if (format === 'v2') return shapeCounter(randomFillSync(new Uint8Array(BLOCK_BYTES)))
  const counter = new Uint8Array(BLOCK_BYTES)
  counter[BLOCK_BYTES - 1] = randomInt(1, OLDEST_COUNTERS + 1)
  return counter
}
