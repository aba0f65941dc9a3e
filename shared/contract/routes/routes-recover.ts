import { z } from 'zod'
import type { RecoverAnswer } from '../models-recover.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** The call that finds out how a blob can be decrypted. `offline.start` decrypts it. */
export const recoverRoutes = {
  /**
   * Looks for envelopes of blobs, and tries keys on each. The vault is read once for all blobs.
   * `from`: 'envelope' takes the file `envelope` alone, 'vault' the vault alone, 'any' the file
   * beside the blob and then the vault. `keyIds`: the keys to try; empty for all that this process
   * has.
   */
  'recover.look': route<readonly RecoverAnswer[]>()(
    z.object({
      blobs: z.array(s.id).min(1).max(100),
      envelope: s.id.nullable(),
      from: z.enum(['any', 'envelope', 'vault']),
      keyIds: z.array(s.id).max(100),
    }),
  ),
} as const
