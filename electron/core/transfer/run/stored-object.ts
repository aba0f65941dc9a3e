import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { ENVELOPE_PREFIX, META_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import type { PutResult } from '../../oss/answers.ts'
import type { Oss } from '../../oss/client.ts'
import { headObject, type ObjectHead } from '../../oss/objects.ts'
import type { ObjectHeaders } from './object-headers.ts'
import { storedObject } from './stored-bytes.ts'

/** Milliseconds that a clean-up may take. The user's cancel does not end it. */
export const CLEANUP_MS = 20_000

/**
 * Compares OSS's CRC-64 with ours. Returns 'absent' where OSS gave none. Throws Failure 'checksum'
 * where the two differ.
 */
export function compareCrc64(theirs: string | null, ours: bigint): TransferOutcome['checksum'] {
  const sum = theirs === null ? null : crc64FromDecimal(theirs.trim())
  if (sum === null) return 'absent'
  if (sum !== ours) throw new Failure({ code: 'checksum' })
  return 'matches'
}

/** An object as it was sent. */
export interface SentObject {
  readonly form: ObjectHeaders
  /** Bytes. */
  readonly size: number
  readonly crc64: bigint
}

/** Headers that no reader needs to decrypt. */
const HINTS: ReadonlySet<string> = new Set([
  `${ENVELOPE_PREFIX}data-size`,
  `${ENVELOPE_PREFIX}part-size`,
])

/**
 * Compares the object in the bucket (`head`) with what was sent: envelope, size and CRC-64. A
 * server or a proxy may take a body and leave its headers out, and then nobody can ever decrypt it.
 * Returns 'absent' where OSS gave no CRC-64. Throws Failure: 'object-changed' where another object
 * replaced ours meanwhile; 'envelope-lost' and 'checksum', after removing what was stored.
 */
export async function checkStored(
  oss: Oss,
  { bucket, key }: Place,
  stored: PutResult,
  head: ObjectHead,
  { form, size, crc64 }: SentObject,
  signal: AbortSignal,
): Promise<TransferOutcome['checksum']> {
  const { headers, frame } = form
  const other = lostOf(head, headers, size)
  const hasOurKey = Object.keys(headers).some(
    (name) => HOLDS_DATA_KEY.has(name) && head.headers.get(name) === headers[name],
  )
  if (
    other !== null &&
    !hasOurKey &&
    stored.etag !== '' &&
    head.etag !== '' &&
    head.etag !== stored.etag
  )
    throw new Failure({ code: 'object-changed', key })
  if (other !== null)
    throw new Failure({
      code: 'envelope-lost',
      key,
      what: other,
      removed: await removeSent(oss, { bucket, key }, stored, head, hasOurKey, crc64),
    })
  const checksum = compareCrc64(stored.crc64 ?? head.crc64, crc64)
  // Without a sum, only its bytes tell of a message whose header is among them.
  if (checksum === 'absent' && frame.before.length > 0) {
    const before = await storedObject(oss, { bucket, key }, head, signal).peek(
      0,
      frame.before.length,
    )
    if (Buffer.compare(before, frame.before) !== 0)
      throw new Failure({ code: 'envelope-lost', key, what: '', removed: false })
  }
  return checksum
}

/**
 * Finds the first header that did not arrive as it was sent; 'content-length' where the size
 * differs. Null: all arrived.
 */
export function lostOf(
  head: ObjectHead,
  headers: ObjectHeaders['headers'],
  size: number,
): string | null {
  const lost = Object.keys(headers).find(
    (name) => !HINTS.has(name) && head.headers.get(name)?.trim() !== headers[name]?.trim(),
  )
  return lost ?? (head.size === size ? null : 'content-length')
}

/**
 * Removes an object that lost its envelope, where its data key, a version, an ETag or the CRC-64
 * proves that it is ours. Resolves with whether it was removed.
 */
async function removeSent(
  oss: Oss,
  { bucket, key }: Place,
  { etag, versionId }: PutResult,
  head: ObjectHead,
  hasOurKey: boolean,
  crc64: bigint,
): Promise<boolean> {
  const isOurs =
    hasOurKey ||
    versionId !== null ||
    (etag !== '' && head.etag === etag) ||
    (head.crc64 !== null && crc64FromDecimal(head.crc64.trim()) === crc64)
  if (!isOurs) return false
  const query = versionId === null ? {} : { versionId }
  return oss
    .call(
      { method: 'DELETE', bucket, key, query, action: 'oss:DeleteObject' },
      AbortSignal.timeout(CLEANUP_MS),
    )
    .then(
      () => true,
      () => false,
    )
}

interface Place {
  readonly bucket: string
  readonly key: string
}

/**
 * Finds the object under this key if it was written with these very headers. No two uploads share a
 * wrapped data key. It stands in the metadata, or before the ciphertext of a whole message. Null:
 * there is no object, or it is another one.
 */
export async function ownObject(
  oss: Oss,
  { bucket, key }: Place,
  { headers, frame }: ObjectHeaders,
  signal: AbortSignal,
): Promise<ObjectHead | null> {
  try {
    const head = await headObject(oss, bucket, key, signal)
    const named = Object.keys(headers).filter((name) => HOLDS_DATA_KEY.has(name))
    if (!named.every((name) => head.headers.get(name) === headers[name])) return null
    if (named.length > 0) return head
    const length = frame.before.length
    if (length === 0 || head.size < length) return null
    const before = await storedObject(oss, { bucket, key }, head, signal).peek(0, length)
    return Buffer.compare(before, frame.before) === 0 ? head : null
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'not-found') return null
    throw cause
  }
}

/** Headers that hold a wrapped data key: of an envelope, or of a message. */
const HOLDS_DATA_KEY: ReadonlySet<string> = new Set([
  `${ENVELOPE_PREFIX}key`,
  `${META_PREFIX}oss-crypto-key`,
  `${META_PREFIX}${META_PREFIX}header`,
])

/**
 * Removes an object that we have just written and OSS stored wrongly: it would look whole and
 * decrypt to rubbish. With a version id exactly that version is deleted. Without one, the object is
 * deleted if it is still the one of this upload. OSS knows no conditional delete, so an object that
 * replaces ours between the two calls is lost. Without the deletion, rubbish under a good name
 * would be believed. Never fails.
 */
export async function removeDamaged(
  oss: Oss,
  { bucket, key }: Place,
  stored: PutResult,
  form: ObjectHeaders,
): Promise<void> {
  const signal = AbortSignal.timeout(CLEANUP_MS)
  try {
    if (stored.versionId === null && (await ownObject(oss, { bucket, key }, form, signal)) === null)
      return
    const query = stored.versionId === null ? {} : { versionId: stored.versionId }
    await oss.call({ method: 'DELETE', bucket, key, query, action: 'oss:DeleteObject' }, signal)
  } catch {
    // The 'checksum' failure is told in any case; this one would only hide it.
  }
}
