import type { Events } from '../../../../shared/contract/routes/events.ts'

type Change = Events['objects.changed']

const TELL_EVERY_MS = 500
/** The most folders that are named in one event. Beyond it the event names the bucket. */
const MOST_FOLDERS = 20

/**
 * Collects folders that transfers changed, and reports them together. Thousands of small files a
 * second would otherwise be thousands of events.
 */
export interface Changes {
  touch(change: Change): void
  /** Reports the remaining folders. */
  close(): void
}

export function openChanges(tell: (change: Change) => void): Changes {
  const waiting = new Map<string, Change>()
  let timer: NodeJS.Timeout | null = null
  let told = -TELL_EVERY_MS
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    told = performance.now()
    const all = [...waiting.values()]
    waiting.clear()
    const places = new Map<string, Change[]>()
    for (const change of all) {
      const place = `${change.profileId} ${change.bucket}`
      places.set(place, [...(places.get(place) ?? []), change])
    }
    for (const changes of places.values()) {
      const [first] = changes
      if (first !== undefined && changes.length > MOST_FOLDERS) tell({ ...first, prefix: '' })
      else for (const change of changes) tell(change)
    }
  }
  return {
    touch(change) {
      waiting.set(`${change.profileId} ${change.bucket} ${change.prefix}`, change)
      // A single change is reported at the end of the turn.
      timer ??= setTimeout(flush, Math.max(0, told + TELL_EVERY_MS - performance.now()))
    },
    close: flush,
  }
}
