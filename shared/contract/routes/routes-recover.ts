import { z } from 'zod'
import type { RecoverLook } from '../models-recover.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** The call that finds out how a blob can be decrypted. `offline.start` decrypts it. */
export const recoverRoutes = {
  /**
   * Looks for envelopes of a blob, and tries keys on each. `from`: 'envelope' takes the file
   * `envelope` alone, 'vault' the vault alone, 'any' the file beside the blob and then the vault.
   * `keyIds`: the keys to try; empty for all that this process has.
   */
  'recover.look': route<RecoverLook>()(
    z.object({
      blob: s.id,
      envelope: s.id.nullable(),
      from: z.enum(['any', 'envelope', 'vault']),
      keyIds: z.array(s.id).max(100),
    }),
  ),
} as const
