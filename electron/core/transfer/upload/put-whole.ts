import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { overwriteRule, storedOf } from '../../oss/answers.ts'
import { putSmall } from '../../oss/objects.ts'
import { contentTypeOf } from './content-type.ts'
import type { UploadJob } from '../run/jobs.ts'
import { stateOf } from '../../files/file-source.ts'
import { putCheckpointOf } from './noting.ts'
import { eachPart, type Running } from '../run/running.ts'
import { ownObject } from '../run/stored-object.ts'
import { agreed, sendPart, sumOf, throughPauses, type Story, type Told } from './upload-story.ts'

/**
 * A source that fits one request. After a pause it starts over, under the same data key if the
 * source is the same. Null: it is not.
 */
export async function putWhole(story: Story): Promise<TransferOutcome['checksum'] | null> {
  // Not waited for: after a power cut the object is told from others by being asked for once more.
  story.running.saved?.note(putCheckpointOf(story, stateOf(story.identity))).catch(() => undefined)
  const { bucket, key, replace } = story.job
  const toSign = {
    method: 'PUT',
    bucket,
    key,
    headers: { ...story.headers, 'content-type': contentTypeOf(key), ...overwriteRule(!replace) },
  }
  let checksum: TransferOutcome['checksum'] = 'absent'
  const once = async (part: Part, signal: AbortSignal): Promise<void> => {
    try {
      await sendPart(story, part, toSign, signal, async (answer, crc64) => {
        checksum = await agreed(story, storedOf(answer.headers), crc64)
      })
    } catch (cause) {
      const found = await inTheWay(story, cause, signal)
      if (found === null) throw cause
      checksum = await agreed(story, found, await sumOf(story, part, signal), found)
    }
  }
  return (await throughPauses(story, () => eachPart(story.parts, story.running, once)))
    ? checksum
    : null
}

/**
 * OSS may have carried out an attempt whose answer was lost. Then the object that forbids the next
 * one, or is simply there, is our own.
 */
export async function inTheWay(
  story: Told,
  cause: unknown,
  signal: AbortSignal,
): ReturnType<typeof ownObject> {
  return cause instanceof Failure && MAY_BE_DONE.has(cause.error.code)
    ? ownObject(story.oss, story.job, story, signal)
    : null
}

const MAY_BE_DONE: ReadonlySet<string> = new Set(['object-exists', 'unreachable'])

/**
 * The marker of an empty folder: no content, so nothing to encrypt. Whatever has that name already
 * stays as it is.
 */
export async function putMarker(
  { oss, bucket, key }: UploadJob,
  running: Running,
): Promise<TransferOutcome> {
  running.tell({ t: 'planned', total: 0, parts: 1, keyName: null })
  const outcome = { encrypted: false, checksum: 'absent', tag: 'none', savedAs: null } as const
  try {
    await putSmall(
      valueOf(await oss()),
      { bucket, key, headers: {}, body: new Uint8Array(0), forbidOverwrite: true },
      running.control.cancelled,
    )
    return { ...outcome, skipped: false }
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'object-exists')
      return { ...outcome, skipped: true }
    throw cause
  }
}
