import { Failure, type AppError } from '../../../shared/contract/errors.ts'
import type { Oss } from './client.ts'

/** The way to find the object of a request when its answer was lost. */
export interface LostAnswer<T> {
  /**
   * 'unique': no other request can have made the object that `find` finds. 'equal': another one
   * could, so a name that is taken counts only where the request was sent more than once.
   * 'content': `find` compares the content alone, so nothing but such a name counts.
   */
  readonly proof: 'unique' | 'equal' | 'content'
  /**
   * Finds our object in the bucket; null when the bucket has no object of this name that is ours.
   */
  find(): Promise<T | null>
}

/**
 * Sends a request that makes an object. OSS may have carried out a request whose answer was lost.
 * In that case the object found under this name is ours, and is the answer. `send` calls `onUnsure`
 * for each attempt that OSS may have carried out. Throws the Failure of the request, or that of
 * `find` where the account may look.
 */
export async function sendOnce<T>(
  send: (onUnsure: () => void) => Promise<T>,
  { proof, find }: LostAnswer<T>,
): Promise<T> {
  let unsure = false
  try {
    return await send(() => void (unsure = true))
  } catch (cause) {
    if (!(cause instanceof Failure) || !mayBeDone(cause.error, unsure, proof)) throw cause
    const found = await find().catch((failure: unknown) => {
      throw mayNotLook(failure) ? cause : failure
    })
    if (found === null) throw cause
    return found
  }
}

/**
 * Tells whether OSS may have carried out a request that ended in this error. An upload in parts
 * that is gone may have become its object. No answer need have been lost: a proxy may send a
 * request twice.
 */
function mayBeDone(error: AppError, unsure: boolean, proof: LostAnswer<unknown>['proof']): boolean {
  if (error.code === 'object-exists') return proof === 'unique' || unsure
  if (proof === 'content') return false
  return error.code === 'unreachable' || (error.code === 'oss' && error.ossCode === 'NoSuchUpload')
}

/** An account may be allowed to write and not to read. */
const mayNotLook = (failure: unknown): boolean =>
  failure instanceof Failure && failure.error.code === 'access-denied'

/** Makes a client that calls `onUnsure` for each attempt that OSS may have carried out. */
export function watchUnsure(oss: Oss, onUnsure: () => void): Oss {
  return { ...oss, call: (request, ...rest) => oss.call({ ...request, onUnsure }, ...rest) }
}
