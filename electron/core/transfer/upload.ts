import { Failure, valueOf } from '../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../shared/contract/models-transfers.ts'
import { combineCrc64, crc64ToDecimal, EMPTY_CRC64 } from '../../../shared/format/crc64.ts'
import { serializeEnvelope } from '../../../shared/format/envelope.ts'
import { choosePartSize, planParts, type Part } from '../../../shared/format/part-plan.ts'
import { seal, type Sealed } from '../keys/keyring.ts'
import { storedOf } from '../oss/answers.ts'
import { complete, partQuery } from '../oss/multipart.ts'
import { identify, identifyAtRest, sameSource } from '../stream/file-source.ts'
import { beginUpload, dropLeftBehind } from './begin-upload.ts'
import { contentTypeOf } from './content-type.ts'
import type { UploadJob } from './jobs.ts'
import { putMarker, putWhole } from './put-whole.ts'
import { eachPart, type Running } from './running.ts'
import { compareCrc64 } from './stored-object.ts'
import { agreed, keyStays, sendPart, throughPauses, type Story } from './upload-story.ts'

/**
 * Encrypts a file into an object. Throws Failure; of what failed or was cancelled no upload and no damaged object stays
 * in the bucket. A source that changes is 'source-changed'; one that did so during a pause is uploaded anew, as it is now.
 */
export async function upload(job: UploadJob, running: Running): Promise<TransferOutcome> {
  if (job.source === null) return putMarker(job, running)
  for (;;) {
    const checksum = await uploadOnce(job, job.source, running)
    if (checksum !== null) return { encrypted: true, checksum, savedAs: null, skipped: false }
  }
}

/** Null: the source changed during a pause, and nothing of this attempt is left, its data key least of all. */
async function uploadOnce(job: UploadJob, path: string, running: Running): Promise<TransferOutcome['checksum'] | null> {
  const oss = valueOf(await job.oss())
  await dropLeftBehind(oss, job)
  const identity = await identifyAtRest(path)
  const { parts, partSize } = plan(identity.size, job)
  const { sealed, keyName } = await sealFor(job)
  using _wiped = sealed.dataKey
  const sizes = partSize === null ? {} : { dataSize: identity.size, partSize }
  const headers = serializeEnvelope({ ...sealed.envelope, ...sizes })
  running.tell({ t: 'planned', total: identity.size, parts: parts.length, keyName })
  const story: Story = { job, running, oss, path, identity, parts, sealed, headers, progress: { done: 0 } }
  // Awaited here: the data key is wiped when this block ends.
  return await (partSize === null ? putWhole(story) : putInParts(story))
}

async function sealFor(job: UploadJob): Promise<{ readonly sealed: Sealed; readonly keyName: string }> {
  using masterKey = valueOf(await job.masterKey())
  return { sealed: valueOf(await seal(masterKey)), keyName: masterKey.name }
}

/** `partSize` null: in one request. A part size is a multiple of the cipher block, so every part starts at one. */
function plan(size: number, { multipartFrom, partSize: preferred }: UploadJob): { readonly parts: readonly Part[]; readonly partSize: number | null } {
  if (size === 0 || size < multipartFrom) return { parts: [{ number: 1, offset: 0, length: size }], partSize: null }
  const partSize = choosePartSize(size, preferred)
  return { parts: planParts(size, partSize), partSize }
}

async function putInParts(story: Story): Promise<TransferOutcome['checksum'] | null> {
  const { job, running, oss, path, identity, parts, headers } = story
  const { bucket, key, replace } = job
  const begun = await beginUpload(oss, { bucket, key, headers: { ...headers, 'content-type': contentTypeOf(key) }, forbidOverwrite: !replace }, job)
  const sent = new Map<number, { readonly etag: string; readonly crc64: bigint }>()
  let completed = false
  try {
    const remaining = (): readonly Part[] => parts.filter(({ number }) => !sent.has(number))
    const send = (part: Part, signal: AbortSignal): Promise<void> =>
      sendPart(story, part, { method: 'PUT', bucket, key, query: partQuery(begun.upload.uploadId, part.number), headers }, signal, (answer, crc64) => {
        const { etag, crc64: theirs } = storedOf(answer.headers)
        compareCrc64(theirs, crc64)
        sent.set(part.number, { etag, crc64 })
      })
    if (!(await throughPauses(story, () => eachPart(remaining(), running, send)))) return null

    running.tell({ t: 'finishing' })
    await keyStays(story)
    if (!sameSource(await identify(path), identity)) throw new Failure({ code: 'source-changed', path })
    const crc64 = parts.reduce((sum, { number, length }) => combineCrc64(sum, sent.get(number)?.crc64 ?? EMPTY_CRC64, length), EMPTY_CRC64)
    const etags = [...sent].map(([number, { etag }]) => ({ number, etag }))
    const stored = await complete(oss, { ...begun.upload, parts: etags, forbidOverwrite: !replace, crc64: crc64ToDecimal(crc64) }, running.control.cancelled)
    completed = true
    return await agreed(story, stored, crc64)
  } finally {
    if (!completed) await begun.abandon()
  }
}
