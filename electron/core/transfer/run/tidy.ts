import { rm } from 'node:fs/promises'
import type { Checkpoint } from './checkpoint.ts'
import type { UploadJob } from './jobs.ts'
import { dropNotedUpload, uploadOf } from './multipart-uploads.ts'

/** Removes the hidden file of a download that is over. It never rejects. */
export async function removeHiddenFile({ started }: Checkpoint): Promise<void> {
  if (started?.kind === 'file') await rm(started.temporary, { force: true }).catch(() => undefined)
}

/**
 * Drops the upload in parts that a transfer noted and that is over. `place`: the object that it
 * writes. Resolves with false where the note has no upload of this computer.
 */
export async function dropUploadAt(
  place: Pick<UploadJob, 'oss' | 'bucket' | 'key'>,
  last: Checkpoint,
  job: object,
): Promise<boolean> {
  const noted = uploadOf(last, place)
  if (noted === null) return false
  const reached = await place.oss()
  if (reached.ok) await dropNotedUpload(reached.value, noted, job)
  return true
}
