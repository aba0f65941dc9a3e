import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { overwriteRule, storedOf } from '../../oss/answers.ts'
import { sendOnce } from '../../oss/lost-answer.ts'
import { headOf } from '../../oss/objects.ts'
import { dropLeftBehind } from '../run/multipart-uploads.ts'
import { contentTypeOf } from './content-type.ts'
import { NO_FRAME } from '../run/object-headers.ts'
import type { UploadJob } from '../run/jobs.ts'
import { noteWhole, wholeCheckpoint } from './checkpoint-notes.ts'
import { goodAnswer, untilTaken, type Running } from '../run/running.ts'
import { ownObject } from '../run/stored-object.ts'
import { isSmallFormat, laneOf, type InLane } from './small-lane.ts'
import { verifyChecksum, type SentFile } from './upload-attempt.ts'

/** Files of more bytes gain nothing here: with them it is the bytes that take the time. */
export const SMALL_BYTES = 256 * 1024

/** Most bytes that a job's file may have here: what goes up in parts does so at whatever size. */
const mostOf = ({ multipartFrom }: UploadJob): number =>
  Math.max(0, Math.min(SMALL_BYTES, multipartFrom - 1))

/**
 * May this be a job for the lane, as far as can be told before the file and the master key are
 * looked at?
 */
export function mayBeSmall(job: UploadJob): job is UploadJob & { readonly source: string } {
  return job.source !== null && job.size <= mostOf(job) && isSmallFormat(job.format)
}

/** One state of the file under one data key, of which a request may have got through. */
interface Try extends SentFile {
  readonly file: InLane['file']
}

/**
 * A small file to an object, with all that {@link upload} promises, in a fraction of its time: many
 * files share a message to a thread, the thread makes and keeps the data key, and what was sealed
 * stays the same bytes however often it is sent. Null where a file or its master key is not for
 * this: nothing was done, and `upload` does it. Throws Failure as that does.
 */
export async function uploadSmall(
  job: UploadJob,
  running: Running,
): Promise<TransferOutcome | null> {
  if (!mayBeSmall(job)) return null
  const { control } = running
  const before: Try[] = []
  for (;;) {
    await control.untilMoving()
    const oss = valueOf(await job.oss())
    await dropLeftBehind(oss, job)
    const inLane = await laneOf(running.pool).seal(job, job.source, mostOf(job), control.cancelled)
    if (inLane === null) return null
    const { file, keyName } = inLane
    const present: Try = {
      job,
      oss,
      path: job.source,
      headers: file.headers,
      frame: NO_FRAME,
      tagged: null,
      identity: { size: file.size, mtimeNs: BigInt(file.modified) * 1_000_000n },
      file,
    }
    try {
      running.tell({ t: 'planned', total: file.size, parts: 1, keyName })
      noteWhole(running, wholeCheckpoint(present, file.state))
      const checksum = await put(present, before, running)
      if (control.cancelled.aborted) throw new Failure({ code: 'cancelled' })
      if (checksum !== null)
        return { encrypted: true, checksum, tag: 'none', savedAs: null, skipped: false }
    } finally {
      inLane.leave()
    }
    before.push(present)
  }
}

/** Null: it was paused, and starts over. A pause does not cut off the attempt that is under way. */
async function put(
  present: Try,
  before: readonly Try[],
  running: Running,
): Promise<TransferOutcome['checksum'] | null> {
  const { job, oss, headers, file } = present
  const { bucket, key, replace } = job
  const toSign = {
    method: 'PUT',
    bucket,
    key,
    headers: {
      ...headers,
      'content-type': contentTypeOf(key),
      ...overwriteRule(!replace),
      ...running.traffic(),
    },
  }
  if (running.control.isPaused()) return null
  const moving = running.control.moving()
  let checksum: TransferOutcome['checksum'] = 'absent'
  const once = async (): Promise<void> => {
    const [request, look] = await Promise.all([
      oss.sign(toSign),
      oss.sign({ method: 'HEAD', bucket, key }),
    ])
    // A cancel ends what is under way, and this is not yet.
    if (running.control.cancelled.aborted) throw new Failure({ code: 'cancelled' })
    const answer = await file.send(request, look)
    goodAnswer(oss, answer, 'oss:PutObject', toSign)
    checksum = await verifyChecksum(
      present,
      storedOf(answer.headers),
      file.crc64,
      answer.seen === null ? null : headOf(answer.seen),
    )
  }
  const send = async (): Promise<TransferOutcome['checksum']> => {
    await untilTaken(
      running,
      { done: 0 },
      { part: { number: 1, offset: 0, length: file.size }, oss, once },
      moving,
    )
    return checksum
  }
  const find = async (): Promise<TransferOutcome['checksum'] | null> => {
    if (moving.aborted) return null
    // An attempt from before a pause is as good as one from after it, while the file is the same.
    for (const one of [present, ...before.filter((one) => one.file.state === file.state)]) {
      const found = await ownObject(one.oss, one.job, one, running.control.cancelled)
      if (found !== null) return verifyChecksum(one, found, one.file.crc64, found)
    }
    return null
  }
  try {
    return await sendOnce(send, { proof: 'unique', find })
  } catch (cause) {
    if (moving.aborted) return null
    throw cause
  }
}
