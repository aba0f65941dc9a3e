import { z } from 'zod'
import type { IndexInfo, IndexWindow, ListingStatus, StatesProgress } from '../models-index.ts'
import { noInput, route } from './route.ts'
import * as s from './shapes.ts'

/**
 * Listings, and the local index that they fill. A *listing* is one folder. A *sync* lists
 * everything below a prefix.
 */
export const indexRoutes = {
  /**
   * Lists a folder into the index, in the background. A folder that is known answers at once, and
   * is listed again for `refresh` only. A listing that was stopped or broke off continues. Progress
   * arrives as `listing.changed`.
   */
  'listing.open': route<ListingStatus>()(
    z.object({ ...s.place, prefix: s.prefix, refresh: z.boolean() }),
  ),
  /** Stops a listing. The listed rows stay. */
  'listing.stop': route<null>()(z.object({ ...s.place, prefix: s.prefix })),

  /**
   * Returns a window of rows, and the sums of all matching rows. Errors: 'bad-filter' for a regular
   * expression that cannot be read, or that takes too long.
   */
  'index.rows': route<IndexWindow>()(
    z.object({
      ...s.indexQuery,
      offset: s.byteCount,
      count: z.number().int().min(0).max(1000),
    }),
  ),
  /** Returns the row number of a key, counted from 0; null when no row has the key. */
  'index.position': route<number | null>()(
    z.object({ ...s.indexQuery, bucket: s.bucketName, key: s.listedKey }),
  ),
  /** Returns the keys of the rows `from` to `to`, without `to`: at most 100,000. */
  'index.keys': route<readonly { readonly bucket: string; readonly key: string }[]>()(
    z.object({ ...s.indexQuery, from: s.byteCount, to: s.byteCount }),
  ),

  /**
   * Lists everything below a prefix into the index, in the background. A `bucket` of null stands
   * for all buckets. A sync that was stopped or broke off continues. Progress arrives as
   * `index.changed`.
   */
  'index.sync': route<ListingStatus>()(z.object(s.syncPlace)),
  /** Stops a sync. The listed rows stay. */
  'index.stopSync': route<null>()(z.object(s.syncPlace)),
  /**
   * Returns objects and bytes below a prefix, of the rows that are known. `complete`: a sync listed
   * all of them. `folders`: the same for each folder directly below the prefix.
   */
  'index.sizes': route<{
    readonly objects: number
    readonly bytes: number
    readonly complete: boolean
    readonly asOf: string | null
    readonly folders: readonly {
      readonly prefix: string
      readonly objects: number
      readonly bytes: number
    }[]
  }>()(z.object({ ...s.place, prefix: s.prefix, depth: z.number().int().min(0).max(100) })),
  /**
   * Looks for the encryption states of matching objects, in the background, with at most `budget`
   * HEAD requests. Progress arrives as `index.changed`.
   */
  'index.states': route<StatesProgress>()(
    z.object({
      scope: s.indexScope,
      filter: s.indexFilter,
      budget: z.number().int().min(1).max(10_000_000),
    }),
  ),
  'index.stopStates': route<null>()(z.object({ profileId: s.id })),

  'index.info': route<IndexInfo>()(noInput),
  /** Deletes the index of all profiles. Listings fill it again. */
  'index.clear': route<null>()(noInput),
} as const
