import { Failure } from '../../../../shared/contract/errors.ts'
import type { UploadJob } from '../run/jobs.ts'

/** Returns the failure of a job whose name is taken. */
export const takenFailure = ({ key, replace }: UploadJob): Failure =>
  new Failure({ code: 'object-exists', key, ...(replace && { why: 'changed' as const }) })

/**
 * Throws Failure 'object-exists' when the job may replace one known object, and `taken` finds
 * another one under the name. OSS replaces on no condition, so this is called right before the
 * object is written.
 */
export async function assertReplaceable(job: UploadJob, signal: AbortSignal): Promise<void> {
  if (job.replace && typeof job.taken === 'function' && (await job.taken(signal)))
    throw takenFailure(job)
}
