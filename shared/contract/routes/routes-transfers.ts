import { z } from 'zod'
import type { TransferId } from '../models.ts'
import type { Transfer } from '../models-transfers.ts'
import { nothing, route } from './route.ts'
import * as s from './shapes.ts'

/** Transfers over a selection, and everything that is done with transfers. */
export const transferRoutes = {
  /**
   * Deletes a selection as one transfer. It deletes what is listed while it runs; objects that were
   * written after this call stay. `missing`: folders that stand for nothing. No transfer is made
   * where nothing is left to delete.
   */
  'deletes.start': route<{
    readonly ids: readonly TransferId[]
    readonly missing: readonly string[]
  }>()(z.object({ ...s.place, ...s.selection })),

  /** Counts everything below a prefix as one transfer; '' for the whole bucket. */
  'counts.start': route<readonly TransferId[]>()(z.object({ ...s.place, prefix: s.prefix })),

  'transfers.list': route<readonly Transfer[]>()(nothing),
  'transfers.pause': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  'transfers.resume': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** Ends it; nothing half-done stays, here or in the bucket. */
  'transfers.cancel': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  'transfers.retry': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** The same as `retry`, from nothing: what was sent or received is dropped. */
  'transfers.startOver': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** What to do about names that are taken; of one of many, or of all that still come. */
  'transfers.decide': route<null>()(
    z.object({ ids: z.array(s.id).max(100_000), existing: z.enum(['skip', 'rename', 'replace']) }),
  ),
  /** Takes finished and failed ones off the list. */
  'transfers.clear': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
} as const
