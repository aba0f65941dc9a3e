import { z } from 'zod'
import type { DrillReport, DrillResult, DrillSummary } from '../models-drills.ts'
import { noInput, route } from './route.ts'
import * as s from './shapes.ts'

/** The calls about drills: can the copy of a key open what the bucket holds? */
export const drillRoutes = {
  /** Lists the drills of this computer, the newest first: at most 100. */
  'drills.list': route<readonly DrillSummary[]>()(noInput),
  /**
   * Opens `sample` random objects below a prefix with the copy of a key alone, and writes nothing
   * of them. `copy`: the pictures of a sheet or of enough shares, or one key file. An object that
   * does not open is no error of the call. `report`: null writes no file.
   * Errors: those of a sheet or a key file, and of the listing.
   */
  'drills.run': route<DrillResult>()(
    z.object({
      ...s.place,
      prefix: s.prefix,
      sample: z.number().int().min(1).max(10_000),
      copy: z.array(s.id).min(1).max(100),
      passphrase: s.secret.nullable(),
      report: z
        .object({
          target: s.id,
          fileName: s.text.min(1),
          form: z.enum(['json', 'html']),
          language: z.enum(['en', 'zh-CN']),
          existing: s.existingFile,
        })
        .nullable(),
    }),
  ),
  /**
   * Reads a report and compares its signature under the public half of a key. Errors:
   * 'drill-report' for a file that is no report, or whose signature does not fit.
   */
  'drills.check': route<DrillReport>()(z.object({ report: s.id, keyId: s.id })),
} as const
