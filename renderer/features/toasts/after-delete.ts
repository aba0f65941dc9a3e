import type { DeleteMarker } from '../../../shared/contract/models-places.ts'
import { call } from '../../queries/core.ts'
import type { Place } from '../../queries/objects.ts'
import { showToast } from '../../state/toast.ts'
import { lastOf } from '../../state/ui.ts'
import type { Quantities } from '../../text/quantities.ts'
import { shownName } from '../../text/shown-name.ts'
import type { Text } from '../../text/use-text.tsx'

/** The deleted objects of one bucket, and the delete markers in their place. */
export interface Deleted {
  readonly bucket: string
  readonly keys: readonly string[]
  readonly markers: readonly DeleteMarker[]
}

/**
 * Says what was deleted. Where a delete marker stands in place of every object, Undo removes the
 * markers again. Otherwise the toast says that the objects are gone.
 */
export function sayDeleted(
  t: Text,
  q: Quantities,
  place: Place,
  deleted: readonly Deleted[],
): void {
  const keys = deleted.flatMap((part) => part.keys)
  const [first = ''] = keys
  const all = deleted.every((part) => {
    const marked = new Set(part.markers.map(({ key }) => key))
    return part.keys.every((key) => marked.has(key))
  })
  const name = shownName(lastOf(first))
  const many = { count: keys.length, n: q.count(keys.length) }
  if (!all)
    return showToast({
      text:
        keys.length === 1
          ? t('objects:done.deletedForGood', { name })
          : t('objects:done.deletedManyForGood', many),
    })
  showToast({
    text:
      keys.length === 1 ? t('objects:done.deleted', { name }) : t('objects:done.deletedMany', many),
    undo: () => restore(t, q, place, deleted),
  })
}

async function restore(
  t: Text,
  q: Quantities,
  place: Place,
  deleted: readonly Deleted[],
): Promise<void> {
  const restored: string[] = []
  const taken: string[] = []
  for (const { bucket, markers } of deleted) {
    const part = await call('objects.restore', {
      profileId: place.profileId,
      bucket,
      markers: markers.map((marker) => ({ ...marker })),
    })
    restored.push(...part.restored)
    taken.push(...part.taken)
  }
  const [first] = restored
  const text =
    taken.length > 0
      ? t('objects:done.restoredPart', {
          count: taken.length,
          n: q.count(restored.length),
          all: q.count(restored.length + taken.length),
        })
      : restored.length === 1
        ? t('objects:done.restored', { name: shownName(lastOf(first ?? '')) })
        : t('objects:done.restoredMany', { n: q.count(restored.length) })
  showToast({ text, shown: { kind: 'objects', place, keys: restored } })
}
