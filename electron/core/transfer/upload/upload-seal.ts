import { Failure } from '../../../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import { fromBase64, toBase64 } from '../../../../shared/format/base64.ts'
import type { Part } from '../../../../shared/format/part-plan.ts'
import { NO_FRAME } from '../../cipher/crc64-sum.ts'
import type { Oss } from '../../oss/client.ts'
import { PUT_TAGS } from '../../oss/tags.ts'
import { MAX_EXPONENT, MIN_EXPONENT } from '../../seals/chunks.ts'
import { makeSeal } from '../../seals/make-seal.ts'
import type { SealPlan } from '../../seals/new-seal.ts'
import { deriveSealKeys } from '../../seals/seal-keys.ts'
import { writeSealText } from '../../seals/seal-text.ts'
import type { SavedSeal } from '../run/checkpoint.ts'
import type { UploadJob } from '../run/jobs.ts'
import { dropUpload, startUpload } from '../run/multipart-uploads.ts'
import { allParts, retryWhileOffline, type Running } from '../run/running.ts'
import { lostOf, ownObject } from '../run/stored-object.ts'
import { sealFailure, tagSeal } from '../run/tag-seal.ts'
import { compareNoted } from './noted-parts.ts'
import { savedPrints } from './part-prints.ts'
import {
  isUnchangedAfterPause,
  sumPart,
  type AttemptFile,
  type PartSums,
} from './upload-attempt.ts'

/** No cancel of the user ends the sealing of an object that is stored. */
const NEVER = new AbortController().signal

/**
 * Makes the text of the seal of a whole object. `leaves`: of all chunks, joined. The seal has a
 * writer mark where the master key of the envelope is at hand and has a writer secret.
 */
export async function makeSealText(
  { job, running, identity: { size }, uploadKey }: AttemptFile,
  plan: SealPlan,
  leaves: Uint8Array,
): Promise<string> {
  const writer = await writerSecretFor(job, uploadKey.keyId, running.control.cancelled)
  using keys = deriveSealKeys(uploadKey.dataKey.bytes)
  const { bucket, key } = job
  const place = { bucket, key, time: Date.now() }
  const sealed = { ...plan, leaves, length: size, counter: uploadKey.counter }
  try {
    return writeSealText(makeSeal(keys, { ...sealed, ...place, byWriter: true, writer }))
  } finally {
    writer?.fill(0)
  }
}

/**
 * Reads a file once for its seal, before it is sent in one request. Nothing is sent. Null: the file
 * changed during a pause. `crc64`: of the ciphertext, which the object must have.
 */
export async function sealAhead(
  file: AttemptFile,
  plan: SealPlan,
): Promise<{ readonly text: string; readonly crc64: bigint } | null> {
  const whole = [{ number: 1, offset: 0, length: file.identity.size }]
  const found: PartSums[] = []
  const read = async (part: Part, signal: AbortSignal): Promise<void> =>
    void found.push(await sumPart({ ...file, frame: NO_FRAME, seal: plan }, part, signal))
  const unchanged = (): Promise<boolean> => isUnchangedAfterPause(file)
  if (!(await allParts(file.running, () => whole, read, unchanged))) return null
  const { crc64, leaves } = found.at(-1) ?? {}
  if (crc64 === undefined || leaves === undefined) throw new Error('a file without its leaves')
  return { crc64, text: await makeSealText(file, plan, leaves) }
}

/** A key that is locked meanwhile marks nothing. The object can be read all the same. */
async function writerSecretFor(
  { masterKey }: UploadJob,
  keyId: string,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const found = await masterKey(signal)
  if (!found.ok) return null
  using key = found.value
  return key.id === keyId ? (key.writerSecret?.() ?? null) : null
}

/** Makes the note of a seal that is not made yet. */
export const savedSeal = ({ sealId, exponent }: SealPlan): SavedSeal => ({
  id: toBase64(sealId),
  exponent,
  text: null,
})

/** Reads the plan of a noted seal; null for a note that is damaged. */
export function planOf({ id, exponent }: SavedSeal): SealPlan | null {
  const sealId = fromBase64(id)
  const isRight = sealId?.length === 16 && exponent >= MIN_EXPONENT && exponent <= MAX_EXPONENT
  return sealId !== null && isRight ? { sealId, exponent } : null
}

/**
 * Notes a finished seal before the object is made of its parts. After a crash the next start puts
 * it on the object. Throws Failure 'disk-full'.
 */
export async function noteSealText({ saved }: Running, text: string): Promise<void> {
  const last = saved?.last() ?? null
  if (last?.seal == null) return
  await saved?.note({ ...last, seal: { ...last.seal, text } })
}

/**
 * Puts the noted seal on the object of an attempt that ended between the object and its seal. Null:
 * there is no such seal, or the object is not there. Throws Failure, that of {@link tagSeal}.
 */
export async function finishSeal(
  oss: Oss,
  job: UploadJob,
  running: Running,
): Promise<TransferOutcome['checksum'] | null> {
  const last = running.saved?.last() ?? null
  const text = last?.seal?.text ?? null
  if (last?.source?.kind !== 'file' || text === null) return null
  const { what, source, to } = last
  const place = { bucket: to.bucket ?? job.bucket, key: to.key ?? job.key }
  const form = { headers: what.headers, frame: NO_FRAME }
  return retryWhileOffline(running, async () => {
    const own = await ownObject(oss, place, form, running.control.cancelled)
    if (own === null || lostOf(own, what.headers, source.size) !== null) return null
    const checksum = compareNoted(last, own)
    running.tell({ t: 'planned', total: own.size, parts: 1, keyName: job.keyName })
    await tagSeal(oss, place, own, text, NEVER)
    await (await savedPrints(running.saved?.prints ?? null, last.prints))?.drop()
    return checksum
  })
}

type SentHeaders = Readonly<Record<string, string>>

/**
 * Turns the refusal of a sealed start into 'seal-denied', where OSS refuses the tag alone. OSS need
 * not name the permission. Then the upload is started without the tag, and dropped.
 */
export async function startFailure(
  cause: unknown,
  oss: Oss,
  start: { readonly bucket: string; readonly key: string; readonly headers: SentHeaders },
): Promise<unknown> {
  const { key } = start
  if (!(cause instanceof Failure) || cause.error.code !== 'access-denied') return cause
  if (cause.error.action === PUT_TAGS) return sealFailure(cause, key)
  try {
    const started = await startUpload(oss, { ...start, forbidOverwrite: false })
    await dropUpload(oss, started, {})
  } catch {
    return cause
  }
  const { requestId } = cause.error
  return new Failure({ code: 'seal-denied', key, why: 'permission', action: PUT_TAGS, requestId })
}
