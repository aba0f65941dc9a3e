import { z } from 'zod'
import type { TransferId } from '../models.ts'
import type { EditedCopy } from '../models-edits.ts'
import { noInput, route } from './route.ts'
import * as s from './shapes.ts'

/** Calls about edited copies. Only the desktop shell has such copies. */
export const editRoutes = {
  /**
   * Starts the download of a writable copy, which the system opens when it is whole. Returns null
   * when a copy of the object exists already; the system then opens that copy. `keyIds` and
   * `plain`: as in `downloads.start`. Errors: 'would-run', 'name-not-local', 'target-unwritable',
   * 'disk-full'.
   */
  'edits.start': route<TransferId | null>()(
    z.object({
      ...s.place,
      key: s.objectKey,
      keyIds: z.array(s.id).max(100),
      plain: s.plainRule.optional(),
    }),
  ),
  /** Compares all copies with what was last downloaded or uploaded, and returns them. */
  'edits.list': route<readonly EditedCopy[]>()(noInput),
  /**
   * Starts the upload of a copy under a new data key. The master key is that of the object, else
   * the default key of the place. The transfer asks the user when the object in the bucket is not
   * the one that was opened. Errors: 'no-master-key', 'source-unreadable', and those of the master
   * key.
   */
  'edits.upload': route<TransferId>()(z.object({ id: s.id })),
  /** Removes a copy and its changes. */
  'edits.discard': route<null>()(z.object({ id: s.id })),
} as const
