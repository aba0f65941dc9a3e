/** The exponents of chunk sizes that a reader accepts: 1 MiB to 64 MiB. */
export const MIN_EXPONENT = 20
export const MAX_EXPONENT = 26
/** The most chunks of one object. */
export const MAX_CHUNKS = 2 ** 20

/**
 * Returns the exponent of the chunk size for an object: the least one with at most 2^20 chunks.
 * `length`: stored bytes. Throws a RangeError above 64 TiB, which no object of OSS reaches.
 */
export function exponentOf(length: number): number {
  for (let exponent = MIN_EXPONENT; exponent <= MAX_EXPONENT; exponent++)
    if (chunkCount(length, exponent) <= MAX_CHUNKS) return exponent
  throw new RangeError(`an object of ${length} bytes has too many chunks`)
}

/** Counts the chunks of `2 ** exponent` bytes of an object. An object without bytes has none. */
export function chunkCount(length: number, exponent: number): number {
  return Math.ceil(length / 2 ** exponent)
}
