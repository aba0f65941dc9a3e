import type { Transfer } from '../../../shared/contract/models-transfers.ts'
import { groups, type Group, type Standing } from '../../queries/transfers/transfer-facts.ts'
import type { Transfers } from '../../queries/transfers/transfer-book.ts'

/** One group of the page, with its rows by number. */
export interface TransferSection {
  readonly group: Group
  readonly count: number
  at(index: number): Transfer | undefined
  /** Returns -1 for a transfer of another group. */
  indexOf(transfer: Transfer): number
}

/**
 * Returns the groups in their order. Transfers that are over are one list, cut where today began.
 */
export function sectionsOf(transfers: Transfers, now: Date): readonly TransferSection[] {
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime()
  const today = transfers
    .rows('over')
    .beginning(({ changed }) => new Date(changed).getTime() >= midnight)
  return groups.map((group): TransferSection => {
    const rows = transfers.rows(STANDING[group])
    const [from, to] =
      group === 'done'
        ? [0, today]
        : group === 'earlier'
          ? [today, rows.length()]
          : [0, rows.length()]
    return {
      group,
      count: to - from,
      at: (index) => rows.at(from + index),
      indexOf(transfer) {
        const index = rows.indexOf(transfer)
        return index >= from && index < to ? index - from : -1
      },
    }
  })
}

const STANDING: Readonly<Record<Group, Standing>> = {
  needs: 'needs',
  running: 'running',
  waiting: 'waiting',
  done: 'over',
  earlier: 'over',
}

/** Finds a transfer by its number over all sections, and its number by its id. */
export function rowsOf(sections: readonly TransferSection[], transfers: Transfers) {
  return {
    at(index: number): Transfer | undefined {
      let left = index
      for (const section of sections) {
        if (left < section.count) return section.at(left)
        left -= section.count
      }
      return undefined
    },
    indexOf(id: string): number {
      const transfer = transfers.get(id)
      if (transfer === undefined) return -1
      let before = 0
      for (const section of sections) {
        const index = section.indexOf(transfer)
        if (index >= 0) return before + index
        before += section.count
      }
      return -1
    },
  }
}
