import type { Events } from '../../../../shared/contract/routes/events.ts'

type Change = Events['objects.changed']

const TELL_EVERY_MS = 500
/** Beyond so many folders at once it is simpler to say that the bucket changed. */
const MOST_FOLDERS = 20

/**
 * Folders that transfers changed, told together: thousands of small files a second would be
 * thousands of events.
 */
export interface Changes {
  touch(change: Change): void
  /** Tells what is left. */
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
      // One that comes alone is told at the end of the turn.
      timer ??= setTimeout(flush, Math.max(0, told + TELL_EVERY_MS - performance.now()))
    },
    close: flush,
  }
}
