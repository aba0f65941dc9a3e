/**
 * A multipart object that the Java SDK V1 cut into other parts than it declared. For a file of
 * 10,000 parts and more the SDK takes parts of size / 9,999. It still starts the counter of each
 * part at a multiple of the declared size.
 */
export interface Resplit {
  /** Bytes between the counters of neighbouring parts: the part size of the envelope. */
  readonly declared: number
  /** Bytes of a part. */
  readonly actual: number
}

/** The sizes that an envelope declares. */
export interface DeclaredParts {
  readonly format: 'v1' | 'v2'
  readonly dataSize: number | null
  readonly partSize: number | null
}

/** With so many parts, the Java SDK V1 chooses another part size. */
const TOO_MANY_PARTS = 10_000

/**
 * Tells whether a Java SDK can have cut this object so. `size`: bytes of the object. In one case an
 * undamaged object looks the same: when it is exactly 10,000 parts long. The answer is therefore an
 * offer to try, never a verdict.
 *
 * Source  OSSUploadOperation.java, splitFile.
 */
export function resplitOf(
  { format, dataSize, partSize }: DeclaredParts,
  size: number,
): Resplit | null {
  if (format !== 'v2' || partSize === null || partSize <= 0 || partSize % 16 !== 0) return null
  if ((dataSize !== null && dataSize !== size) || Math.floor(size / partSize) < TOO_MANY_PARTS)
    return null
  const actual = Math.floor(size / (TOO_MANY_PARTS - 1))
  return actual === partSize ? null : { declared: partSize, actual }
}

/**
 * Returns the place in the keystream of byte `offset` of such an object. Neighbouring parts overlap
 * in the keystream.
 */
export function keystreamOffset(offset: number, { declared, actual }: Resplit): number {
  return Math.floor(offset / actual) * declared + (offset % actual)
}

/** Bytes of an object whose keystream is one piece. */
export interface KeystreamPiece {
  /** Bytes from the start of the object. */
  readonly offset: number
  readonly length: number
  /** The offset of the first byte in the keystream, without alignment. */
  readonly keystream: number
}

/**
 * Returns the pieces that cover `length` bytes from `offset` on, cut where parts meet. A whole
 * object has at most 10,000 pieces.
 */
export function keystreamPieces(
  offset: number,
  length: number,
  resplit: Resplit,
): readonly KeystreamPiece[] {
  const pieces: KeystreamPiece[] = []
  const end = offset + length
  for (let at = offset; at < end;) {
    const next = Math.min(end, (Math.floor(at / resplit.actual) + 1) * resplit.actual)
    pieces.push({ offset: at, length: next - at, keystream: keystreamOffset(at, resplit) })
    at = next
  }
  return pieces
}
