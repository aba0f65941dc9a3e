import { useRef, useState } from 'react'
import type { AppError } from '../../shared/contract/errors.ts'
import { errorOf } from '../text/error-of.ts'

/**
 * What became of many that went to the core in pieces: what was done stays done, whatever came
 * afterwards.
 */
export interface Pieces<R> {
  /** Answers, one a piece, in order. */
  readonly results: readonly R[]
  /** How many of them were in those pieces. */
  readonly done: number
  /** Why the rest was not done, 'cancelled' when the user stopped it; null when all was. */
  readonly error: AppError | null
}

interface How {
  /**
   * Stops before the next piece. What is under way is waited for, unless `send` gives it up by the
   * same signal.
   */
  readonly signal?: AbortSignal
  /** After each piece: how many are done. */
  readonly onDone?: (done: number) => void
}

/**
 * Sends many in as many calls as it takes, one after the other, `most` in each. The first failure
 * ends it. Never rejects.
 */
export async function inPieces<T, R>(
  all: readonly T[],
  most: number,
  send: (piece: T[]) => Promise<R>,
  how: How = {},
): Promise<Pieces<R>> {
  return sendPieces(
    Array.from({ length: Math.ceil(all.length / most) }, (_, i) =>
      all.slice(i * most, (i + 1) * most),
    ),
    send,
    how,
  )
}

/** The same, with pieces that the caller made. */
export async function sendPieces<T, R>(
  pieces: readonly (readonly T[])[],
  send: (piece: T[]) => Promise<R>,
  { signal, onDone }: How = {},
): Promise<Pieces<R>> {
  const results: R[] = []
  let done = 0
  for (const piece of pieces) {
    if (signal?.aborted === true) return { results, done, error: { code: 'cancelled' } }
    try {
      results.push(await send([...piece]))
    } catch (cause) {
      return { results, done, error: errorOf(cause) }
    }
    done += piece.length
    onDone?.(done)
  }
  return { results, done, error: null }
}

/** How far it is; null while nothing is sent. */
export interface Sending {
  readonly done: number
  readonly total: number
}

/** For a dialog that sends many: its progress, and the way to stop. */
export function useSending() {
  const [sending, set] = useState<Sending | null>(null)
  const control = useRef<AbortController | null>(null)
  return {
    sending,
    stop: () => control.current?.abort(),
    /** Resolves with what `work` does, whose pieces tell how far they are. */
    async while<R>(
      total: number,
      work: (how: Required<How>) => Promise<Pieces<R>>,
    ): Promise<Pieces<R>> {
      control.current = new AbortController()
      set({ done: 0, total })
      try {
        return await work({
          signal: control.current.signal,
          onDone: (done) => set({ done, total }),
        })
      } finally {
        set(null)
      }
    },
  }
}
