import { Failure } from '../../../../shared/contract/errors.ts'
import type { PutResult } from '../../oss/answers.ts'
import type { Oss } from '../../oss/client.ts'
import { currentObject } from '../../oss/object-ref.ts'
import { headIfThere } from '../../oss/objects.ts'
import { putTags, readTags, type ObjectTag } from '../../oss/tags.ts'
import { NO_SEAL_YET, SEAL_TAG } from '../../seals/seal-text.ts'

/** The tag that an object has from its first byte on, until its seal is made. */
export const UNFINISHED_SEAL: ObjectTag = [SEAL_TAG, NO_SEAL_YET]

/** Attempts at a tag that another program takes off at the same time. */
const ATTEMPTS = 3

interface Place {
  readonly bucket: string
  readonly key: string
}

/** Tags that the app puts on an object, beside those of the user. */
export interface OwnTags {
  /** Says whether a tag is among those that are replaced. */
  readonly isOwn: (tag: ObjectTag) => boolean
  /** The tags that replace them; empty to remove them. */
  readonly tags: readonly ObjectTag[]
}

/**
 * Puts a seal on an object that was stored a moment ago, and keeps its other tags. It may be called
 * again after any failure. `stored`: the object as OSS answered. `text`: of the seal.
 * Errors: Failure 'seal-denied'; 'object-changed' and 'not-found' when the object was replaced or
 * deleted meanwhile. Then no seal of ours is on the other object.
 */
export async function tagSeal(
  oss: Oss,
  place: Place,
  stored: Pick<PutResult, 'etag' | 'versionId'>,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const { key } = place
  const own: OwnTags = { isOwn: ([name]) => name === SEAL_TAG, tags: [[SEAL_TAG, text]] }
  try {
    if (await setOwnTags(oss, place, stored, own, signal)) return
  } catch (cause) {
    throw sealFailure(cause, key)
  }
  throw new Failure({ code: 'seal-denied', key, why: 'not-kept' })
}

/**
 * Replaces the app's own tags of an object, and keeps its other tags. OSS knows no condition for
 * tags, so the object is looked at before and after. Returns false where OSS did not keep the tags.
 * Throws Failure 'too-many', 'object-changed', and what a request throws.
 */
export async function setOwnTags(
  oss: Oss,
  place: Place,
  stored: Pick<PutResult, 'etag' | 'versionId'>,
  own: OwnTags,
  signal: AbortSignal,
): Promise<boolean> {
  const ref = { ...place, versionId: stored.versionId }
  await assertStillThere(oss, place, stored, signal)
  let isKept = false
  for (let tries = 1; tries <= ATTEMPTS && !isKept; tries++) {
    const others = (await readTags(oss, ref, signal)).filter((tag) => !own.isOwn(tag))
    await putTags(oss, ref, [...others, ...own.tags], signal)
    isKept = hasOwn(await readTags(oss, ref, signal), own)
  }
  try {
    await assertStillThere(oss, place, stored, signal)
  } catch (cause) {
    await takeOff(oss, place, own, signal)
    throw cause
  }
  return isKept
}

/** Turns a refusal to read or write tags into 'seal-denied'. Every other error stays. */
export function sealFailure(cause: unknown, key: string): unknown {
  if (!(cause instanceof Failure)) return cause
  const { error } = cause
  if (error.code === 'too-many') return new Failure({ code: 'seal-denied', key, why: 'no-room' })
  if (error.code !== 'access-denied') return cause
  const { action, requestId } = error
  return new Failure({ code: 'seal-denied', key, why: 'permission', action, requestId })
}

/** A version of its own stays under its id, whatever happens at its name. */
async function assertStillThere(
  oss: Oss,
  { bucket, key }: Place,
  { etag, versionId }: Pick<PutResult, 'etag' | 'versionId'>,
  signal: AbortSignal,
): Promise<void> {
  if (versionId !== null && versionId !== 'null') return
  const head = await headIfThere(oss, bucket, key, signal)
  if (head === null) throw new Failure({ code: 'not-found', what: 'object', name: key })
  if (etag !== '' && head.etag !== etag) throw new Failure({ code: 'object-changed', key })
}

/** Takes our tags off an object that replaced ours. A seal would call that object changed. */
async function takeOff(
  oss: Oss,
  { bucket, key }: Place,
  own: OwnTags,
  signal: AbortSignal,
): Promise<void> {
  const ref = currentObject(bucket, key)
  try {
    const tags = await readTags(oss, ref, signal)
    if (own.tags.length === 0 || !hasOwn(tags, own)) return
    const others = tags.filter((tag) => !own.isOwn(tag))
    await putTags(oss, ref, others, signal)
  } catch {
    // The object is gone, or tags are refused now. The caller tells that it was replaced.
  }
}

/** Says whether the app's own tags among `tags` are exactly these. */
function hasOwn(tags: readonly ObjectTag[], { isOwn, tags: wanted }: OwnTags): boolean {
  const found = tags.filter(isOwn)
  return (
    found.length === wanted.length &&
    wanted.every(([name, value]) => found.some((tag) => tag[0] === name && tag[1] === value))
  )
}
