import type { DeleteMarker } from '../../../../shared/contract/models-places.ts'
import { openPlaces } from '../../base/turns.ts'
import type { Oss } from '../../oss/client.ts'
import { deleteVersions } from '../../oss/object-deletes.ts'
import { headIfThere } from '../../oss/objects.ts'

const AT_ONCE = 8

/**
 * Removes delete markers, so that the version below each marker is the current one again. A name
 * that has an object by now keeps it: a marker is named by its version, so no newer object is
 * touched. `taken`: the names whose current object is another one, or which have none. Errors:
 * Failure.
 */
export async function restoreDeleted(
  oss: Oss,
  bucket: string,
  markers: readonly DeleteMarker[],
  signal: AbortSignal,
): Promise<{ readonly restored: readonly string[]; readonly taken: readonly string[] }> {
  const before = await existing(oss, bucket, markers, signal)
  const free = markers.filter(({ key }) => !before.has(key))
  const left = await deleteVersions(oss, bucket, free, signal)
  const stays = new Set(left.map(({ key }) => key))
  const after = await existing(
    oss,
    bucket,
    free.filter(({ key }) => !stays.has(key)),
    signal,
  )
  const keys = markers.map(({ key }) => key)
  return {
    restored: keys.filter((key) => after.has(key)),
    taken: keys.filter((key) => !after.has(key)),
  }
}

/** Returns the names that have an object now. */
async function existing(
  oss: Oss,
  bucket: string,
  markers: readonly DeleteMarker[],
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const places = openPlaces(AT_ONCE)
  const found = new Set<string>()
  await Promise.all(
    markers.map(async ({ key }) => {
      await places.enter(signal)
      try {
        if ((await headIfThere(oss, bucket, key, signal)) !== null) found.add(key)
      } finally {
        places.leave()
      }
    }),
  )
  return found
}
