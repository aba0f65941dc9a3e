import type { z } from 'zod'
import type { BatchJob, ChildJob } from '../../transfer/run/jobs.ts'
import type { JobKind } from '../../transfer/queue/job-kind.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'

/** The fields of every record: plain data in the journal, with no secret and no bytes in it. */
export interface AnyRecord {
  readonly kind: string
}

/**
 * The storage of one kind of job. A job is made when the user starts it, and again after a restart.
 */
export interface RecordKind<R extends AnyRecord = AnyRecord> {
  readonly kind: R['kind']
  /** Accepts the records of all versions of the app, with defaults for missing fields. */
  readonly record: z.ZodType<R>
  /**
   * Makes the job. Values that may change while the job waits are read when it runs: account, keys,
   * existing objects. `done`: the number behind the last row of a batch that ended well before a
   * restart. It is left out when the user starts the job now.
   */
  make(needs: JobNeeds, record: R, done?: number): ChildJob | BatchJob
  /** Returns the name of a batch's list. */
  listOf?(record: R): string
}

/** One kind of job in one file. The kind stores, makes, runs, tidies up and shows its jobs. */
export type Kind<R extends AnyRecord, J extends ChildJob> = RecordKind<R> & JobKind<J>
