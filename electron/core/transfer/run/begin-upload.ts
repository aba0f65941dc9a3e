import { Failure } from '../../../../shared/contract/errors.ts'
import { ENVELOPE_PREFIX } from '../../../../shared/format/envelope/envelope.ts'
import type { Oss } from '../../oss/client.ts'
import { abortUpload, initiate, listParts, listUploads, type Upload } from '../../oss/multipart.ts'
import { CLEANUP_MS } from './stored-object.ts'

/** A multipart upload that was begun, and how to end it without an object. */
export interface Begun {
  readonly upload: Upload
  /**
   * Drops the upload and its parts, even after the user's signal fired. Best effort, never fails.
   */
  abandon(): Promise<void>
}

/**
 * Stands for the id of an upload that was about to begin when it was noted: nobody heard whether it
 * did.
 */
export const NOT_BEGUN = ''

/**
 * Uploads that could not be dropped when their job failed, because the line was down or the
 * credentials had expired.
 */
const leftBehind = new WeakMap<object, Set<Upload>>()

/**
 * Drops what earlier tries of this job had to leave in the bucket. Best effort, never fails; what
 * stays is tried again next time.
 */
export async function dropLeftBehind(oss: Oss, job: object): Promise<void> {
  for (const upload of leftBehind.get(job) ?? []) await abandonUpload(oss, upload, job)
}

/**
 * Drops an upload and its parts, even after the user's signal fired. Best effort, never fails;
 * `job` remembers what had to stay. `headers`: by which one is known that was only about to begin.
 */
export async function abandonUpload(
  oss: Oss,
  upload: Upload,
  job: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (upload.uploadId === NOT_BEGUN) return dropLost(oss, { ...upload, headers }, null)
  const left = leftBehind.get(job) ?? new Set()
  leftBehind.set(job, left)
  try {
    await abortUpload(oss, upload, AbortSignal.timeout(CLEANUP_MS))
    left.delete(upload)
  } catch {
    left.add(upload)
  }
}

/**
 * Begins an upload for a job. Its id is the only thing by which it can be dropped again, so this is
 * not cut short by a cancel: it waits for the answer. Where an answer was lost and OSS was asked
 * again, the upload nobody knows the id of is looked for (its envelope is ours alone) and dropped.
 * OSS tells the envelope of an upload only in format V2: in every other one such an upload stays;
 * it holds no part and costs nothing.
 */
export async function beginUpload(
  oss: Oss,
  wanted: Parameters<typeof initiate>[1],
  job: object,
): Promise<Begun> {
  const { bucket, key } = wanted
  const signal = new AbortController().signal
  let unsure = false
  const watched: Oss = {
    ...oss,
    call: (request, ...rest) =>
      oss.call({ ...request, onUnsure: () => void (unsure = true) }, ...rest),
  }
  try {
    const uploadId = await initiate(watched, wanted, signal)
    const upload = { bucket, key, uploadId }
    if (unsure) await dropLost(oss, wanted, uploadId)
    return { upload, abandon: () => abandonUpload(oss, upload, job) }
  } catch (cause) {
    if (unsure || !(cause instanceof Failure) || cause.error.code === 'unreachable')
      await dropLost(oss, wanted, null)
    throw cause
  }
}

/**
 * Drops uploads of this very envelope that nobody knows the id of, but for `keep`. Best effort,
 * never fails.
 */
export async function dropLost(
  oss: Oss,
  { bucket, key, headers }: Pick<Parameters<typeof initiate>[1], 'bucket' | 'key' | 'headers'>,
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
    // An account may be allowed to upload and not to list; what stays costs space until a lifecycle
    // rule or the user removes it.
  }
}
