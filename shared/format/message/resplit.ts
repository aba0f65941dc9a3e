/**
 * A multipart object that the Java SDK V1 cut into other parts than it told itself: for a file of
 * 10,000 parts and more it takes parts of size / 9,999, and still starts the counter of each at a
 * multiple of the size it had before.
 */
export interface Resplit {
  /** Bytes between the counters of neighbouring parts: the part size of the envelope. */
  readonly declared: number
  /** Bytes in a part. */
  readonly actual: number
}

/** What an envelope says of the parts. */
export interface DeclaredParts {
  readonly format: 'v1' | 'v2'
  readonly dataSize: number | null
  readonly partSize: number | null
}

/** As many parts make the Java SDK V1 choose a part size again. */
const TOO_MANY_PARTS = 10_000

/**
 * Could a Java SDK have written this object so? `size`: its bytes. An undamaged object looks the
 * same in one case, when it is exactly 10,000 parts long: this is an offer to try, never a verdict.
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

/** Where in the keystream byte `offset` of such an object is. Neighbouring parts overlap there. */
export function keystreamOffset(offset: number, { declared, actual }: Resplit): number {
  return Math.floor(offset / actual) * declared + (offset % actual)
}

/** Bytes of the object whose keystream is one piece. */
export interface KeystreamPiece {
  /** Bytes from the start of the object. */
  readonly offset: number
  readonly length: number
  /** Offset of the first byte in the keystream; of no alignment. */
  readonly keystream: number
}

/**
 * The pieces that cover `length` bytes from `offset` on, cut where parts meet. At most 10,000 for a
 * whole object.
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
