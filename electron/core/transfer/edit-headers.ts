import { randomBytes } from 'node:crypto'
import { Failure } from '../../../shared/contract/errors.ts'
import { ENVELOPE_PREFIX } from '../../../shared/format/envelope.ts'
import { MAX_KEY_BYTES } from '../../../shared/contract/object-names.ts'
import { keyBytes } from '../../../shared/format/object-names.ts'
import { aclOf } from '../oss/acl.ts'
import { copyObject, deleteObject, headObject, type ObjectHead } from '../oss/objects.ts'
import { carriedHeaders, isCopy, type Spot } from './copy-proof.ts'
import { CLEANUP_MS } from './stored-object.ts'

/** Header name in lower case → its new value, or null to take it off. No header of the envelope is among them. */
export type HeaderChange = Readonly<Record<string, string | null>>

/** What one change is about. */
interface Edit {
  readonly object: Spot
  readonly source: ObjectHead
  readonly wanted: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/**
 * Changes headers of a stored object. OSS changes headers only by a copy, and keeps an envelope that the copy does not name.
 * A copy under a name of its own is proven first, so that a server that loses the envelope loses only that copy.
 * Throws Failure: 'object-changed' when the object is not the one with `etag` any more, 'copy-differs' when the server does not
 * keep what the object needs, 'headers-differ', and what OSS refuses. But for 'headers-differ' the object is then as it was.
 */
export async function editHeaders(object: Spot, etag: string, change: HeaderChange, signal: AbortSignal): Promise<void> {
  const { oss, bucket, key } = object
  const source = await headObject(oss, bucket, key, signal)
  if (source.etag !== etag) throw new Failure({ code: 'object-changed', key })
  const edit: Edit = { object, source, wanted: changed(carriedHeaders(source), change), signal }
  const to = { storageClass: source.storageClass, acl: await aclOf(oss, bucket, key, signal) }
  const trial: Spot = { ...object, key: trialKey(key) }
  const removeTrial = (): Promise<void> => deleteObject(oss, bucket, trial.key, AbortSignal.timeout(CLEANUP_MS)).catch(() => undefined)
  try {
    const headers = Object.fromEntries(Object.entries(edit.wanted).filter(([name]) => !name.startsWith(ENVELOPE_PREFIX)))
    await copyObject(oss, { bucket, key, toKey: trial.key, forbidOverwrite: true, ifMatch: etag, headers, ...to }, signal)
    const made = await headObject(oss, bucket, trial.key, signal)
    if (!isAsWanted(edit, made)) throw new Failure({ code: 'copy-differs', key, what: 'headers' })
    if ((await headObject(oss, bucket, key, signal)).etag !== etag) throw new Failure({ code: 'object-changed', key })
    await copyObject(oss, { bucket, key: trial.key, toKey: key, forbidOverwrite: false, ifMatch: made.etag, ...to }, signal)
  } catch (cause) {
    // The answer may have been lost, and the object changed all the same.
    if (!(await isEdited(edit, trial))) {
      await removeTrial()
      throw cause
    }
  }
  if (!(await isEdited(edit, trial))) throw new Failure({ code: 'headers-differ', key, kept: trial.key })
  await removeTrial()
}

/** True: the object has the wanted headers. False: it is as it was. Throws Failure 'headers-differ' for anything else: the trial copy stays. */
async function isEdited(edit: Edit, { key: kept }: Spot): Promise<boolean> {
  const { object: { oss, bucket, key }, source, signal } = edit
  const now = await headObject(oss, bucket, key, signal)
  if (isAsWanted(edit, now)) return true
  if (isCopy(source, carriedHeaders(source), now) || now.size !== source.size || now.crc64 !== source.crc64) return false
  throw new Failure({ code: 'headers-differ', key, kept })
}

/** Has this copy the content of the source, and the headers that it must have? */
function isAsWanted({ source, wanted }: Edit, made: ObjectHead): boolean {
  // OSS gives a type to what has none.
  const expected = wanted['content-type'] === undefined ? { ...wanted, 'content-type': made.contentType } : wanted
  return isCopy(source, expected, made)
}

function changed(headers: Readonly<Record<string, string>>, change: HeaderChange): Readonly<Record<string, string>> {
  const all = new Map(Object.entries(headers))
  for (const [name, value] of Object.entries(change)) {
    if (value === null) all.delete(name)
    else all.set(name, value)
  }
  return Object.fromEntries(all)
}

/** Beside the object, where a reader of the folder sees what was left by a crash; at the top where that name would be too long. */
function trialKey(key: string): string {
  const suffix = `.cipherbucket-${randomBytes(6).toString('hex')}`
  return keyBytes(key + suffix) <= MAX_KEY_BYTES ? key + suffix : suffix
}
