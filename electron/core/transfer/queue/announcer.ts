import type { TransferId } from '../../../../shared/contract/models.ts'
import type { Transfer } from '../../../../shared/contract/models-transfers.ts'

/** Milliseconds between two announcements. Nobody looks at the list more often. */
const TICK_MS = 250

interface AnnouncerOptions {
  /** Returns the row of a transfer; null when the transfer is gone or has no row. */
  shown(id: TransferId): Transfer | null
  /** Returns the transfers whose speed may change without an event. */
  running(): readonly TransferId[]
  changed(transfers: readonly Transfer[]): void
  removed(ids: readonly TransferId[]): void
}

/**
 * Announces changed rows, at most four times a second. The first change after a quiet time is
 * announced at the end of the same turn.
 */
export interface Announcer {
  touch(id: TransferId): void
  /** Notes that a caller got these rows as the list. */
  listed(ids: readonly TransferId[]): void
  /**
   * Announces at once that transfers left the list. A transfer that was never announced is left
   * out.
   */
  gone(ids: readonly TransferId[]): void
  /** Announces at the next tick that a transfer left the list. */
  left(id: TransferId): void
  close(): void
}

/** Makes an announcer that has announced nothing yet. */
export function openAnnouncer({ shown, running, changed, removed }: AnnouncerOptions): Announcer {
  const touched = new Set<TransferId>()
  /** Transfers that were announced, and whose end on the list was not. */
  const known = new Set<TransferId>()
  const leaving = new Set<TransferId>()
  /**
   * The last announced speed of each running transfer. A transfer that stalls has no other event.
   */
  let speeds = new Map<TransferId, number | null>()
  let timer: NodeJS.Timeout | null = null
  let soon = false

  const gone = (ids: readonly TransferId[]): void => {
    const told = ids.filter((id) => known.delete(id))
    for (const id of ids) touched.delete(id)
    if (told.length > 0) removed(told)
  }
  const tellAll = (): void => {
    const current = new Map<TransferId, number | null>()
    for (const id of running()) {
      const speed = shown(id)?.speed ?? null
      current.set(id, speed)
      if (speeds.has(id) && speeds.get(id) !== speed) touched.add(id)
    }
    speeds = current
    const news = [...touched].flatMap((id) => shown(id) ?? [])
    touched.clear()
    for (const { id } of news) known.add(id)
    if (news.length > 0) changed(news)
    if (leaving.size > 0) gone([...leaving])
    leaving.clear()
  }
  const tick = (): void => {
    timer = null
    const busy = touched.size > 0 || leaving.size > 0 || running().length > 0
    tellAll()
    if (busy) timer = setTimeout(tick, TICK_MS)
  }
  const begin = (): void => {
    if (timer !== null || soon) return
    soon = true
    queueMicrotask(() => {
      soon = false
      if (timer === null) tick()
    })
  }
  return {
    gone,
    listed: (ids) => ids.forEach((id) => known.add(id)),
    touch(id) {
      touched.add(id)
      leaving.delete(id)
      begin()
    },
    left(id) {
      leaving.add(id)
      begin()
    },
    close() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      touched.clear()
      leaving.clear()
    },
  }
}
