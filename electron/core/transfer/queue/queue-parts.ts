import type { AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { Transfer } from '../../../../shared/contract/models-transfers.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import type { Announcer } from './announcer.ts'
import type { BatchJob } from '../run/jobs.ts'
import type { KindOf, QueuedJob } from './job-kind.ts'
import type { WorkerPool } from '../../worker/pool.ts'
import type { QueueBook } from './queue-book.ts'
import type { CheckpointStore } from '../run/checkpoint-store.ts'
import type { Batch, Entry } from './queue-entry.ts'
import type { Step } from '../run/transfer-state.ts'

export interface QueueOptions {
  readonly kindOf: KindOf
  readonly pool: WorkerPool
  /** Milliseconds since 1970. */
  now(): number
  /**
   * Transfers, and parts of one transfer, at the same time. Asked whenever something could start.
   */
  limits(): { readonly files: number; readonly parts: number; readonly trafficLimit?: number }
  /** What changed, at most four times a second. */
  changed(transfers: readonly Transfer[]): void
  removed(ids: readonly TransferId[]): void
  /** A thrown bug → the error that may be shown. */
  masked(cause: unknown): AppError
  /**
   * Where nobody could try it again: hears of each file of many that was skipped or failed, which
   * is not kept then.
   */
  notSent?(transfer: Transfer): void
  /** Null: nothing outlives the process, and nothing waits for what may never come. */
  readonly book?: QueueBook | null
  /** Without a book: what an upload notes of itself while it runs, should the process die. */
  readonly started?: () => CheckpointStore
  /**
   * Makes a job that was added before a restart from its record; null when it can no longer be made.
   * `done`: the number behind the last row of many that ended well.
   */
  revive?(record: unknown, done?: number): QueuedJob | BatchJob | null
  /** What restored transfers do: go on, or wait for the user. */
  readonly onStart?: 'continue' | 'paused'
}

/** What every transfer goes through; `transfer-queue.ts` says who asks for it. */
export interface QueueCore {
  readonly entries: Map<TransferId, Entry>
  readonly batches: Map<TransferId, Batch>
  /** In line: to be started, or to go on. */
  readonly line: Set<Entry>
  /** Of many files, those of which more may start. */
  readonly batchLine: Set<Batch>
  /** Each takes up some of the places. */
  readonly active: Set<Entry>
  /** Cancelled ones that are still tidying up. */
  readonly leaving: Set<Promise<unknown>>
  readonly announcer: Announcer
  add(jobs: readonly (QueuedJob | BatchJob)[], checkpoint?: Checkpoint): readonly TransferId[]
  /** Gives free places to those in line; the files of many come after single ones. */
  fill(): void
  queueUp(entry: Entry): void
  pause(entry: Entry): void
  pauseBatch(batch: Batch): void
  resumeBatch(batch: Batch): void
  /** Off the list. */
  leave(entry: Entry): void
  leaveBatch(batch: Batch): void
  release(one: Entry | Batch): void
  tell(entry: Entry, step: Step): void
  tellBatch(batch: Batch, step: Step): void
  /** Looks whether the many are over, and tells how they are. */
  settle(batch: Batch): void
  /** Its host did not answer: when it is tried again, milliseconds since 1970. */
  wentDown(one: Entry | Batch): number
  isDown(one: Entry | Batch): boolean
  /** Runs what only serves the next start, and must not break this one. */
  quietly(write: () => void): void
  setOpen(open: boolean): void
  isClosed(): boolean
  /** Nothing starts any more. */
  shut(): void
}
