import type { AppError } from '../../shared/contract/errors.ts'
import { errorOf } from '../text/error-of.ts'

/**
 * The result of many that went to the core in pieces: what was done stays done, whatever came
 * afterwards.
 */
interface Pieces<R> {
  /** Answers, one a piece, in order. */
  readonly results: readonly R[]
  /** How many of them were in those pieces. */
  readonly done: number
  /** Why the rest was not done; null when all was. */
  readonly error: AppError | null
}

/**
 * Sends many in as many calls as it takes, one after the other, `most` in each. The first failure
 * ends it. Never rejects.
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
