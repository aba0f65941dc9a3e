import type { TransferId } from '../../../shared/contract/models.ts'
import {
  newestFirst,
  countedAs,
  inLine,
  isChild,
  isCounting,
  standingOf,
  type TotalsClass,
  type Standing,
  type Totals,
  type Transfer,
} from './transfer-facts.ts'
import { sortedRows, type SortedRows } from './sorted-rows.ts'

/**
 * All transfers, found by id and in order, with their totals. There may be a hundred thousand, with
 * four events a second, so each change costs only the changed rows. The data is changed in place.
 * Each change returns a new object, so that observers notice; the old object must not be used any
 * more.
 */
export interface Transfers {
  readonly size: number
  get(id: TransferId): Transfer | undefined
  rows(
    standing: Standing,
  ): Pick<SortedRows<Transfer>, 'length' | 'at' | 'indexOf' | 'beginning' | 'values'>
  totals(): Totals
  with(changed: readonly Transfer[]): Transfers
  without(ids: readonly TransferId[]): Transfers
}

export function transfersOf(list: readonly Transfer[]): Transfers {
  const byId = new Map<TransferId, Transfer>()
  const rows: Readonly<Record<Standing, SortedRows<Transfer>>> = {
    needs: sortedRows(inLine),
    running: sortedRows(inLine),
    waiting: sortedRows(inLine),
    over: sortedRows(newestFirst),
  }
  const sums = openSums()
  const put = (transfer: Transfer): void => {
    const before = byId.get(transfer.id)
    byId.set(transfer.id, transfer)
    const to = rows[standingOf(transfer)]
    if (before === undefined) to.add(transfer)
    else if (rows[standingOf(before)] === to) to.replace(before, transfer)
    else {
      rows[standingOf(before)].remove(before)
      to.add(transfer)
    }
    sums.change(before, transfer)
  }
  const drop = (id: TransferId): void => {
    const before = byId.get(id)
    if (before === undefined) return
    byId.delete(id)
    rows[standingOf(before)].remove(before)
    sums.change(before, undefined)
  }
  const seen = (): Transfers => ({
    size: byId.size,
    get: (id) => byId.get(id),
    rows: (standing) => rows[standing],
    totals: sums.totals,
    with(changed) {
      changed.forEach(put)
      return seen()
    },
    without(ids) {
      ids.forEach(drop)
      return seen()
    },
  })
  return seen().with(list)
}

/**
 * Sums over all transfers that are no files of a batch. Bytes are whole numbers, so sums and
 * differences are exact.
 */
function openSums() {
  const counts: Record<TotalsClass, number> = {
    running: 0,
    paused: 0,
    waiting: 0,
    noNetwork: 0,
    done: 0,
    needKey: 0,
    needOther: 0,
  }
  let bytesDone = 0,
    bytesTotal = 0,
    toMove = 0,
    speed = 0,
    moving = 0,
    counting = 0,
    finished = 0
  const add = (transfer: Transfer, way: 1 | -1): void => {
    const as = countedAs(transfer)
    counts[as] += way
    // Neither moves any bytes.
    if (as === 'done' || transfer.kind === 'delete' || transfer.kind === 'count') return
    bytesDone += way * transfer.done
    bytesTotal += way * transfer.total
    if (as === 'running' || as === 'waiting') toMove += way * (transfer.total - transfer.done)
    if (isCounting(transfer)) counting += way
    if (transfer.speed === null) return
    moving += way
    speed += way * transfer.speed
  }
  return {
    change(before: Transfer | undefined, now: Transfer | undefined): void {
      if (isChild(before ?? (now as Transfer))) return
      if (before !== undefined) add(before, -1)
      if (now !== undefined) add(now, 1)
      if (now?.phase === 'done' && before !== undefined && before.phase !== 'done')
        finished += now.total
      if (counts.running + counts.waiting + counts.paused + counts.noNetwork === 0) finished = 0
    },
    totals: (): Totals => ({
      ...counts,
      unfinished:
        counts.running +
        counts.paused +
        counts.waiting +
        counts.noNetwork +
        counts.needKey +
        counts.needOther,
      bytesDone: bytesDone + finished,
      bytesTotal: bytesTotal + finished,
      counting: counting > 0,
      speed: moving > 0 ? speed : null,
      secondsLeft: counting === 0 && moving > 0 && speed > 0 ? Math.ceil(toMove / speed) : null,
    }),
  }
}
