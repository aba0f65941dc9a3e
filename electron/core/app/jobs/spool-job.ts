import { statSync } from 'node:fs'
import { fail } from '../../../../shared/contract/errors.ts'
import type { UploadJob } from '../../transfer/run/jobs.ts'
import type { JobNeeds } from './job-needs.ts'

/**
 * Returns the job of one file of a batch whose source is a copy in the spool. The copy is removed
 * as soon as it is uploaded, because there may be a million copies. Error 'source-changed': the
 * copy differs from the list, as after a power cut.
 */
export function ofSpool({ spool }: Pick<JobNeeds, 'spool'>, job: UploadJob): UploadJob {
  const path = job.source
  if (path === null) return job
  const isWhole = (): boolean => statSync(path, { throwIfNoEntry: false })?.size === job.size
  return {
    ...job,
    oss: async () => (isWhole() ? job.oss() : fail({ code: 'source-changed', path })),
    released: () => spool.finished(path),
  }
}
