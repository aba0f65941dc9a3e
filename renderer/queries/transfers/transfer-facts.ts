import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { TROUBLE } from '../../../shared/contract/transfer-phases.ts'

export type { Transfer }

export const isMoving = (transfer: Transfer): boolean =>
  transfer.phase === 'running' || transfer.phase === 'finishing'
/**
 * True if the user must act, also for 'failed'. A transfer that waits for the network is tried
 * again by itself.
 */
export const needsUser = (transfer: Transfer): boolean =>
  TROUBLE.has(transfer.phase) && transfer.phase !== 'needs-network'
/** True if the transfer has stopped until somebody helps. */
export const isStuck = (transfer: Transfer): boolean => TROUBLE.has(transfer.phase)

/** A master key would let it continue. */
export const needsKey = (transfer: Transfer): boolean =>
  needsUser(transfer) &&
  (transfer.error?.code === 'unknown-master-key' ||
    transfer.error?.code === 'wrong-master-key' ||
    transfer.error?.code === 'no-master-key')

/** One of the files of a batch. The batch counts them. */
export const isChild = (transfer: Transfer): boolean => transfer.batchId !== null

/** The total is not known yet. */
export const isCounting = (transfer: Transfer): boolean => transfer.files?.counting === true

/** The groups of the page, in their order. */
export type Group = 'needs' | 'running' | 'waiting' | 'done' | 'earlier'
export const groups: readonly Group[] = ['needs', 'running', 'waiting', 'done', 'earlier']

/** The same, without a calendar. */
export type Standing = 'needs' | 'running' | 'waiting' | 'over'

export function standingOf(transfer: Transfer): Standing {
  if (needsUser(transfer)) return 'needs'
  if (isMoving(transfer)) return 'running'
  return transfer.phase === 'done' ? 'over' : 'waiting'
}

/** Oldest first. The files of a batch follow it. */
export function inLine(a: Transfer, b: Transfer): number {
  if (a.order !== b.order) return a.order - b.order
  if (a.batchId === null || b.batchId === null)
    return Number(a.batchId !== null) - Number(b.batchId !== null) || byText(a.id, b.id)
  // Ids of files end in their number.
  return a.id.length - b.id.length || byText(a.id, b.id)
}

/** Transfers that are over: newest first. */
export const newestFirst = (a: Transfer, b: Transfer): number =>
  byText(b.changed, a.changed) || b.order - a.order || byText(a.id, b.id)

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The class of a transfer in the totals. */
export type TotalsClass =
  'running' | 'paused' | 'waiting' | 'noNetwork' | 'done' | 'needKey' | 'needOther'

export function countedAs(transfer: Transfer): TotalsClass {
  if (transfer.phase === 'done' || transfer.phase === 'paused' || transfer.phase === 'waiting')
    return transfer.phase
  if (transfer.phase === 'needs-network') return 'noNetwork'
  return isMoving(transfer) ? 'running' : needsKey(transfer) ? 'needKey' : 'needOther'
}

/** Totals of all current transfers. A batch counts once and its files do not count. */
export interface Totals extends Readonly<Record<TotalsClass, number>> {
  readonly unfinished: number
  /** Bytes of all unfinished transfers, and of those that finished since the last start. */
  readonly bytesDone: number
  readonly bytesTotal: number
  /** Files are still being counted, so `bytesTotal` is the sum so far. */
  readonly counting: boolean
  /** Bytes per second; null while nothing moves. */
  readonly speed: number | null
  /** Null if it cannot be estimated. */
  readonly secondsLeft: number | null
}
