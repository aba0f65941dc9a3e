import { Failure, type AppError } from '../../shared/contract/errors.ts'

/**
 * Returns the error that a query or mutation threw. A bug of the page itself is 'unexpected', with
 * the message of the exception as its reference.
 */
export function errorOf(cause: unknown): AppError {
  return cause instanceof Failure
    ? cause.error
    : { code: 'unexpected', reference: cause instanceof Error ? cause.message : '' }
}
