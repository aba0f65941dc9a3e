import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { TROUBLE } from '../../shared/contract/transfer-phases.ts'

export type { Transfer }
export type TransferId = Transfer['id']

export const isMoving = (transfer: Transfer): boolean =>
  transfer.phase === 'running' || transfer.phase === 'finishing'
/**
 * 'failed' too: somebody has to look at it. Not one that waits for the network: that is tried again
 * by itself.
 */
export const needsUser = (transfer: Transfer): boolean =>
  TROUBLE.has(transfer.phase) && transfer.phase !== 'needs-network'
/** Stands still until it is helped, by whomever. */
export const isStuck = (transfer: Transfer): boolean => TROUBLE.has(transfer.phase)

/** A master key would let it go on. */
export const needsKey = (transfer: Transfer): boolean =>
  needsUser(transfer) &&
  (transfer.error?.code === 'unknown-master-key' ||
    transfer.error?.code === 'wrong-master-key' ||
    transfer.error?.code === 'no-master-key')

/** One of the files of a transfer of many, which counts them itself. */
export const isChild = (transfer: Transfer): boolean => transfer.batchId !== null

/** Nobody knows yet how much it will be. */
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

/** Oldest first; right after a transfer of many come its files. */
export function inLine(a: Transfer, b: Transfer): number {
  if (a.order !== b.order) return a.order - b.order
  if (a.batchId === null || b.batchId === null)
    return Number(a.batchId !== null) - Number(b.batchId !== null) || byText(a.id, b.id)
  // Ids of files end in their number.
  return a.id.length - b.id.length || byText(a.id, b.id)
}

/** What is over: newest first. */
export const newestFirst = (a: Transfer, b: Transfer): number =>
  byText(b.changed, a.changed) || b.order - a.order || byText(a.id, b.id)

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** How one counts among all. */
export type Counted =
  'running' | 'paused' | 'waiting' | 'noNetwork' | 'done' | 'needKey' | 'needOther'

export function countedAs(transfer: Transfer): Counted {
  if (transfer.phase === 'done' || transfer.phase === 'paused' || transfer.phase === 'waiting')
    return transfer.phase
  if (transfer.phase === 'needs-network') return 'noNetwork'
  return isMoving(transfer) ? 'running' : needsKey(transfer) ? 'needKey' : 'needOther'
}

/** What all transfers of now come to. One of many files counts once, its files do not. */
export interface Totals extends Readonly<Record<Counted, number>> {
  readonly unfinished: number
  /** Bytes of everything not finished, and of what finished since something last began to move. */
  readonly bytesDone: number
  readonly bytesTotal: number
  /** Files are still being counted: `bytesTotal` is what is known of so far. */
  readonly counting: boolean
  /** Bytes per second; null when nothing moves. */
  readonly speed: number | null
  /** Null when it cannot be told. */
  readonly secondsLeft: number | null
}
