import type { TransferId } from '../../../../shared/contract/models.ts'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { Transfer, TransferPhase } from '../../../../shared/contract/models-transfers.ts'
import { TROUBLE } from '../../../../shared/contract/transfer-phases.ts'
import type { Control } from '../run/control.ts'
import type { BatchJob } from '../run/jobs.ts'
import { snapshot, type TransferState } from '../run/transfer-state.ts'
import type { KindOf, QueuedJob } from './job-kind.ts'

/** A transfer of one job, or one unit of a batch. */
export interface Entry {
  readonly id: TransferId
  /** Replaced when the user decides about a name that is taken. */
  job: QueuedJob
  state: TransferState
  /** Set while the job runs or stands still half-way; null before its start and after its end. */
  live: { readonly control: Control; readonly ended: Promise<void> } | null
  released: boolean
  /** The batch that the unit belongs to; null for a transfer of one job. */
  readonly batch: Batch | null
  /** The number of the unit's first row in the batch, and the number of its rows. */
  readonly index: number
  readonly count: number
}

/**
 * A transfer of many rows. Units that run, wait for a place or are in trouble are entries. All
 * other units are only counted.
 */
export interface Batch {
  readonly id: TransferId
  readonly job: BatchJob
  state: TransferState
  readonly children: Set<Entry>
  done: number
  skipped: number
  /**
   * Rows that failed, were reported and were removed. `firstLost`: why the first of them failed.
   * `lostToAll`: how many units failed for a reason that every unit shares.
   */
  lost: number
  firstLost: { readonly phase: TransferPhase; readonly error: AppError } | null
  lostToAll: number
  /** True: OSS gave no CRC-64 for at least one object. */
  unsummed: boolean
  /** True: the search for rows has ended, and all units were handed out. */
  handedOut: boolean
  paused: boolean
  released: boolean
  /** Stops listening for more rows. */
  off: () => void
}

/**
 * The most bytes of a small file. A small file mostly waits for answers, so many of them share the
 * place of one large file.
 */
const SMALL_BYTES = 256 * 1024
/** The part of a place that a small file takes. */
export const LEAST_PLACES = 1 / 16

/** Returns how many of the places in the settings a job takes while it runs. */
export function placesOf(job: QueuedJob, kindOf: KindOf): number {
  return kindOf(job.kind).sharesPlace === true && job.size !== null && job.size <= SMALL_BYTES
    ? LEAST_PLACES
    : 1
}

/**
 * A file of a batch has a row of its own from this size on, and when it is in trouble. Thousands of
 * rows for small files would tell nobody anything.
 */
const ROW_BYTES = 4 * 1024 * 1024

/** Tells whether a transfer or unit has a row of its own in the list. */
export function hasRow({ batch, state: { shown } }: Entry): boolean {
  if (batch === null) return true
  // The row of the batch says that the network is away.
  if (batch.job.isOneFile) return TROUBLE.has(shown.phase) && shown.phase !== 'needs-network'
  return TROUBLE.has(shown.phase) || (shown.total >= ROW_BYTES && shown.phase !== 'done')
}

/**
 * Returns the profile and the bucket that the requests of a transfer go to. Transfers to the same
 * bucket fail together.
 */
export function hostOf({ state: { shown } }: Entry | Batch): string {
  return `${shown.profileId ?? ''}/${shown.bucket ?? ''}`
}

/** Returns the row of a transfer, or null where it has no row. */
export function rowOf(entry: Entry | Batch, now: number): Transfer | null {
  return 'children' in entry || hasRow(entry) ? snapshot(entry.state, now) : null
}
