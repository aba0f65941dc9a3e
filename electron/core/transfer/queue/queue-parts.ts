import type { AppError } from '../../../../shared/contract/errors.ts'
import type { TransferId } from '../../../../shared/contract/models.ts'
import type { Transfer } from '../../../../shared/contract/models-transfers.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import type { Announcer } from './announcer.ts'
import type { BatchJob } from '../run/jobs.ts'
import type { KindOf, QueuedJob } from './job-kind.ts'
import type { WorkerPool } from '../../worker/pool.ts'
import type { QueueBook } from './queue-book.ts'
import type { SkippedNames } from './skipped-names.ts'
import type { CheckpointStore } from '../run/checkpoint-store.ts'
import type { Batch, Entry } from './queue-entry.ts'
import type { Step } from '../run/transfer-state.ts'

/** The settings of a queue, and the functions that it calls. */
export interface QueueOptions {
  readonly kindOf: KindOf
  readonly pool: WorkerPool
  /** Returns the time in milliseconds since 1970. */
  now(): number
  /**
   * Returns how many transfers, and how many parts of one transfer, run at the same time. Called
   * whenever something could start.
   */
  limits(): { readonly files: number; readonly parts: number; readonly trafficLimit?: number }
  /** Announces changed rows, at most four times a second. */
  changed(transfers: readonly Transfer[]): void
  removed(ids: readonly TransferId[]): void
  /** Turns a thrown bug into the error that may be shown. */
  masked(cause: unknown): AppError
  /**
   * Called for each unit of a batch that ended, well or not, in shells where nobody can try it
   * again. The queue removes a failed unit then.
   */
  unitEnded?(transfer: Transfer): void
  /** Null: no transfer outlives the process, and no transfer waits for the network. */
  readonly book?: QueueBook | null
  /** Stores the names of skipped rows. Left out: nobody asks for them later. */
  readonly skippedNames?: SkippedNames
  /**
   * Makes the checkpoint store of a running upload in a shell without a book. The store serves the
   * next start when the process dies.
   */
  readonly started?: () => CheckpointStore
  /**
   * Makes the job of a transfer again from its record, after a restart. Null: the job can no longer
   * be made. `done`: the number behind the last row of a batch that ended well.
   */
  revive?(record: unknown, done?: number): QueuedJob | BatchJob | null
  /** Says whether restored transfers go on or wait for the user. */
  readonly onStart?: 'continue' | 'paused'
}

/**
 * The state of the queue, and the operations that its files share. `transfer-queue.ts` calls them
 * for the user.
 */
export interface QueueCore {
  readonly entries: Map<TransferId, Entry>
  readonly batches: Map<TransferId, Batch>
  /** Transfers and units that wait for a place, to start or to go on. */
  readonly line: Set<Entry>
  /** Batches of which more units may start. */
  readonly batchLine: Set<Batch>
  /** Transfers and units that take places. */
  readonly active: Set<Entry>
  /** Cancelled transfers that are still tidying up. */
  readonly leaving: Set<Promise<unknown>>
  readonly announcer: Announcer
  add(jobs: readonly (QueuedJob | BatchJob)[], checkpoint?: Checkpoint): readonly TransferId[]
  /** Gives free places to the transfers in line first, and then to units of batches. */
  fill(): void
  queueUp(entry: Entry): void
  pause(entry: Entry): void
  pauseBatch(batch: Batch): void
  resumeBatch(batch: Batch): void
  /** Takes a transfer off the list. */
  leave(entry: Entry): void
  leaveBatch(batch: Batch): void
  release(one: Entry | Batch): void
  tell(entry: Entry, step: Step): void
  tellBatch(batch: Batch, step: Step): void
  /** Updates the counts of a batch, and ends the batch when all its units have ended. */
  settle(batch: Batch): void
  /**
   * Notes that the host of a transfer did not answer. Returns the time of the next try, in
   * milliseconds since 1970.
   */
  wentDown(one: Entry | Batch): number
  isDown(one: Entry | Batch): boolean
  /** Runs a write that only the next start of the app needs. Its error does not stop this start. */
  quietly(write: () => void): void
  setOpen(open: boolean): void
  isClosed(): boolean
  /** Prevents every further start. */
  shut(): void
}
