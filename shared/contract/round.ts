import type { TransferId } from './models.ts'
import type { Transfer } from './models-transfers.ts'

/**
 * A round lasts from the first transfer that has work to the moment when no transfer has work. A
 * batch counts as one transfer.
 * `done` and `total`: bytes of the unfinished transfers and of those that ended well. `total` is 0
 * while the app still counts files. `unfinished`: the number of transfers that still have work.
 */
export interface RoundTotals {
  readonly done: number
  readonly total: number
  readonly unfinished: number
}

/** How a round ended. */
export interface RoundEnd {
  readonly finished: number
  /** Transfers that failed or wait for the user. */
  readonly needs: number
  /** Names of the first three transfers that finished. */
  readonly names: readonly string[]
}

/**
 * Returns the progress for a dock or taskbar. −1: no progress. 2: the progress is unknown. 0 to
 * 0.99: the fraction of the bytes. The round is over at 1, so an unfinished round stays below.
 */
export function progressOf({ done, total, unfinished }: RoundTotals): number {
  if (unfinished === 0) return -1
  return total === 0 ? 2 : Math.min(0.99, Math.max(0, done / total))
}

/** The interface of a round for code outside a list. */
export interface Round {
  /**
   * Takes changed transfers and returns the end of the round, or null before the end. A round whose
   * transfers are all paused has not ended.
   */
  changed(transfers: readonly Transfer[]): RoundEnd | null
  /**
   * Forgets transfers that the user cancelled or cleared away. The user knows of them, so no
   * notification follows.
   */
  removed(ids: readonly TransferId[]): void
  totals(): RoundTotals
}

type Standing = 'going' | 'paused' | 'needs' | 'finished'
interface Member {
  readonly standing: Standing
  readonly done: number
  readonly total: number
  readonly counting: boolean
}

const NAMES = 3

/**
 * Opens a round that takes the core's events. The cost of an event depends on its content alone,
 * not on the number of transfers.
 */
export function openRound(): Round {
  const members = new Map<TransferId, Member>()
  let counts: Readonly<Record<Standing, number>> = { going: 0, paused: 0, needs: 0, finished: 0 }
  let [done, total, counting] = [0, 0, 0]
  let names: readonly string[] = []

  const add = (member: Member | undefined, sign: 1 | -1): void => {
    if (member === undefined) return
    counts = { ...counts, [member.standing]: counts[member.standing] + sign }
    if (member.standing !== 'going' && member.standing !== 'finished') return
    done += sign * member.done
    total += sign * member.total
    counting += member.counting ? sign : 0
  }
  const set = (id: TransferId, member: Member | null): void => {
    add(members.get(id), -1)
    members.delete(id)
    if (member === null) return
    members.set(id, member)
    add(member, 1)
  }
  /**
   * Forgets all transfers except the paused ones. A paused transfer counts again when it continues.
   */
  const close = (): void => {
    for (const [id, { standing }] of members) if (standing !== 'paused') set(id, null)
    names = []
  }
  return {
    changed(transfers) {
      const wentOn = counts.going > 0
      for (const transfer of transfers) {
        // The batch of this transfer counts it.
        if (transfer.batchId !== null) continue
        const standing = standingOf(transfer)
        if (
          standing === 'finished' &&
          members.get(transfer.id)?.standing !== 'finished' &&
          names.length < NAMES
        )
          names = [...names, transfer.name]
        set(transfer.id, {
          standing,
          done: standing === 'finished' ? transfer.total : transfer.done,
          total: transfer.total,
          counting: transfer.files?.counting === true,
        })
      }
      if (counts.going > 0 || counts.paused > 0) return null
      const { finished, needs } = counts
      const end = wentOn ? { finished, needs, names } : null
      close()
      return end
    },
    removed(ids) {
      for (const id of ids) set(id, null)
      if (counts.going === 0 && counts.paused === 0) close()
    },
    totals: () => ({ done, total: counting > 0 ? 0 : total, unfinished: counts.going }),
  }
}

function standingOf({ phase }: Transfer): Standing {
  switch (phase) {
    case 'done':
      return 'finished'
    case 'failed':
    case 'needs-user':
    case 'needs-master-key':
    case 'needs-credentials':
      return 'needs'
    case 'paused':
      return 'paused'
    default:
      return 'going'
  }
}
