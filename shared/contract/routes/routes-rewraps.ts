import { z } from 'zod'
import type { TransferId } from '../models.ts'
import { REWRAP_MODES, type OldVersions, type RewrapPlan } from '../models-rewraps.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** The keys of a change of master keys. `fromKeys` empty: every key that is here. */
const keys = { toKey: s.id, fromKeys: z.array(s.id).max(100) }
const place = { ...s.place, prefix: s.prefix, shard: s.shard.nullable() }

/** Objects that get another master key. */
export const rewrapRoutes = {
  /** Counts the objects below a prefix from a listing alone, step by step. */
  'rewraps.plan': route<RewrapPlan>()(z.object({ ...place, cursor: s.text.nullable() })),
  /**
   * Starts the change as one transfer. It can be started again at any time: an object that the new
   * key opens is done. `dryRun`: the transfer looks at every object and writes nothing.
   */
  'rewraps.start': route<readonly TransferId[]>()(
    z.object({ ...place, ...keys, mode: z.enum(REWRAP_MODES), dryRun: z.boolean() }),
  ),
  /**
   * Looks at the versions that are not current, step by step, and returns those that an old key
   * opens. A bucket without versioning has none.
   */
  'rewraps.versions': route<OldVersions>()(
    z.object({ ...place, ...keys, cursor: s.text.nullable() }),
  ),
} as const
