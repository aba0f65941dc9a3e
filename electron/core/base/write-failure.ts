import { Failure } from '../../../shared/contract/errors.ts'

/**
 * A system error on a file of our own → the failure to show. `needed`: bytes, 0 when unknown. What
 * is no system error is handed back.
 */
export function writeFailure(path: string, needed: number, cause: unknown): unknown {
  const reason = (cause as NodeJS.ErrnoException).code
  if (cause instanceof Failure || typeof reason !== 'string') return cause
  return new Failure(
    reason === 'ENOSPC' || reason === 'EDQUOT'
      ? { code: 'disk-full', path, needed }
      : { code: 'target-unwritable', path, reason },
  )
}

/** The answer of `work`, whose system errors become {@link writeFailure}. */
export function writing<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw writeFailure(path, 0, cause)
  }
}
