import type { TransferId } from '../../../../shared/contract/models.ts'
import type { AppError } from '../../../../shared/contract/errors.ts'
import type { Transfer, TransferPhase } from '../../../../shared/contract/models-transfers.ts'
import { TROUBLE } from '../../../../shared/contract/transfer-phases.ts'
import type { Control } from '../run/control.ts'
import type { BatchJob } from '../run/jobs.ts'
import { snapshot, type TransferState } from '../run/transfer-state.ts'
import type { KindOf, QueuedJob } from './job-kind.ts'

/** One job of its own, or one unit of many. */
export interface Entry {
  readonly id: TransferId
  /** Another one after the user decided about a name that is taken. */
  job: QueuedJob
  state: TransferState
  /** While it runs or stands still half-way; null before its start and after its end. */
  live: { readonly control: Control; readonly ended: Promise<void> } | null
  released: boolean
  /** The many that it is a unit of; null for a job of its own. */
  readonly batch: Batch | null
  /** The number of its first row among the many, and how many rows it has. */
  readonly index: number
  readonly count: number
}

/** Many rows: units that run or are in trouble are entries, and all others are only counted. */
export interface Batch {
  readonly id: TransferId
  readonly job: BatchJob
  state: TransferState
  readonly children: Set<Entry>
  done: number
  skipped: number
  /**
   * Failed ones that were told of and are not kept; why the first of them failed, and how many for
   * what all the others would meet too.
   */
  lost: number
  firstLost: { readonly phase: TransferPhase; readonly error: AppError } | null
  lostToAll: number
  /** OSS gave no CRC-64 of at least one. */
  unsummed: boolean
  /** Found by another start of the app, or by this one: all files were handed out. */
  handedOut: boolean
  paused: boolean
  released: boolean
  /** Stops listening for more files. */
  off: () => void
}

/**
 * Places that a small file takes of those for files: what it costs is the waiting, so many go side
 * by side.
 */
const SMALL_BYTES = 256 * 1024
/** What the smallest file takes. */
export const LEAST_PLACES = 1 / 16

/** The places that a job takes while it runs, of as many as the settings allow. */
export function placesOf(job: QueuedJob, kindOf: KindOf): number {
  return kindOf(job.kind).sharesPlace === true && job.size !== null && job.size <= SMALL_BYTES
    ? LEAST_PLACES
    : 1
}

/**
 * Files of many have a row of their own from this size on, or when they are in trouble: thousands
 * of small ones a second are no news.
 */
const ROW_BYTES = 4 * 1024 * 1024

export function hasRow({ batch, state: { shown } }: Entry): boolean {
  if (batch === null) return true
  // That the network is away is told by the row of the many.
  if (batch.job.isOneFile) return TROUBLE.has(shown.phase) && shown.phase !== 'needs-network'
  return TROUBLE.has(shown.phase) || (shown.total >= ROW_BYTES && shown.phase !== 'done')
}

/**
 * The place that a transfer's requests go to, as far as the queue can tell: transfers to one place
 * fail together.
 */
export function hostOf({ state: { shown } }: Entry | Batch): string {
  return `${shown.profileId ?? ''}/${shown.bucket ?? ''}`
}

/** What everybody is told of one, or null where it has no row. */
export function rowOf(entry: Entry | Batch, now: number): Transfer | null {
  return 'children' in entry || hasRow(entry) ? snapshot(entry.state, now) : null
}
