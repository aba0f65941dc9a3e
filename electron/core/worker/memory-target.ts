import type { OpenTarget } from '../files/file-target.ts'

/** A target in memory, for bytes that must never be on a disk. */
export interface MemoryTarget extends OpenTarget {
  /** Returns the bytes so far. */
  bytes(): Uint8Array
}

/**
 * Opens a target of at most `most` bytes. More bytes are a bug: the intake before it refuses a body
 * that is too long.
 */
export function openMemoryTarget(most: number): MemoryTarget {
  const memory = new Uint8Array(most)
  let filled = 0
  return {
    append(bytes) {
      memory.set(bytes, filled)
      filled += bytes.length
      return null
    },
    finish: async () => undefined,
    close: async () => undefined,
    bytes: () => memory.subarray(0, filled),
  }
}
