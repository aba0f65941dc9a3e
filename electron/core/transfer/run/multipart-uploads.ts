import { Failure } from '../../../../shared/contract/errors.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import type { Oss } from '../../oss/client.ts'
import { watchUnsure } from '../../oss/lost-answer.ts'
import {
  abortUpload,
  initiate,
  listParts,
  listUploads,
  type HeldUpload,
  type Upload,
} from '../../oss/multipart.ts'
import { CLEANUP_MS } from './stored-object.ts'

/** An object's headers by name. */
type HeadersByName = Readonly<Record<string, string>>

/** A multipart upload as it was noted. `uploadId` null: nobody heard whether OSS started it. */
export interface NotedUpload {
  readonly bucket: string
  readonly key: string
  readonly uploadId: string | null
  /** Headers that the upload was, or would have been, started with. */
  readonly headers: HeadersByName
}

/** Uploads that could not be dropped: the network was gone, or the credentials had expired. */
const leftBehind = new WeakMap<object, Set<Upload>>()

/**
 * Drops the uploads that earlier attempts of this job had to leave in the bucket. Never fails; an
 * upload that stays is tried again next time.
 */
export async function dropLeftBehind(oss: Oss, job: object): Promise<void> {
  for (const upload of leftBehind.get(job) ?? []) await dropUpload(oss, upload, job)
}

/**
 * Drops an upload and its parts, even after the user's signal fired. Never fails; an upload that
 * could not be dropped is remembered under `job`.
 */
export async function dropUpload(oss: Oss, upload: Upload, job: object): Promise<void> {
  const left = leftBehind.get(job) ?? new Set()
  leftBehind.set(job, left)
  try {
    await abortUpload(oss, upload, AbortSignal.timeout(CLEANUP_MS))
    left.delete(upload)
  } catch {
    left.add(upload)
  }
}

/** Drops an upload that was noted, also where its id was never heard. Never fails. */
export async function dropNotedUpload(oss: Oss, noted: NotedUpload, job: object): Promise<void> {
  const { bucket, key, uploadId } = noted
  if (uploadId === null) await dropUnheardUploads(oss, noted, null)
  else await dropUpload(oss, { bucket, key, uploadId }, job)
}

/**
 * Starts an upload. The id is the only thing by which an upload can be dropped again, so no cancel
 * cuts this request short. Where an answer was lost, the upload of unknown id is looked for and
 * dropped. Its envelope proves that it is ours. OSS tells the envelope of an upload only in format
 * V2: in every other format such an upload stays, holds no part and costs nothing.
 */
export async function startUpload(
  oss: Oss,
  wanted: Parameters<typeof initiate>[1],
): Promise<Upload> {
  const { bucket, key } = wanted
  const signal = new AbortController().signal
  let unsure = false
  const watched = watchUnsure(oss, () => void (unsure = true))
  try {
    const uploadId = await initiate(watched, wanted, signal)
    if (unsure) await dropUnheardUploads(oss, wanted, uploadId)
    return { bucket, key, uploadId }
  } catch (cause) {
    if (unsure || !(cause instanceof Failure) || cause.error.code === 'unreachable')
      await dropUnheardUploads(oss, wanted, null)
    throw cause
  }
}

/** Drops uploads of this very envelope whose id nobody heard, except `keep`. Never fails. */
async function dropUnheardUploads(
  oss: Oss,
  { bucket, key, headers }: Pick<NotedUpload, 'bucket' | 'key' | 'headers'>,
  keep: string | null,
): Promise<void> {
  const signal = AbortSignal.timeout(CLEANUP_MS)
  try {
    for (const upload of await listUploads(oss, { bucket, prefix: key }, signal)) {
      if (upload.key !== key || upload.uploadId === keep) continue
      const { envelope } = await listParts(oss, upload, signal)
      if (envelope !== null && envelope.wrappedDataKey === headers[`${ENVELOPE_PREFIX}key`])
        await abortUpload(oss, upload, signal)
    }
  } catch {
    // An account may be allowed to upload and not to list. Such an upload costs space until a
    // lifecycle rule or the user removes it.
  }
}

/** Lists what OSS holds of an upload. Null when OSS knows of none. Throws Failure. */
export async function heldUpload(
  oss: Oss,
  upload: Upload,
  signal: AbortSignal,
): Promise<HeldUpload | null> {
  try {
    return await listParts(oss, upload, signal)
  } catch (cause) {
    if (
      cause instanceof Failure &&
      cause.error.code === 'oss' &&
      cause.error.ossCode === 'NoSuchUpload'
    )
      return null
    throw cause
  }
}
