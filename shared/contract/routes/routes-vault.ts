import { z } from 'zod'
import type { VaultEntry, VaultStatus, VaultSync } from '../models-vault.ts'
import { noInput, route } from './route.ts'
import * as s from './shapes.ts'

/** The calls about the envelope vault. */
export const vaultRoutes = {
  'vault.status': route<VaultStatus>()(noInput),
  /** Lists the envelopes that the keys at hand open, the first `count` by bucket and name. */
  'vault.list': route<{ readonly entries: readonly VaultEntry[]; readonly total: number }>()(
    z.object({ count: z.number().int().min(1).max(1_000_000) }),
  ),
  /**
   * Writes the segments that the bucket lacks, and reads those that this computer lacks. `prefix`
   * ends in '/'. Nothing is ever replaced or removed.
   */
  'vault.sync': route<VaultSync>()(z.object({ ...s.place, prefix: s.prefix })),
} as const
