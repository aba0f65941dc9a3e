import { randomFillSync, randomInt } from 'node:crypto'
import { BLOCK_BYTES, shapeCounter } from '../../../shared/format/counter.ts'
import { DATA_KEY_BYTES } from './data-key.ts'

/** The old Python SDK counts from a number below this. */
const OLDEST_COUNTERS = 10

/** Makes a new data key, which its owner wipes. */
export function freshDataKey(): Uint8Array<ArrayBuffer> {
  // The key has memory of its own. A piece of a shared pool could be read by others after it is
  // wiped.
  const key = randomFillSync(new Uint8Array(DATA_KEY_BYTES))
  // The Java SDK never makes a key that begins with 0. Ours do not begin with 0 either.
  while (key[0] === 0) randomFillSync(key)
  return key
}

/** Makes a new initial counter of 16 bytes: random for V2, a small number for V1. */
export function freshCounter(format: 'v1' | 'v2'): Uint8Array {
  if (format === 'v2') return shapeCounter(randomFillSync(new Uint8Array(BLOCK_BYTES)))
  const counter = new Uint8Array(BLOCK_BYTES)
  counter[BLOCK_BYTES - 1] = randomInt(1, OLDEST_COUNTERS + 1)
  return counter
}
