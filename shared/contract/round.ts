import type { TransferId } from './models.ts'
import type { Transfer } from './models-transfers.ts'

/**
 * Transfers from the first that has something to do to the moment when none has. `done` and
 * `total`: bytes of those that go on and of those that ended well; `total` is 0 while files are
 * still being counted; `unfinished`: how many go on. Many files are one.
 */
export interface RoundTotals {
  readonly done: number
  readonly total: number
  readonly unfinished: number
}

/** How a round ended. */
export interface RoundEnd {
  readonly finished: number
  /** Failed, or waiting for the user. */
  readonly needs: number
  /** Of the first three that finished. */
  readonly names: readonly string[]
}

/**
 * For a dock or taskbar: −1 for nothing, 2 for "something, nobody knows how much", else 0 to 0.99:
 * it is 1 only when it is over.
 */
export function progressOf({ done, total, unfinished }: RoundTotals): number {
  if (unfinished === 0) return -1
  return total === 0 ? 2 : Math.min(0.99, Math.max(0, done / total))
}

/** What of a round is looked at from outside a list. */
export interface Round {
  /** The end, if this was it. Transfers that are all paused have not ended. */
  changed(transfers: readonly Transfer[]): RoundEnd | null
  /** Those that were cancelled, or cleared away: no news, whoever did it knows. */
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

/** Takes the core's events; every one costs what it brings, however many transfers there are. */
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
  /** What stands still stays known, so that it counts when it goes on. */
  const close = (): void => {
    for (const [id, { standing }] of members) if (standing !== 'paused') set(id, null)
    names = []
  }
  return {
    changed(transfers) {
      const wentOn = counts.going > 0
      for (const transfer of transfers) {
        // The many it is one of count it.
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
