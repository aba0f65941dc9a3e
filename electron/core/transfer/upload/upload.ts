import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { crc64ToDecimal } from '../../../../shared/format/crc64.ts'
import { choosePartSize, planParts, type Part } from '../../../../shared/format/part-plan.ts'
import { complete, partQuery } from '../../oss/multipart.ts'
import { framedSum } from '../../cipher/crc64-sum.ts'
import { identify, identifyAtRest, sameSource } from '../../files/file-source.ts'
import { beginUpload, dropLeftBehind, NOT_BEGUN } from '../run/begin-upload.ts'
import { contentTypeOf } from './content-type.ts'
import { dressOf, frameBytes, sealUpload } from '../run/dress.ts'
import type { UploadJob } from '../run/jobs.ts'
import { checkpointOf } from './noting.ts'
import { putMarker, putWhole } from './put-whole.ts'
import { eachPart, patiently, type Running } from '../run/running.ts'
import { mayGoOn } from '../run/saved.ts'
import { partTaken, sumOfParts } from '../run/sent-parts.ts'
import { uploadSmall } from './small-upload.ts'
import { takeUp, type Begun } from './take-up.ts'
import { newPrints } from './part-prints.ts'
import {
  agreed,
  fitsTag,
  keyStays,
  sendPart,
  tagOf,
  throughPauses,
  type Sealing,
  type Story,
} from './upload-story.ts'

/**
 * Encrypts a file into an object. Throws Failure. A source that changes is 'source-changed'; one
 * that did so during a pause, or while the app was closed, is uploaded anew, as it is now. What
 * failed and may go on stays in the bucket where `running.saved` can take it up again; of
 * everything else, and of what was cancelled, no upload and no damaged object stays.
 */
export async function upload(job: UploadJob, running: Running): Promise<TransferOutcome> {
  if (job.source === null) return putMarker(job, running)
  // What an earlier try noted is looked at by the ordinary way alone.
  const small = (running.saved?.last() ?? null) === null ? await uploadSmall(job, running) : null
  if (small !== null) return small
  for (;;) {
    const checksum = await uploadOnce(job, job.source, running)
    // What was noted goes with the word that it is done: a crash between the two must still know
    // the object for ours.
    if (checksum !== null)
      return { encrypted: true, checksum, tag: 'none', savedAs: null, skipped: false }
  }
}

/**
 * Null: the source changed during a pause, and nothing of this attempt is left, its data key least
 * of all.
 */
async function uploadOnce(
  job: UploadJob,
  path: string,
  running: Running,
): Promise<TransferOutcome['checksum'] | null> {
  const oss = valueOf(await job.oss())
  await dropLeftBehind(oss, job)
  const identity = await identifyAtRest(path)
  const before = await takeUp({ job, running, oss, path, identity })
  if (before.kind === 'finished') return before.checksum
  if (before.kind === 'begun') {
    using _wiped = before.story.sealed.dataKey
    return await continued(before)
  }
  const sealed = await sealUpload(job, identity.size, running.control.cancelled)
  using _wiped = sealed.dataKey
  const total = identity.size + frameBytes(sealed, job.format, identity.size)
  const { parts, partSize } = plan(total, job)
  const planned = { t: 'planned', total, parts: parts.length, keyName: sealed.keyName } as const
  running.tell(planned)
  const sealing: Sealing = { job, running, path, identity, sealed }
  let read: Awaited<ReturnType<typeof tagOf>> = null
  if ('header' in sealed.inside) {
    read = await tagOf(sealing, sealed.inside)
    if (read === null) return null
    // What was read for the tag is not sent yet: counting starts again.
    running.tell(planned)
  }
  const dress = dressOf(sealed, job.format, identity.size, partSize, read?.tag ?? null)
  const tagged = read === null ? null : await framedSum(dress.frame, read.crc64, identity.size)
  const prints = await newPrints(partSize === null ? null : (running.saved?.prints ?? null))
  const story: Story = { ...sealing, ...dress, tagged, oss, parts, progress: { done: 0 }, prints }
  // Awaited here: the data key is wiped when this block ends.
  return await (partSize === null
    ? putWhole(story)
    : putInParts(story, await begin(story, partSize, sealed.inside, read?.tag ?? null)))
}

/**
 * What an earlier start of the app left. Null: it did not send what the file holds now, although
 * nothing else told of a change.
 */
async function continued(begun: Begun): Promise<TransferOutcome['checksum'] | null> {
  try {
    return await putInParts(begun.story, begun)
  } catch (cause) {
    if (!(cause instanceof Failure) || cause.error.code !== 'source-changed') throw cause
    begun.story.running.tell({ t: 'restarted', why: 'source-changed' })
    return null
  }
}

/**
 * `total`: bytes of the object. `partSize` null: in one request. A part size is a multiple of the
 * cipher block, so that where there is nothing before the ciphertext every part starts at one.
 */
function plan(
  total: number,
  { multipartFrom, partSize: preferred }: UploadJob,
): { readonly parts: readonly Part[]; readonly partSize: number | null } {
  if (total === 0 || total < multipartFrom)
    return { parts: [{ number: 1, offset: 0, length: total }], partSize: null }
  const partSize = choosePartSize(total, preferred)
  return { parts: planParts(total, partSize), partSize }
}

/** A new upload in the bucket, noted before anything is sent. */
async function begin(
  story: Story,
  partSize: number,
  ...made: Made
): Promise<Pick<Begun, 'upload' | 'abandon' | 'sent'>> {
  const { job, running, oss, headers } = story
  const { bucket, key, replace } = job
  const wanted = {
    bucket,
    key,
    headers: { ...headers, 'content-type': contentTypeOf(key) },
    forbidOverwrite: !replace,
  }
  const checkpoint =
    running.saved === null ? null : await checkpointOf(story, NOT_BEGUN, partSize, ...made)
  // Before it is begun, so that a crash leaves no upload that nobody knows of.
  if (checkpoint !== null) await running.saved?.note(checkpoint)
  const begun = await patiently(running, () => beginUpload(oss, wanted, job))
  try {
    if (checkpoint !== null)
      await running.saved?.note({ ...checkpoint, uploadId: begun.upload.uploadId })
    return { ...begun, sent: new Map() }
  } catch (cause) {
    await begun.abandon()
    throw cause
  }
}
type Made =
  Parameters<typeof checkpointOf> extends [unknown, unknown, unknown, ...infer Rest] ? Rest : never

async function putInParts(
  story: Story,
  { upload: begun, sent, abandon }: Pick<Begun, 'upload' | 'abandon' | 'sent'>,
): Promise<TransferOutcome['checksum'] | null> {
  const { job, running, oss, path, identity, parts, headers } = story
  const { bucket, key, replace } = job
  // OSS asks for the envelope with every part in format V2; nothing else is known to it.
  const repeated = job.format.startsWith('v2') ? headers : {}
  let keep = false
  try {
    const remaining = (): readonly Part[] => parts.filter(({ number }) => !sent.has(number))
    const send = (part: Part, signal: AbortSignal): Promise<void> =>
      sendPart(
        story,
        part,
        {
          method: 'PUT',
          bucket,
          key,
          query: partQuery(begun.uploadId, part.number),
          headers: repeated,
        },
        signal,
        (answer, crc64) => partTaken(sent, running.saved, part.number, answer, crc64),
      )
    if (!(await throughPauses(story, () => eachPart(remaining(), running, send)))) return null

    running.tell({ t: 'finishing' })
    await keyStays(story)
    if (!sameSource(await identify(path), identity))
      throw new Failure({ code: 'source-changed', path })
    const crc64 = sumOfParts(parts, sent)
    fitsTag(story, crc64)
    const whole = {
      ...begun,
      parts: [...sent.values()],
      forbidOverwrite: !replace,
      crc64: crc64ToDecimal(crc64),
    }
    const stored = await patiently(running, () => complete(oss, whole, running.control.cancelled))
    keep = true
    const checksum = await patiently(running, () => agreed(story, stored, crc64))
    await story.prints.drop()
    return checksum
  } catch (cause) {
    keep = mayGoOn(running, cause)
    throw cause
  } finally {
    if (!keep) {
      running.saved?.drop()
      await Promise.all([story.prints.drop(), abandon()])
    }
  }
}
