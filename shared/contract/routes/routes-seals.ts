import { z } from 'zod'
import type { SealReport } from '../models-seals.ts'
import { route } from './route.ts'
import * as s from './shapes.ts'

/** The calls about seals. */
export const sealRoutes = {
  /**
   * Reads all of an object and judges its seal. Nothing of the content is kept. An object that is
   * not as it was sealed is no error. Errors: what a request and a master key give.
   */
  'seals.verify': route<SealReport>()(
    z.object({ ...s.place, key: s.objectKey, versionId: s.versionId }),
  ),
} as const
