import { Failure } from '../contract/errors.ts'
import { BLOCK_BYTES } from './counter.ts'

/** One piece of an object: a part of an upload, or a range of a download. */
export interface Part {
  /** The number, from 1, as OSS counts. */
  readonly number: number
  /** Bytes from the start of the object. */
  readonly offset: number
  /** Bytes. 0 only for the single part of an empty object. */
  readonly length: number
}

/** The fewest bytes of a part, except the last. OSS refuses smaller parts. */
export const MIN_PART_BYTES = 100 * 1024
export const MAX_PARTS = 10_000
/** The most bytes of a part, and of one PutObject. */
export const MAX_PART_BYTES = 5 * 1024 ** 3
/** The most bytes of an object, 48.8 TB: the most parts of the largest size. */
export const MAX_OBJECT_BYTES = MAX_PARTS * MAX_PART_BYTES

/**
 * Returns the smallest allowed part size that is at least `preferred` bytes, fits the limit of
 * parts and is a multiple of `unit` bytes. The unit is the cipher block, or a multiple of it that
 * divides the largest part.
 * Errors  Failure 'too-large' for an object that OSS cannot hold; RangeError for anything but whole
 * numbers.
 */
export function choosePartSize(
  objectBytes: number,
  preferred: number,
  unit: number = BLOCK_BYTES,
): number {
  requireBytes('object size', objectBytes)
  requireBytes('preferred part size', preferred)
  if (objectBytes > MAX_OBJECT_BYTES)
    throw new Failure({ code: 'too-large', limit: MAX_OBJECT_BYTES })
  const wanted = Math.min(Math.max(preferred, MIN_PART_BYTES), MAX_PART_BYTES)
  const floor = Math.max(wanted, Math.ceil(objectBytes / MAX_PARTS))
  return Math.ceil(floor / unit) * unit
}

/**
 * Returns all parts of an upload. Every part except the last is exactly `partBytes` long. An empty
 * object has one part of length 0.
 * Errors  RangeError for a part size that is not a positive multiple of 16, or that needs more than
 * {@link MAX_PARTS}.
 */
export function planParts(objectBytes: number, partBytes: number): readonly Part[] {
  requireBytes('object size', objectBytes)
  requireBytes('part size', partBytes)
  if (partBytes === 0 || partBytes % BLOCK_BYTES !== 0)
    throw new RangeError(`part size must be a positive multiple of 16, got ${partBytes}`)
  const count = Math.max(1, Math.ceil(objectBytes / partBytes))
  if (count > MAX_PARTS) throw new RangeError(`${count} parts, at most ${MAX_PARTS} are allowed`)
  return cut(0, objectBytes, partBytes, count)
}

/**
 * Returns the ranges that cover `length` bytes from `offset` on. There are none for length 0,
 * because no HTTP range is empty. `rangeBytes` needs no alignment, because CTR can start in the
 * middle of a block.
 */
export function planRanges(offset: number, length: number, rangeBytes: number): readonly Part[] {
  requireBytes('offset', offset)
  requireBytes('length', length)
  requireBytes('range size', rangeBytes)
  if (rangeBytes === 0) throw new RangeError('range size must be positive')
  return cut(offset, length, rangeBytes, Math.ceil(length / rangeBytes))
}

function cut(start: number, length: number, pieceBytes: number, count: number): readonly Part[] {
  return Array.from({ length: count }, (_, i) => ({
    number: i + 1,
    offset: start + i * pieceBytes,
    length: Math.min(pieceBytes, length - i * pieceBytes),
  }))
}

function requireBytes(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${what} must be a whole number of bytes, got ${value}`)
}
