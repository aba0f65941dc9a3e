import { z } from 'zod'
import type { DeleteMarker } from '../models-places.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** Deletions in one request, and the way back from them. */
export const deleteRoutes = {
  /**
   * Deletes objects of exactly these names and returns the number of deleted objects. With `look`
   * it also returns the names that no object has, because OSS does not tell them. `versionId`:
   * deletes exactly this version of the one object, or this delete marker, for good. `markers`: the
   * delete markers that now stand in place of objects, for `objects.restore`. An object without a
   * marker is gone for good.
   */
  'objects.remove': route<{
    readonly removed: number
    readonly missing: readonly string[]
    readonly markers: readonly DeleteMarker[]
  }>()(
    z.object({
      ...s.place,
      keys: z.array(s.objectKey).min(1),
      look: z.boolean().optional(),
      versionId: s.versionId,
    }),
  ),
  /**
   * Removes delete markers, so that the version below each marker is the current one again. A name
   * that has an object by now is left as it is. Returns the names of both.
   */
  'objects.restore': route<{
    readonly restored: readonly string[]
    readonly taken: readonly string[]
  }>()(z.object({ ...s.place, markers: z.array(s.deleteMarker).min(1).max(1000) })),
} as const
