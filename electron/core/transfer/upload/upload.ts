import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { BLOCK_BYTES } from '../../../../shared/format/counter.ts'
import { choosePartSize, planParts, type Part } from '../../../../shared/format/part-plan.ts'
import { framedSum } from '../../cipher/crc64-sum.ts'
import { identifyAtRest, fileStateOf } from '../../files/file-source.ts'
import { overwriteRule } from '../../oss/answers.ts'
import { putSmall } from '../../oss/objects.ts'
import { TAG_HEADER, tagHeader } from '../../oss/tags.ts'
import { planSeal, type SealPlan } from '../../seals/new-seal.ts'
import { SEAL_HEADER } from '../../seals/seal-text.ts'
import type { UploadJob } from '../run/jobs.ts'
import type { ResumedUpload } from '../run/multipart-resume.ts'
import { openSession, sendSession, type MultipartSession } from '../run/multipart-session.ts'
import { dropLeftBehind } from '../run/multipart-uploads.ts'
import {
  frameBytes,
  headersFor,
  isSealed,
  makeUploadKey,
  type UploadKey,
} from '../run/object-headers.ts'
import { putWholeObject } from '../run/one-request.ts'
import { retryWhileOffline, type Running } from '../run/running.ts'
import { ownObject } from '../run/stored-object.ts'
import { UNFINISHED_SEAL } from '../run/tag-seal.ts'
import { assertReplaceable } from './assert-replaceable.ts'
import { noteWhole, partsCheckpoint, savedMessage, wholeCheckpoint } from './checkpoint-notes.ts'
import { contentTypeOf } from './content-type.ts'
import { newPrints } from './part-prints.ts'
import { proveHeldParts, resumeUpload, type UploadStart } from './resume-upload.ts'
import { uploadSmall } from './small-upload.ts'
import { finishSeal, makeSealText, noteSealText, sealAhead, startFailure } from './upload-seal.ts'
import {
  assertTagMatches,
  isUnchangedAfterPause,
  readTag,
  sendPart,
  sumPart,
  verifyChecksum,
  type MessageTag,
  type UploadAttempt,
} from './upload-attempt.ts'

/**
 * Encrypts a file into an object. Throws Failure. A source that changes is 'source-changed'; one
 * that changed during a pause, or while the app was closed, is uploaded again as it is now. An
 * upload that failed and may go on stays in the bucket where `running.saved` can resume it. Of
 * every other one, and of a cancelled one, no upload and no damaged object stays.
 */
export async function upload(job: UploadJob, running: Running): Promise<TransferOutcome> {
  if (job.source === null) return putMarker(job, running)
  // Only the ordinary way looks at the note of an earlier attempt. The way of small files does not.
  const small = (running.saved?.last() ?? null) === null ? await uploadSmall(job, running) : null
  if (small !== null) return small
  for (;;) {
    const checksum = await uploadOnce(job, job.source, running)
    // The queue drops the note in the record that marks the transfer as done. After a crash between
    // the two, the note still shows that the object is ours.
    if (checksum !== null)
      return { encrypted: true, checksum, tag: 'none', savedAs: null, skipped: false }
  }
}

/**
 * Makes one attempt. Null: the source changed during a pause, and nothing of this attempt is left,
 * its data key least of all.
 */
async function uploadOnce(
  job: UploadJob,
  path: string,
  running: Running,
): Promise<TransferOutcome['checksum'] | null> {
  const oss = valueOf(await job.oss())
  await dropLeftBehind(oss, job)
  const finished = await finishSeal(oss, job, running)
  if (finished !== null) return finished
  const start: UploadStart = { job, running, oss, path, identity: await identifyAtRest(path) }
  const before = await resumeUpload(start)
  if (before.kind === 'finished') return before.checksum
  if (before.kind === 'continues') {
    using _wiped = before.attempt.uploadKey.dataKey
    return await continueUpload(before.attempt, before.resumed)
  }
  const { cancelled } = running.control
  const seals = isSealed(job)
  const uploadKey = await makeUploadKey(job, start.identity.size, seals, cancelled)
  using _wiped = uploadKey.dataKey
  const attempt = await openAttempt(start, uploadKey, seals)
  if (attempt === null) return null
  // Awaited here: the data key is wiped when this block ends.
  return await (attempt.partSize === null
    ? putWhole(attempt)
    : sendParts(attempt, await openUploadSession(attempt, null)))
}

/**
 * Plans the parts, reads the tag where the format has one, and makes the headers. An object in one
 * request has its seal in them. Null: the source changed during a pause.
 */
async function openAttempt(
  { job, running, oss, path, identity }: UploadStart,
  uploadKey: UploadKey,
  seals: boolean,
): Promise<UploadAttempt | null> {
  const { size } = identity
  const total = size + frameBytes(uploadKey, job.format, size)
  const seal = seals ? planSeal(total) : null
  const { parts, partSize } = planUpload(total, job, seal)
  const planned = { t: 'planned', total, parts: parts.length, keyName: uploadKey.keyName } as const
  running.tell(planned)
  const file = { job, running, path, identity, uploadKey }
  let read: MessageTag | null = null
  if ('header' in uploadKey.inside) {
    read = await readTag(file, uploadKey.inside)
    if (read === null) return null
    // The bytes that were read for the tag are not sent yet: counting starts again.
    running.tell(planned)
  }
  const form = headersFor(uploadKey, job.format, size, partSize, read?.tag ?? null)
  const tagged = read === null ? null : await framedSum(form.frame, read.crc64, size)
  const message = savedMessage(uploadKey.inside, form, read?.tag ?? null, tagged)
  const prints = await newPrints(partSize === null ? null : (running.saved?.prints ?? null))
  const sent = { ...file, message, oss, parts, partSize, progress: { done: 0 }, prints }
  if (seal === null || partSize !== null) return { ...sent, ...form, tagged, seal }
  const ahead = await sealAhead(file, seal)
  if (ahead === null) return null
  const headers = { ...form.headers, [SEAL_HEADER]: ahead.text }
  return { ...sent, ...form, headers, tagged: ahead.crc64, seal: null }
}

/** The most bytes of a sealed object in one request. Its file is read twice, first for the seal. */
const MOST_SEALED_AHEAD = 32 * 1024 ** 2

/**
 * Plans the parts of an object of `total` bytes. `partSize` null: the object goes in one request. A
 * part size is a multiple of the cipher block, so that every part starts at one where nothing
 * stands before the ciphertext. In a sealed upload it is a multiple of the chunk.
 */
function planUpload(
  total: number,
  { multipartFrom, partSize: preferred }: UploadJob,
  seal: SealPlan | null,
): { readonly parts: readonly Part[]; readonly partSize: number | null } {
  const from = seal === null ? multipartFrom : Math.min(multipartFrom, MOST_SEALED_AHEAD + 1)
  if (total === 0 || total < from)
    return { parts: [{ number: 1, offset: 0, length: total }], partSize: null }
  const partSize = choosePartSize(
    total,
    preferred,
    seal === null ? BLOCK_BYTES : 2 ** seal.exponent,
  )
  return { parts: planParts(total, partSize), partSize }
}

/**
 * Puts the object in one request. After a pause the same file is sent again under the same data
 * key. Null: the file changed in the pause.
 */
async function putWhole(attempt: UploadAttempt): Promise<TransferOutcome['checksum'] | null> {
  const { job, running, oss, identity, parts, headers } = attempt
  const { bucket, key, replace } = job
  noteWhole(running, wholeCheckpoint(attempt, fileStateOf(identity)))
  const [part] = parts
  if (part === undefined) throw new Error('an object without a part')
  return putWholeObject({
    running,
    part,
    request: {
      method: 'PUT',
      bucket,
      key,
      headers: { ...headers, 'content-type': contentTypeOf(key), ...overwriteRule(!replace) },
    },
    send: (one, request, signal, accept) => sendPart(attempt, one, request, signal, accept),
    prove: (stored, crc64) => verifyChecksum(attempt, stored, crc64),
    afterPause: () => isUnchangedAfterPause(attempt),
    // No two uploads share a wrapped data key.
    proof: 'unique',
    async find(signal) {
      const found = await ownObject(oss, job, attempt, signal)
      if (found === null) return null
      const { crc64 } = await sumPart(attempt, part, signal)
      return verifyChecksum(attempt, found, crc64, found)
    },
  })
}

/**
 * Puts the marker of an empty folder. It has no content, so nothing is encrypted. An object that
 * has the name already stays as it is.
 */
async function putMarker(
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

/**
 * Continues the upload of an earlier start of the app. Null: that start did not send what the file
 * holds now, although nothing else told of a change.
 */
async function continueUpload(
  attempt: UploadAttempt,
  resumed: ResumedUpload,
): Promise<TransferOutcome['checksum'] | null> {
  const session = await openUploadSession(attempt, resumed)
  await proveHeldParts(attempt, session)
  try {
    return await sendParts(attempt, session)
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.error.code !== 'source-changed') throw cause
    attempt.running.tell({ t: 'restarted', why: 'source-changed' })
    return null
  }
}

/**
 * Opens the session of an attempt, new or resumed. A new one is noted before anything is sent. A
 * sealed one has a tag from its start, so that a refusal of tags comes before the first byte.
 * Throws Failure 'seal-denied'.
 */
async function openUploadSession(
  attempt: UploadAttempt,
  resumed: ResumedUpload | null,
): Promise<MultipartSession> {
  const { job, running, oss, parts, headers, prints, seal } = attempt
  const { bucket, key, replace, format } = job
  const untagged = { ...headers, 'content-type': contentTypeOf(key) }
  const tag = seal === null ? {} : { [TAG_HEADER]: tagHeader([UNFINISHED_SEAL]) }
  return openSession(
    {
      oss,
      job,
      running,
      place: { bucket, key },
      headers: { ...untagged, ...tag },
      // OSS wants the envelope with every part in format V2, and knows no other.
      partHeaders: format.startsWith('v2') ? headers : {},
      replace,
      parts,
      checkpoint: () => partsCheckpoint(attempt),
      discard: () => prints.drop(),
    },
    resumed,
  ).catch(async (cause: unknown) => {
    if (seal === null) throw cause
    throw await startFailure(cause, oss, { bucket, key, headers: untagged })
  })
}

/** Sends what remains, and makes and verifies the object. Null: the source changed in a pause. */
async function sendParts(
  attempt: UploadAttempt,
  session: MultipartSession,
): Promise<TransferOutcome['checksum'] | null> {
  const { job, running, seal } = attempt
  let text: string | null = null
  const checksum = await sendSession(session, {
    sendPart: (part, request, signal, accept) => sendPart(attempt, part, request, signal, accept),
    afterPause: () => isUnchangedAfterPause(attempt),
    async proveSource(crc64) {
      await assertSourceUnchanged(attempt)
      assertTagMatches(attempt, crc64)
      if (seal !== null) {
        text = await makeSealText(attempt, seal, session.leaves())
        await noteSealText(running, text)
      }
      await retryWhileOffline(running, () => assertReplaceable(job, running.control.cancelled))
    },
    proveObject: (stored, crc64) =>
      retryWhileOffline(running, () => verifyChecksum(attempt, stored, crc64, null, text)),
  })
  if (checksum !== null) await attempt.prints.drop()
  return checksum
}

/** Throws Failure where the file, or the master key, is not what the parts were sent of. */
async function assertSourceUnchanged(attempt: UploadAttempt): Promise<void> {
  if (!(await isUnchangedAfterPause(attempt)))
    throw new Failure({ code: 'source-changed', path: attempt.path })
}
