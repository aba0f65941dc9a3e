import type { Events } from '../../../../shared/contract/routes/events.ts'
import type { OwnChanges } from '../listings/patches.ts'

type Change = Events['objects.changed']
/** An object that was written or deleted. */
interface ChangedObject {
  readonly profileId: string
  readonly bucket: string
  readonly key: string
}

const TELL_EVERY_MS = 500
/** The most folders that are named in one event. Beyond it the event names the bucket. */
const MOST_FOLDERS = 20

/**
 * Collects folders that transfers changed, and reports them together. Thousands of small files a
 * second would otherwise be thousands of events.
 */
export interface Changes {
  touch(change: Change): void
  /** Collects an object for the local index. It reports no folder. */
  wrote(object: ChangedObject): void
  /** Collects a deleted object for the local index. It reports no folder. */
  deleted(object: ChangedObject): void
  /** Reports the remaining folders. */
  close(): void
}

export function openChanges(
  tell: (change: Change) => void,
  patch: (changes: OwnChanges) => Promise<void>,
): Changes {
  const waiting = new Map<string, Change>()
  /** The last change of each object, by place and key. */
  let objects = new Map<string, Map<string, 'written' | 'deleted'>>()
  let timer: NodeJS.Timeout | null = null
  let told = -TELL_EVERY_MS
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    told = performance.now()
    const all = [...waiting.values()]
    waiting.clear()
    const changed = objects
    objects = new Map()
    for (const [place, keys] of changed) {
      const [profileId = '', bucket = ''] = JSON.parse(place) as string[]
      const of = (how: 'written' | 'deleted'): readonly string[] =>
        [...keys].flatMap(([key, last]) => (last === how ? [key] : []))
      void patch({ profileId, bucket, written: of('written'), deleted: of('deleted') })
    }
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
  const soon = (): void => {
    // A single change is reported at the end of the turn.
    timer ??= setTimeout(flush, Math.max(0, told + TELL_EVERY_MS - performance.now()))
  }
  const note = ({ profileId, bucket, key }: ChangedObject, how: 'written' | 'deleted'): void => {
    const place = JSON.stringify([profileId, bucket])
    objects.set(
      place,
      (objects.get(place) ?? new Map<string, 'written' | 'deleted'>()).set(key, how),
    )
    soon()
  }
  return {
    touch(change) {
      waiting.set(`${change.profileId} ${change.bucket} ${change.prefix}`, change)
      soon()
    },
    wrote: (object) => note(object, 'written'),
    deleted: (object) => note(object, 'deleted'),
    close: flush,
  }
}
