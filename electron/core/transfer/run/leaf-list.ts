import { chunkCount } from '../../seals/chunks.ts'
import { LEAF_BYTES, type LeafStart } from '../../seals/leaves.ts'
import type { Seal } from '../../seals/seal-text.ts'

/** The leaves of one object, which arrive by range in any order. */
export interface LeafList {
  /** Bytes of one chunk. */
  readonly chunkBytes: number
  /** The plan of a range that begins at byte `offset`. Throws a RangeError inside of a chunk. */
  planAt(offset: number): LeafStart
  /** Takes the leaves of a range; undefined is a bug of the job that read the range. */
  take(offset: number, leaves: Uint8Array | undefined): void
  /** Returns all leaves in order. Throws where one is missing. */
  all(): Uint8Array
}

/** Opens the list of leaves for the object that a seal is of. */
export function openLeafList({
  sealId,
  exponent,
  length,
}: Pick<Seal, 'sealId' | 'exponent' | 'length'>): LeafList {
  const chunkBytes = 2 ** exponent
  const count = chunkCount(length, exponent)
  const leaves = new Uint8Array(count * LEAF_BYTES)
  const isTaken = new Uint8Array(count)
  const indexAt = (offset: number): number => {
    if (offset % chunkBytes !== 0) throw new RangeError(`no chunk begins at byte ${offset}`)
    return offset / chunkBytes
  }
  return {
    chunkBytes,
    planAt: (offset) => ({ sealId, exponent, firstIndex: indexAt(offset) }),
    take(offset, some) {
      if (some === undefined) throw new Error('a range without its leaves')
      const first = indexAt(offset)
      leaves.set(some, first * LEAF_BYTES)
      isTaken.fill(1, first, first + some.length / LEAF_BYTES)
    },
    all() {
      if (isTaken.includes(0)) throw new Error('not all leaves were taken')
      return leaves
    },
  }
}
