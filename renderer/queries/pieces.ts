import type { AppError } from '../../shared/contract/errors.ts'
import { errorOf } from '../text/error-of.ts'

/**
 * The result of many items that went to the core in pieces. The items that were done stay done,
 * whatever came afterwards.
 */
interface Pieces<R> {
  /** Answers in order, one for each piece. */
  readonly results: readonly R[]
  /** The number of items in those pieces. */
  readonly done: number
  /** Why the rest was not done; null when all was. */
  readonly error: AppError | null
}

/**
 * Sends many items in several calls, one after the other, with at most `most` items in each. The
 * first failure ends it. Never rejects.
 */
export async function inPieces<T, R>(
  all: readonly T[],
  most: number,
  send: (piece: T[]) => Promise<R>,
): Promise<Pieces<R>> {
  const results: R[] = []
  for (let start = 0; start < all.length; start += most)
    try {
      results.push(await send(all.slice(start, start + most)))
    } catch (cause) {
      return { results, done: start, error: errorOf(cause) }
    }
  return { results, done: all.length, error: null }
}
