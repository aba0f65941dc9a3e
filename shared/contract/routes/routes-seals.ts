import { z } from 'zod'
import type { SealReport } from '../models-seals.ts'
import type { SealedKey, SealStepResult, VerifiedKey } from '../models-seal-steps.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/**
 * The objects of one step, behind the key `after`; '' for the first step. `unopened`: as the step
 * before answered; 0 for the first. After 1,000 of them a step fails with 'too-many-damaged'.
 */
const step = {
  ...s.place,
  prefix: s.prefix,
  shard: s.shard.nullable(),
  after: z.string().max(1023),
  count: z.number().int().min(1).max(1000),
  unopened: z.number().int().min(0),
}

/** The calls about seals. */
export const sealRoutes = {
  /**
   * Reads all of an object and judges its seal. Nothing of the content is kept. An object that is
   * not as it was sealed is no error. Errors: what a request and a master key give.
   */
  'seals.verify': route<SealReport>()(
    z.object({ ...s.place, key: s.objectKey, versionId: s.versionId }),
  ),
  /** Reads the objects of one step, and judges their seals as `seals.verify` does. */
  'seals.verifyStep': route<SealStepResult<VerifiedKey>>()(z.object(step)),
  /**
   * Seals the objects of one step that nothing says were ever sealed, by reading them once. All
   * other objects are left as they are.
   */
  'seals.sealStep': route<SealStepResult<SealedKey>>()(z.object(step)),
} as const
