import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { TROUBLE } from '../../shared/contract/transfer-phases.ts'
import { groupBy } from './group-by.ts'

export type { Transfer }
export type TransferId = Transfer['id']

export const isUnfinished = (transfer: Transfer): boolean => transfer.phase !== 'done'
export const isMoving = (transfer: Transfer): boolean => transfer.phase === 'running' || transfer.phase === 'finishing'
/** 'failed' too: somebody has to look at it. */
export const needsUser = (transfer: Transfer): boolean => TROUBLE.has(transfer.phase)

/** A master key would let it go on. */
export const needsKey = (transfer: Transfer): boolean =>
  needsUser(transfer) && (transfer.error?.code === 'unknown-master-key' || transfer.error?.code === 'wrong-master-key' || transfer.error?.code === 'no-master-key')

/** The groups of the page, in their order. */
export type Group = 'needs' | 'running' | 'waiting' | 'done' | 'earlier'
export const groups: readonly Group[] = ['needs', 'running', 'waiting', 'done', 'earlier']

export function groupOf(transfer: Transfer, now: Date): Group {
  if (needsUser(transfer)) return 'needs'
  if (isMoving(transfer)) return 'running'
  if (transfer.phase === 'waiting' || transfer.phase === 'paused') return 'waiting'
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime()
  return new Date(transfer.changed).getTime() >= midnight ? 'done' : 'earlier'
}

/** Newest first where it is over, oldest first where it still waits its turn. */
export function inOrder(transfers: Iterable<Transfer>, now: Date): ReadonlyMap<Group, readonly Transfer[]> {
  const sorted = Array.from(transfers).sort((a, b) => a.order - b.order)
  const grouped = groupBy(sorted, (transfer) => groupOf(transfer, now))
  for (const group of ['done', 'earlier'] as const) grouped.get(group)?.sort((a, b) => b.changed.localeCompare(a.changed) || b.order - a.order)
  return grouped
}

/** What all transfers of now come to. */
export interface Totals {
  readonly running: number
  readonly paused: number
  readonly waiting: number
  readonly done: number
  readonly needKey: number
  readonly needOther: number
  /** Bytes of everything not finished, and of what finished beside it. */
  readonly bytesDone: number
  readonly bytesTotal: number
  /** Bytes per second; null when nothing moves. */
  readonly speed: number | null
  readonly secondsLeft: number | null
}

export function totalsOf(transfers: Iterable<Transfer>): Totals {
  let running = 0, paused = 0, waiting = 0, done = 0, needKey = 0, needOther = 0
  let bytesDone = 0, bytesTotal = 0, speed = 0, moving = false, toMove = 0
  for (const transfer of transfers) {
    if (transfer.phase === 'done') {
      done++
      continue
    }
    bytesDone += transfer.done
    bytesTotal += transfer.total
    if (needsUser(transfer)) {
      if (needsKey(transfer)) needKey++
      else needOther++
      continue
    }
    if (transfer.phase === 'paused') paused++
    else {
      toMove += transfer.total - transfer.done
      if (transfer.phase === 'waiting') waiting++
      else running++
    }
    if (transfer.speed !== null) {
      moving = true
      speed += transfer.speed
    }
  }
  const secondsLeft = moving && speed > 0 ? Math.ceil(toMove / speed) : null
  return { running, paused, waiting, done, needKey, needOther, bytesDone, bytesTotal, speed: moving ? speed : null, secondsLeft }
}
