import { z } from 'zod'
import type { TransferId } from '../models.ts'
import type { Transfer } from '../models-transfers.ts'
import { noInput, route } from './route.ts'
import * as s from './shapes.ts'

/** Transfers over a selection, and the calls that act on transfers. */
export const transferRoutes = {
  /**
   * Deletes a selection as one transfer. It deletes the objects that are listed while it runs.
   * Objects that were written after this call stay. `missing`: folders that stand for nothing. The
   * route makes no transfer when nothing is left to delete.
   */
  'deletes.start': route<{
    readonly ids: readonly TransferId[]
    readonly missing: readonly string[]
  }>()(z.object({ ...s.place, ...s.selection })),

  /** Counts everything below a prefix as one transfer; '' for the whole bucket. */
  'counts.start': route<readonly TransferId[]>()(z.object({ ...s.place, prefix: s.prefix })),

  'transfers.list': route<readonly Transfer[]>()(noInput),
  /**
   * Returns keys of the objects that a transfer of many skipped or left, in the order of their
   * skipping, from number `offset` on. `files.skipped` of the transfer is their number.
   */
  'transfers.skipped': route<readonly string[]>()(
    z.object({
      id: s.id,
      offset: z.number().int().min(0),
      count: z.number().int().min(1).max(1000),
    }),
  ),
  'transfers.pause': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  'transfers.resume': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** Ends the transfers. Nothing half-done stays, here or in the bucket. */
  'transfers.cancel': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  'transfers.retry': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** Tries the transfers again from the start. Everything sent or received before is discarded. */
  'transfers.startOver': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /**
   * Sets the action for names that are taken: of one file of a batch, or of all files that still
   * follow.
   */
  'transfers.decide': route<null>()(
    z.object({ ids: z.array(s.id).max(100_000), existing: z.enum(['skip', 'rename', 'replace']) }),
  ),
  /**
   * Starts uploads again that failed with 'seal-denied', without a seal. The user decided that for
   * these files alone.
   */
  'transfers.withoutSeal': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
  /** Removes finished and failed transfers from the list. */
  'transfers.clear': route<null>()(z.object({ ids: z.array(s.id).max(100_000) })),
} as const
