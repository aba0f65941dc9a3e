import type { TransferOutcome } from '../../../../shared/contract/models-transfers.ts'
import type { Checkpoint } from '../run/checkpoint.ts'
import type { BatchJob, ChildJob } from '../run/jobs.ts'
import type { Running } from '../run/running.ts'

/** One job as the queue sees it. `kind` names its row in the table of kinds. */
export type QueuedJob = ChildJob

/** The functions by which the queue runs, shows and tidies up the jobs of one kind. */
export interface JobKind<J extends QueuedJob = QueuedJob> {
  readonly kind: J['kind']
  /** Carries the job out once, from its start or its checkpoint to its end. Throws Failure. */
  run(job: J, running: Running): Promise<TransferOutcome>
  /**
   * Removes what an ended job left behind: parts in the bucket, a hidden file on this computer.
   * `prints`: the folder of prints, or null. Never rejects.
   */
  tidy(job: J, last: Checkpoint, prints: string | null): Promise<void>
  shown(job: J): BatchJob['shown']
  /** Returns the same job with another rule for a name that is taken. Left out: no rule exists. */
  decide?(job: J, existing: 'skip' | 'rename' | 'replace'): J
  /** Returns the same job without a seal. Left out: the kind makes no seals. */
  withoutSeal?(job: J): J
  /** True: many small jobs run side by side in the place of one large job. */
  readonly sharesPlace?: true
  /** True: a shell without a journal keeps a record of the job while it runs. */
  readonly isRecordedWhileRunning?: true
}

/** Finds the kind of a job. Throws for a kind that is not in the table, which is a bug. */
export type KindOf = (kind: string) => JobKind
