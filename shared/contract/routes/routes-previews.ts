import { z } from 'zod'
import type { AppError } from '../errors.ts'
import type { TransferId } from '../models.ts'
import type { Preview } from '../models-previews.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** An object to copy, and the keys to try. */
const copied = z.object({
  ...s.object,
  keyIds: z.array(s.id).max(100),
  plain: s.plainRule.optional(),
})

/** Calls that show the content of an object, in the window or in a program of the system. */
export const previewRoutes = {
  /**
   * Opens an object to be read by range, and decrypted in memory alone. The shell serves the
   * content under the id, to this client. The preview ends with `preview.close` or with the client.
   * `keyId`: the only key to try; null to choose by key description. Without it, bytes that no
   * header marks as encrypted are shown as they are. `plain`: as in `downloads.start`.
   * `wholeUpTo`: content of up to this many bytes is read at once, and verified before anything of
   * it is shown.
   */
  'preview.open': route<Preview>()(
    z.object({
      ...s.object,
      keyId: s.id.nullable(),
      plain: s.plainRule.optional(),
      wholeUpTo: z.number().int().min(0).max(10_000_000),
    }),
  ),
  /** Returns why the last reading of the content failed; null if none failed. */
  'preview.problem': route<AppError | null>()(z.object({ id: s.id })),
  'preview.close': route<null>()(z.object({ id: s.id })),
  /**
   * Starts the download of a copy for a program of the system. The system opens the copy when it is
   * whole. Nobody can write to the copy, and it is removed at the end of the app. Only the desktop
   * shell serves this route. `keyIds`: as in `downloads.start`.
   */
  'files.open': route<TransferId>()(copied),
  /**
   * Starts the download of a copy that the user drags out of the window, as `files.open` does. The
   * shell drags the copy when it is whole.
   */
  'files.copy': route<TransferId>()(copied),
} as const
