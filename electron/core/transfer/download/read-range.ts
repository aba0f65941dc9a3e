import { Failure } from '../../../../shared/contract/errors.ts'
import { readHeaders } from '../../../../shared/format/recognise.ts'
import type { Oss } from '../../oss/client.ts'
import { headVersion } from '../../oss/objects.ts'
import { openContent, type HowToOpen } from './open-content.ts'
import { decipher, piecesOf } from './pieces.ts'
import { storedObject } from '../run/stored-bytes.ts'

/** Bytes that are decrypted into memory for a preview, at most. */
const PREVIEW_BYTES = 256 * 1024

interface RangeToRead {
  readonly bucket: string
  readonly key: string
  /** Null or left out: the current version. */
  readonly versionId?: string | null
  /** Bytes from the start of the plaintext. */
  readonly offset: number
  /** At most {@link PREVIEW_BYTES}. */
  readonly length: number
}

/**
 * Reads and decrypts a few bytes of an object: fewer where it ends, none behind its end. OSS's sum
 * and the tag of a message are of the whole object, so neither is checked. Throws Failure
 * 'too-large', and what a download throws.
 */
export async function readRange(
  oss: Oss,
  wanted: RangeToRead,
  how: HowToOpen,
  signal: AbortSignal,
): Promise<{ readonly bytes: Uint8Array; readonly encrypted: boolean }> {
  const { bucket, key, versionId = null, offset } = wanted
  const ref = { bucket, key, versionId }
  if (wanted.length > PREVIEW_BYTES) throw new Failure({ code: 'too-large', limit: PREVIEW_BYTES })
  const head = await headVersion(oss, ref, signal)
  const stored = storedObject(oss, ref, head, signal)
  using content = await openContent(readHeaders(head.headers), stored, how, signal)
  const encrypted = content.opened !== null
  const length = Math.min(wanted.length, content.size - offset)
  if (length <= 0) return { bytes: new Uint8Array(0), encrypted }
  // A piece is long enough for the whole range, so there is one.
  const [piece] = piecesOf(content, { offset, length }, 2 * PREVIEW_BYTES)
  if (piece === undefined) throw new Error('a range without a piece')
  return {
    bytes: decipher(content, piece.recipe, await stored.peek(piece.offset, piece.length)),
    encrypted,
  }
}
