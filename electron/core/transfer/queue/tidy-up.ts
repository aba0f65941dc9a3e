import type { TransferId } from '../../../../shared/contract/models.ts'
import type { BatchJob } from '../run/jobs.ts'
import type { KindOf } from './job-kind.ts'
import type { QueueBook } from './queue-book.ts'

/**
 * Removes what units of a batch left behind. An earlier start of the app started these units, and
 * this start did not reach them. Never rejects.
 */
export async function tidyMany(
  batch: BatchJob,
  id: TransferId,
  book: QueueBook,
  kindOf: KindOf,
): Promise<void> {
  const begun = new Set(book.begunOf(id))
  // The list of a batch that is done is closed and cannot be read.
  if (begun.size === 0) return
  for (const { index, job } of batch.those(begun)) {
    const own = `${id}.${index}`
    const saved = book.saved(own)
    const last = saved.last()
    if (last !== null) await kindOf(job.kind).tidy(job, last, saved.prints)
    book.ended(own)
  }
}
