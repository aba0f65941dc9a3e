import type { z } from 'zod'
import type { BatchJob, ChildJob } from '../../transfer/run/jobs.ts'
import type { JobKind } from '../../transfer/queue/job-kind.ts'
import type { JobNeeds } from '../jobs/job-needs.ts'

/** What every record has: plain data in the journal, with no secret and no bytes in it. */
export interface AnyRecord {
  readonly kind: string
}

/** How jobs of one kind are stored, and made: when the user asks for them, and after a restart. */
export interface RecordKind<R extends AnyRecord = AnyRecord> {
  readonly kind: R['kind']
  /** Takes every record that a version of the app wrote, with defaults for what it left out. */
  readonly record: z.ZodType<R>
  /**
   * Makes the job. Everything that may change while the job waits (account, keys, objects that are
   * there) is asked when it runs. `done`: the number behind the last row of
   * many that ended well before a restart; left out where the user asks for the job now.
   */
  make(needs: JobNeeds, record: R, done?: number): ChildJob | BatchJob
  /** Names the list of the transfer of many. */
  listOf?(record: R): string
}

/** One kind of job in one file: how it is stored, made, run, tidied up and shown. */
export type Kind<R extends AnyRecord, J extends ChildJob> = RecordKind<R> & JobKind<J>
