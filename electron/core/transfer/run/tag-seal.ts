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

type Place = Parameters<typeof tagSeal>[1]

/**
 * Puts a seal on an object that was stored a moment ago, and keeps its other tags. OSS knows no
 * condition for tags, so the object is looked at before and after. It may be called again after any
 * failure. `stored`: the object as OSS answered. `text`: of the seal.
 * Errors: Failure 'seal-denied'; 'object-changed' and 'not-found' when the object was replaced or
 * deleted meanwhile. Then no seal of ours is on the other object.
 */
export async function tagSeal(
  oss: Oss,
  place: { readonly bucket: string; readonly key: string },
  stored: Pick<PutResult, 'etag' | 'versionId'>,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, key } = place
  const ref = { bucket, key, versionId: stored.versionId }
  try {
    await assertStillThere(oss, place, stored, signal)
    for (let tries = 1; ; tries++) {
      const others = withoutSeal(await readTags(oss, ref, signal))
      await putTags(oss, ref, [...others, [SEAL_TAG, text]], signal)
      if (sealIn(await readTags(oss, ref, signal)) === text) break
      if (tries === ATTEMPTS) throw new Failure({ code: 'seal-denied', key, why: 'not-kept' })
    }
  } catch (cause) {
    throw sealFailure(cause, key)
  }
  try {
    await assertStillThere(oss, place, stored, signal)
  } catch (cause) {
    await takeOff(oss, place, text, signal)
    throw cause
  }
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

/** Takes our seal off an object that replaced ours. It would call that object changed. */
async function takeOff(
  oss: Oss,
  { bucket, key }: Place,
  text: string,
  signal: AbortSignal,
): Promise<void> {
  const ref = currentObject(bucket, key)
  try {
    const tags = await readTags(oss, ref, signal)
    if (sealIn(tags) === text) await putTags(oss, ref, withoutSeal(tags), signal)
  } catch {
    // The object is gone, or tags are refused now. The caller tells that it was replaced.
  }
}

const sealIn = (tags: readonly ObjectTag[]): string | undefined =>
  tags.find(([key]) => key === SEAL_TAG)?.[1]

const withoutSeal = (tags: readonly ObjectTag[]): readonly ObjectTag[] =>
  tags.filter(([key]) => key !== SEAL_TAG)
