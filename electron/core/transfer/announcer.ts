import type { TransferId } from '../../../shared/contract/models.ts'
import type { Transfer } from '../../../shared/contract/models-transfers.ts'

/** Four times a second is as often as anybody looks. */
const TICK_MS = 250

interface AnnouncerOptions {
  /** Null when it is gone. */
  shown(id: TransferId): Transfer | null
  /** Those whose speed may change by itself. */
  running(): readonly TransferId[]
  changed(transfers: readonly Transfer[]): void
}

/** Tells what changed, in batches. The first change after a quiet time is told at the end of the same turn. */
export interface Announcer {
  touch(id: TransferId): void
  close(): void
}

export function openAnnouncer({ shown, running, changed }: AnnouncerOptions): Announcer {
  const touched = new Set<TransferId>()
  /** Last told speed of those that run: a stall is news too. */
  let speeds = new Map<TransferId, number | null>()
  let timer: NodeJS.Timeout | null = null
  let soon = false

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
    if (news.length > 0) changed(news)
  }
  const tick = (): void => {
    timer = null
    const busy = touched.size > 0 || running().length > 0
    tellAll()
    if (busy) timer = setTimeout(tick, TICK_MS)
  }
  return {
    touch(id) {
      touched.add(id)
      if (timer !== null || soon) return
      soon = true
      queueMicrotask(() => {
        soon = false
        if (timer === null) tick()
      })
    },
    close() {
      if (timer !== null) clearTimeout(timer)
      timer = null
      touched.clear()
    },
  }
}
