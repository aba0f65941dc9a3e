import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { overwriteRule, storedOf } from '../../oss/answers.ts'
import { sendOnce } from '../../oss/lost-answer.ts'
import { heardHead } from '../../oss/objects.ts'
import { dropLeftBehind } from '../run/multipart-uploads.ts'
import { assertReplaceable } from './assert-replaceable.ts'
import { contentTypeOf } from './content-type.ts'
import { NO_FRAME } from '../../cipher/crc64-sum.ts'
import type { UploadJob } from '../run/jobs.ts'
import { isSealed } from '../run/object-headers.ts'
import { noteWhole, wholeCheckpoint } from './checkpoint-notes.ts'
import type { HeldFile } from '../../worker/held-file.ts'
import { goodAnswer, untilTaken, type Running } from '../run/running.ts'
import { ownObject } from '../run/stored-object.ts'
import { verifyChecksum, type SentFile } from './upload-attempt.ts'
import { askWrapping, isRsaFormat } from './wrapping.ts'

/** A larger file gains nothing here: the bytes take the time, and not what is around them. */
export const SMALL_BYTES = 256 * 1024

/** Most bytes that the file of a job may have here: a file that goes up in parts does not. */
const mostOf = ({ multipartFrom }: UploadJob): number =>
  Math.max(0, Math.min(SMALL_BYTES, multipartFrom - 1))

/**
 * Tells whether this job may go up as a small file. The answer comes before the file and the master
 * key are looked at.
 */
export function mayBeSmall(job: UploadJob): job is UploadJob & { readonly source: string } {
  return job.source !== null && job.size <= mostOf(job) && isRsaFormat(job.format)
}

/** One state of the file under one data key, of which a request may have reached OSS. */
interface SmallAttempt extends SentFile {
  readonly file: HeldFile
}

/**
 * Uploads a small file as {@link upload} does, with all its promises, in a fraction of its time.
 * Many files share a message to a worker thread. The thread makes and keeps the data key. An
 * encrypted file stays the same bytes however often it is sent. Null where a file or its master key
 * is not for this: nothing was done, and `upload` does it. Throws Failure as `upload` does.
 */
export async function uploadSmall(
  job: UploadJob,
  running: Running,
): Promise<TransferOutcome | null> {
  if (!mayBeSmall(job)) return null
  const { control } = running
  const before: SmallAttempt[] = []
  for (;;) {
    await control.untilMoving()
    const oss = valueOf(await job.oss())
    await dropLeftBehind(oss, job)
    const held = await holdFile(job, running)
    if (held === null) return null
    const { file, keyName } = held
    const present: SmallAttempt = {
      job,
      running,
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
      if (control.cancellation.isCancelled()) throw new Failure({ code: 'cancelled' })
      if (checksum !== null)
        return { encrypted: true, checksum, tag: 'none', savedAs: null, skipped: false }
    } finally {
      file.release()
    }
    before.push(present)
  }
}

/** Has a thread encrypt and hold the file. Null where the file or the key is not for this. */
async function holdFile(
  job: UploadJob & { readonly source: string },
  { pool, control }: Running,
): Promise<{ readonly file: HeldFile; readonly keyName: string } | null> {
  let keyName = ''
  const file = await pool.hold(async () => {
    const found = await askWrapping(job, control.cancellation)
    if (found === null) return null
    keyName = found.keyName
    const { wrapping, writer } = found
    const place = { bucket: job.bucket, key: job.key, time: Date.now() }
    const seal = isSealed(job) ? { ...place, writer } : null
    return { kind: 'hold', path: job.source, most: mostOf(job), wrapping, seal }
  }, control.cancellation)
  return file === null ? null : { file, keyName }
}

/**
 * Puts the object and returns what OSS said of its checksum. Null: the job was paused and starts
 * over. A pause does not cut off an attempt that is under way.
 */
async function put(
  present: SmallAttempt,
  before: readonly SmallAttempt[],
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
    await assertReplaceable(job, running.control.cancelled)
    const [request, look] = await Promise.all([
      oss.sign(toSign),
      oss.sign({ method: 'HEAD', bucket, key }),
    ])
    // A cancel ends an attempt that is under way, and this one is not yet.
    if (running.control.cancellation.isCancelled()) throw new Failure({ code: 'cancelled' })
    const answer = await file.send(request, look)
    goodAnswer(oss, answer, 'oss:PutObject', toSign)
    checksum = await verifyChecksum(
      present,
      storedOf(answer.headers),
      file.crc64,
      answer.seen === null ? null : heardHead(oss, { bucket, key }, answer.seen),
    )
  }
  const send = async (): Promise<TransferOutcome['checksum']> => {
    await untilTaken(
      running,
      { done: 0 },
      { part: { number: 1, offset: 0, length: file.size }, once },
      moving,
    )
    return checksum
  }
  const find = async (): Promise<TransferOutcome['checksum'] | null> => {
    if (moving.aborted) return null
    // An attempt from before a pause counts as one from after it, while the file is the same.
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
