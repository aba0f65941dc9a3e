import { randomBytes } from 'node:crypto'
import { exponentOf } from './chunks.ts'
import type { LeafStart } from './leaves.ts'

const SEAL_ID_BYTES = 16

/** The id of one sealing, and its chunk size. */
export type SealPlan = Pick<LeafStart, 'sealId' | 'exponent'>

/**
 * Plans a new sealing of an object of `length` bytes. The id is random, so that the leaves of two
 * sealings never mix.
 */
export const planSeal = (length: number): SealPlan => ({
  sealId: Uint8Array.from(randomBytes(SEAL_ID_BYTES)),
  exponent: exponentOf(length),
})
