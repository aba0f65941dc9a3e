import { rm } from 'node:fs/promises'
import type { Checkpoint } from '../../../shared/format/checkpoint.ts'
import { abandonUpload } from './begin-upload.ts'
import type { Job } from './jobs.ts'

/** Removes what a transfer that is over left behind: parts in the bucket, a hidden file here. Best effort, never fails. */
export async function tidyUp(job: Job, last: Checkpoint): Promise<void> {
  if (last.kind === 'download') await rm(last.temporary, { force: true }).catch(() => undefined)
  if (last.kind !== 'parts' || (job.kind !== 'upload' && job.kind !== 'copy')) return
  // Another computer's upload is not ours to drop before the file has proven to be the same.
  if (job.kind === 'upload' && last.source === null) return
  const { oss, bucket, key } = job.kind === 'copy' ? job.to : job
  const reached = await oss()
  if (reached.ok) await abandonUpload(reached.value, { bucket, key, uploadId: last.uploadId }, job, last.headers)
}
