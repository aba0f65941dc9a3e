import {
  caught,
  isRetryable,
  ok,
  type AppError,
  type Result,
} from '../../../shared/contract/errors.ts'

/** Why one key did not open something. */
export type Trouble = AppError

/** What `work` gives or, as a value, what it failed with. Bugs are thrown on. */
export async function attempted<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return ok(await work())
  } catch (cause) {
    return caught(cause)
  }
}

/** The same for work that answers with a Result itself. */
export async function attemptedResult<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work()
  } catch (cause) {
    return caught(cause)
  }
}

/** Was the key asked, and said no? Anything else kept it from answering. */
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
 * Is it about who was asked, whatever was asked? Then asking for something else would end the same.
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
 * The one error to tell when none of the keys opened it: damage first, since then the right key was
 * there; then what kept a key from being asked; then the refusals. `tried`: in the same order as
 * `troubles`; none is empty.
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
