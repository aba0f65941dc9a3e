import { statSync } from 'node:fs'
import { fail } from '../../../../shared/contract/errors.ts'
import type { UploadJob } from '../../transfer/run/jobs.ts'
import type { JobNeeds } from './job-needs.ts'

/**
 * The job of a copy of ours, one of many. It goes as soon as it is uploaded, for there may be a
 * million; and it must be what was listed, which a power cut may have prevented: 'source-changed'
 * where it is not.
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
