import { basename } from 'node:path'
import { Failure } from '../../../shared/contract/errors.ts'

/**
 * A system error on a file being written → the failure to show. `needed`: bytes of the whole file.
 * Bugs pass through.
 */
export function fileFailure(cause: unknown, path: string, needed: number): unknown {
  const reason = (cause as NodeJS.ErrnoException).code
  if (cause instanceof Failure || typeof reason !== 'string') return cause
  if (reason === 'ENAMETOOLONG')
    return new Failure({ code: 'name-not-local', name: basename(path) })
  if (reason === 'ENOSPC' || reason === 'EDQUOT')
    return new Failure({ code: 'disk-full', path, needed })
  return new Failure({ code: 'target-unwritable', path, reason })
}
