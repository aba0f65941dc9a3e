import { rm } from 'node:fs/promises'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import { dropNotedUpload } from '../run/multipart-uploads.ts'
import type { BatchJob, Job } from '../run/jobs.ts'
import { savedPrints } from '../upload/part-prints.ts'
import type { QueueBook } from './queue-book.ts'
import { dropNotedCopy } from '../copy/copy-notes.ts'

/**
 * Removes what a transfer that is over left behind: parts in the bucket, a hidden file here.
 * `prints`: their folder. Best effort, never fails.
 */
export async function tidyUp(job: Job, last: Checkpoint, prints: string | null): Promise<void> {
  if (last.kind === 'download') await rm(last.temporary, { force: true }).catch(() => undefined)
  if (job.kind === 'copy' && last.kind === 'copy') {
    const reached = await job.to.oss()
    if (reached.ok) await dropNotedCopy({ oss: reached.value, bucket: job.to.bucket }, last, job)
  }
  // Another computer's upload is not ours to drop.
  if (job.kind !== 'upload' || last.kind !== 'parts' || last.source === null) return
  await (await savedPrints(prints, last.prints))?.drop()
  const { oss, bucket, key } = job
  const reached = await oss()
  if (reached.ok)
    await dropNotedUpload(
      reached.value,
      { bucket, key, uploadId: last.uploadId || null, headers: last.headers },
      job,
    )
}

/**
 * The same for those of many files that an earlier start of the app has begun and this one has not
 * come to.
 */
export async function tidyMany(batch: BatchJob, id: TransferId, book: QueueBook): Promise<void> {
  const begun = new Set(book.begunOf(id))
  // The list of one that is done is closed.
  if (begun.size === 0) return
  for (const { index, job } of batch.those(begun)) {
    const own = `${id}.${index}`
    const saved = book.saved(own)
    const last = saved.last()
    if (last !== null) await tidyUp(job, last, saved.prints)
    book.ended(own)
  }
}
