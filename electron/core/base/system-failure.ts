import { basename } from 'node:path'
import { Failure } from '../../../shared/contract/errors.ts'

/*
 * Errors of the file system as the errors of the contract. Each function returns an error that is
 * not one of the system unchanged, so that a bug stays visible as a bug.
 */

/** Returns the system's code of an error, such as 'ENOENT', and 'unknown' for any other error. */
export const systemCode = (cause: unknown): string => codeOf(cause) ?? 'unknown'

function codeOf(cause: unknown): string | null {
  const { code } = cause as NodeJS.ErrnoException
  return cause instanceof Failure || typeof code !== 'string' ? null : code
}

/** Turns a system error on a file that is read into Failure 'source-unreadable'. */
export function sourceFailure(cause: unknown, path: string): unknown {
  const reason = codeOf(cause)
  return reason === null ? cause : new Failure({ code: 'source-unreadable', path, reason })
}

/**
 * Turns a system error on a file that is written for the user into Failure 'disk-full',
 * 'name-not-local' or 'target-unwritable'. `needed`: bytes of the whole file, 0 when unknown.
 */
export function fileFailure(cause: unknown, path: string, needed: number): unknown {
  return codeOf(cause) === 'ENAMETOOLONG'
    ? new Failure({ code: 'name-not-local', name: basename(path) })
    : ownFileFailure(cause, path, needed)
}

/**
 * Turns a system error on a file of the data folder into Failure 'disk-full' or
 * 'target-unwritable'.
 * `needed`: bytes of the whole file, 0 when unknown.
 */
export function ownFileFailure(cause: unknown, path: string, needed = 0): unknown {
  const reason = codeOf(cause)
  if (reason === null) return cause
  return new Failure(
    reason === 'ENOSPC' || reason === 'EDQUOT'
      ? { code: 'disk-full', path, needed }
      : { code: 'target-unwritable', path, reason },
  )
}

/** Runs work on a file of the data folder. Its system errors become {@link ownFileFailure}. */
export function onOwnFile<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    throw ownFileFailure(cause, path)
  }
}
