import { fileFailure } from '../base/system-failure.ts'
import { openTarget, type OpenTarget } from '../files/file-target.ts'
import type { JobTarget } from './part-job.ts'

/**
 * Opens the temporary file of a job at `at`, and closes it after `write`. `failed` throws the error
 * of the file that `cause` is; an error of the network passes as it is.
 */
export async function withTarget<T>(
  target: JobTarget,
  at: number,
  write: (file: OpenTarget, failed: (cause: unknown) => never) => Promise<T>,
): Promise<T> {
  const failed = (cause: unknown): never => {
    // Only file calls have a `syscall` other than the network's.
    throw SOCKET_CALLS.has((cause as NodeJS.ErrnoException).syscall ?? 'none')
      ? cause
      : fileFailure(cause, target.path, target.bytes)
  }
  let file: OpenTarget | null = null
  try {
    file = await openTarget(target.temporary, at)
    return await write(file, failed)
  } catch (cause) {
    return failed(cause)
  } finally {
    await file?.close()
  }
}
const SOCKET_CALLS: ReadonlySet<string> = new Set(['none', 'connect', 'getaddrinfo'])
