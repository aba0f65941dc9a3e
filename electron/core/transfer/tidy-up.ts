import { rm } from 'node:fs/promises'
import type { Checkpoint } from '../../../shared/format/checkpoint.ts'
import { abandonUpload } from './begin-upload.ts'
import type { Job } from './jobs.ts'

/** Removes what a transfer that is over left behind: parts in the bucket, a hidden file here. Best effort, never fails. */
export async function tidyUp(job: Job, last: Checkpoint): Promise<void> {
  if (last.kind === 'download') await rm(last.temporary, { force: true }).catch(() => undefined)
  // Another computer's upload is not ours to drop before the file has proven to be the same.
  if (last.kind !== 'parts' || job.kind !== 'upload' || last.source === null) return
  const oss = await job.oss()
  if (oss.ok) await abandonUpload(oss.value, { bucket: job.bucket, key: job.key, uploadId: last.uploadId }, job)
}
