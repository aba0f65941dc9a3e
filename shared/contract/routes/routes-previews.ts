import { z } from 'zod'
import type { AppError } from '../errors.ts'
import type { Preview } from '../models-previews.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** Calls that show the content of an object in the window. */
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
} as const
