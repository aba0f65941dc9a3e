import type { TransferId } from '../../../../shared/contract/models.ts'
import type { Transfer } from '../../../../shared/contract/models-transfers.ts'

/** Four times a second is as often as anybody looks. */
const TICK_MS = 250

interface AnnouncerOptions {
  /** Null when it is gone, or has no row. */
  shown(id: TransferId): Transfer | null
  /** Those whose speed may change by itself. */
  running(): readonly TransferId[]
  changed(transfers: readonly Transfer[]): void
  removed(ids: readonly TransferId[]): void
}

/**
 * Tells what changed, in batches. The first change after a quiet time is told at the end of the
 * same turn.
 */
export interface Announcer {
  touch(id: TransferId): void
  /** Somebody asked for the list, and was shown these. */
  listed(ids: readonly TransferId[]): void
  /** It is off the list: said at once if anybody was ever told of it, and never otherwise. */
  gone(ids: readonly TransferId[]): void
  /** The same, at the next tick. */
  left(id: TransferId): void
  close(): void
}

export function openAnnouncer({ shown, running, changed, removed }: AnnouncerOptions): Announcer {
  const touched = new Set<TransferId>()
  /** Told of, and not yet told to be gone. */
  const known = new Set<TransferId>()
  const leaving = new Set<TransferId>()
  /** Last told speed of those that run: a stall is news too. */
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
