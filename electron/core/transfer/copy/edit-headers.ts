import { randomBytes } from 'node:crypto'
import { Failure } from '../../../../shared/contract/errors.ts'
import { META_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import { MAX_KEY_BYTES } from '../../../../shared/contract/object-names.ts'
import { keyBytes } from '../../../../shared/format/object-names.ts'
import { aclOf } from '../../oss/acl.ts'
import { currentObject } from '../../oss/object-ref.ts'
import { copyObject } from '../../oss/object-copy.ts'
import { deleteObject } from '../../oss/object-deletes.ts'
import { headObject, type ObjectHead } from '../../oss/objects.ts'
import { carriedHeaders, isCopy, otherHeader, withoutEnvelope, type Spot } from './copy-proof.ts'
import { CLEANUP_MS } from '../run/stored-object.ts'

/** Bytes of user metadata that OSS takes. */
const MAX_METADATA_BYTES = 8 * 1024

/** Header name in lower case → new value, or null to remove it. No header of the envelope. */
export type HeaderChange = Readonly<Record<string, string | null>>

/** One change of one object. */
interface Edit {
  readonly object: Spot
  readonly source: ObjectHead
  readonly wanted: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/**
 * Changes headers of a stored object. OSS changes headers only by a copy, and keeps an envelope
 * that the copy does not name. A copy under a name of its own is proven first, so that a server
 * that loses the envelope loses only that copy. Throws Failure: 'object-changed' when the object
 * does not have `etag` any more, 'copy-differs' when the server loses what the object needs. Other
 * errors are 'metadata-too-large', 'headers-differ', and what OSS refuses. After every error but
 * 'headers-differ' the object is as it was.
 */
export async function editHeaders(
  object: Spot,
  etag: string,
  change: HeaderChange,
  signal: AbortSignal,
): Promise<void> {
  const { oss, bucket, key } = object
  const source = await headObject(oss, bucket, key, signal)
  if (source.etag !== etag) throw new Failure({ code: 'object-changed', key })
  const edit: Edit = { object, source, wanted: changed(carriedHeaders(source), change), signal }
  const to = {
    storageClass: source.storageClass,
    acl: await aclOf(oss, currentObject(bucket, key), signal),
  }
  const trial: Spot = { ...object, key: trialKey(key) }
  const removeTrial = (): Promise<void> =>
    deleteObject(oss, bucket, trial.key, AbortSignal.timeout(CLEANUP_MS)).catch(() => undefined)
  try {
    const headers = withoutEnvelope(edit.wanted)
    await copyObject(
      oss,
      { bucket, key, toKey: trial.key, forbidOverwrite: true, ifMatch: etag, headers, ...to },
      signal,
    )
    const made = await headObject(oss, bucket, trial.key, signal)
    const other = otherThanWanted(edit, made)
    if (other !== null) throw new Failure({ code: 'copy-differs', key, what: other })
    if ((await headObject(oss, bucket, key, signal)).etag !== etag)
      throw new Failure({ code: 'object-changed', key })
    await copyObject(
      oss,
      { bucket, key: trial.key, toKey: key, forbidOverwrite: false, ifMatch: made.etag, ...to },
      signal,
    )
  } catch (cause) {
    // The object may have changed although the answer was lost. A cancel does not end this look.
    if (!(await isEdited({ ...edit, signal: AbortSignal.timeout(CLEANUP_MS) }, trial))) {
      await removeTrial()
      throw tooLarge(edit, cause) ?? cause
    }
  }
  if (!(await isEdited({ ...edit, signal: AbortSignal.timeout(CLEANUP_MS) }, trial)))
    throw new Failure({ code: 'headers-differ', key, kept: trial.key })
  await removeTrial()
}

/**
 * Looks whether the object has the wanted headers. False: it is as it was. Throws Failure
 * 'headers-differ' for anything else: the trial copy stays.
 */
async function isEdited(edit: Edit, { key: kept }: Spot): Promise<boolean> {
  const {
    object: { oss, bucket, key },
    source,
    signal,
  } = edit
  const now = await headObject(oss, bucket, key, signal)
  if (otherThanWanted(edit, now) === null) return true
  if (
    isCopy(source, carriedHeaders(source), now) ||
    now.size !== source.size ||
    now.crc64 !== source.crc64
  )
    return false
  throw new Failure({ code: 'headers-differ', key, kept })
}

/**
 * Finds the first header of this copy that is not as it must be; 'CRC-64' where the bytes are not
 * those of the source. Null: all is right.
 */
function otherThanWanted({ source, wanted }: Edit, made: ObjectHead): string | null {
  // OSS gives a content type to an object that has none.
  const expected =
    wanted['content-type'] === undefined ? { ...wanted, 'content-type': made.contentType } : wanted
  return isCopy(source, expected, made) ? null : (otherHeader(expected, made) ?? 'CRC-64')
}

/**
 * Makes the error of metadata that OSS refused as too large, with the least size that it can have:
 * only OSS knows how it counts. Null: another failure.
 */
function tooLarge({ object, wanted }: Edit, cause: unknown): Failure | null {
  if (
    !(cause instanceof Failure) ||
    cause.error.code !== 'oss' ||
    cause.error.ossCode !== 'MetadataTooLarge'
  )
    return null
  const own = Object.entries(wanted).filter(([name]) => name.startsWith(META_PREFIX))
  return new Failure({
    code: 'metadata-too-large',
    key: object.key,
    size: own.reduce((sum, [name, value]) => sum + name.length + value.length, 0),
    limit: MAX_METADATA_BYTES,
  })
}

function changed(
  headers: Readonly<Record<string, string>>,
  change: HeaderChange,
): Readonly<Record<string, string>> {
  const all = new Map(Object.entries(headers))
  for (const [name, value] of Object.entries(change)) {
    if (value === null) all.delete(name)
    else all.set(name, value)
  }
  return Object.fromEntries(all)
}

/**
 * Names the trial copy beside the object, where a user sees what a crash left. A name that would be
 * too long goes to the top.
 */
export function trialKey(key: string): string {
  const suffix = `.cipherbucket-${randomBytes(6).toString('hex')}`
  return keyBytes(key + suffix) <= MAX_KEY_BYTES ? key + suffix : suffix
}
