import { createHash } from 'node:crypto'
import { openSource, type SourceIdentity } from './file-source.ts'

/** Bytes of each end of a file that are hashed. */
const ENDS_BYTES = 64 * 1024
const SPOTS = 16
const SPOT_BYTES = 4 * 1024

/**
 * Returns the SHA-256 of both ends of a file and of sixteen places between, in hexadecimal digits.
 * The sum finds a file that got its old times back, or one on another disk with the same numbers.
 * Rejects with Failure 'source-changed', 'source-unreadable'.
 */
export async function sampleOf(path: string, identity: SourceIdentity): Promise<string> {
  const source = await openSource(path, identity)
  try {
    const hash = createHash('sha256')
    for (const { offset, length } of spotsOf(identity.size)) {
      const bytes = new Uint8Array(length)
      await source.read(bytes, offset)
      hash.update(bytes)
    }
    await source.check()
    return hash.digest('hex')
  } finally {
    await source.close()
  }
}

/** Returns the places that are hashed, in order, for a file of `size` bytes. */
function spotsOf(size: number): readonly { readonly offset: number; readonly length: number }[] {
  const least = 2 * ENDS_BYTES + SPOTS * SPOT_BYTES
  if (size <= least) return [{ offset: 0, length: size }]
  const between = size - 2 * ENDS_BYTES
  const spots = Array.from({ length: SPOTS }, (_, i) => ({
    offset: ENDS_BYTES + Math.floor((between * i) / SPOTS),
    length: SPOT_BYTES,
  }))
  return [
    { offset: 0, length: ENDS_BYTES },
    ...spots,
    { offset: size - ENDS_BYTES, length: ENDS_BYTES },
  ]
}
