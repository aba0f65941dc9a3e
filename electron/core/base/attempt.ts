import {
  caught,
  isRetryable,
  ok,
  type AppError,
  type Result,
} from '../../../shared/contract/errors.ts'

/** The reason why one key did not open an object. */
export type Trouble = AppError

/** Runs `work` and returns its Failure as a value. Other errors are bugs and are thrown. */
export async function attempted<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work())
  } catch (cause) {
    return caught(cause)
  }
}

/** Does the same for work that returns a Result itself. */
export async function attemptedResult<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work()
  } catch (cause) {
    return caught(cause)
  }
}

/** Tells whether the key answered and refused. Any other error kept it from answering. */
export function isRefusal(error: AppError): boolean {
  switch (error.code) {
    case 'wrong-master-key':
      return true
    case 'kms-key':
      return error.problem === 'cannot-open'
    case 'command-failed':
      return error.problem === 'refused'
    default:
      return false
  }
}

/**
 * Tells whether the error concerns the service and not the request. Another request would end in
 * the same way.
 */
export function isSilence(error: AppError): boolean {
  return (
    error.code === 'unreachable' ||
    error.code === 'proxy' ||
    error.code === 'bad-credentials' ||
    error.code === 'clock' ||
    (error.code === 'kms' && (error.status === 0 || isRetryable(error)))
  )
}

/**
 * Chooses the one error to report when no key opened the object. Damage comes first, because it
 * means that the right key was there. Then come errors that kept a key from answering, and then
 * refusals. `tried`: in the order of `troubles`; neither is empty.
 */
export function triedAll(
  troubles: readonly Trouble[],
  tried: readonly { readonly name: string }[],
): AppError {
  const damage = troubles.find(
    ({ code }) => code === 'not-an-envelope' || code === 'message-damaged',
  )
  const silence = troubles.find((error) => !isRefusal(error))
  const [refusal] = troubles
  if (damage !== undefined) return damage
  if (silence !== undefined) return silence
  if (refusal !== undefined && refusal.code !== 'wrong-master-key') return refusal
  return { code: 'wrong-master-key', tried: tried.map(({ name }) => name) }
}
