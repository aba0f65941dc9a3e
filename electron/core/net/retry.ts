import { Failure, isRetryable, type AppError } from '../../../shared/contract/errors.ts'
import { onAbort } from '../base/on-abort.ts'

const BASE_MS = 200
const CAP_MS = 20_000
const LONGEST_ASKED_MS = 60_000

/**
 * Returns the pause before the next attempt: exponential with full jitter, on top of the pause that
 * the server asked for.
 *
 * Shape  `attempt`: the attempt that failed, from 1. `random`: in [0, 1). Units  milliseconds,
 * whole; `retryAfterMs` 0 when the server asked for no pause, and believed up to one minute.
 */
export function backoffMs(attempt: number, retryAfterMs: number, random: number): number {
  const ceiling = Math.min(CAP_MS, BASE_MS * 2 ** (Math.max(1, attempt) - 1))
  return Math.min(LONGEST_ASKED_MS, Math.max(0, retryAfterMs)) + Math.floor(random * ceiling)
}

export interface RetryOptions {
  readonly signal: AbortSignal
  /** Attempts in a row without progress, the first one included. */
  readonly attempts: number
  /** Called before each pause. `attempt`: the one that failed, counted since the last progress. */
  readonly onRetry?: ((error: AppError, attempt: number, waitMs: number) => void) | undefined
  /** Default: `isRetryable` of the contract. */
  readonly retryable?: ((error: AppError, attempt: number) => boolean) | undefined
  readonly random?: (() => number) | undefined
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined
}

/**
 * Runs `work` until it succeeds, fails for good, or failed `attempts` times in a row. An attempt
 * calls `progressed` when it moved something forward, so that a long transfer over a poor line is
 * not given up.
 * Throws the last Failure; 'cancelled' when the signal ends a pause; any other error at once.
 */
export async function withRetry<T>(
  work: (attempt: number, progressed: () => void) => Promise<T>,
  options: RetryOptions,
): Promise<T> {
  const {
    signal,
    attempts,
    onRetry,
    retryable = isRetryable,
    random = Math.random,
    wait = pause,
  } = options
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt, () => void (attempt = 0))
    } catch (cause) {
      if (!(cause instanceof Failure)) throw cause
      // After progress, this failure counts as the first one in a row.
      attempt = Math.max(1, attempt)
      if (signal.aborted || attempt >= attempts || !retryable(cause.error, attempt)) throw cause
      const waitMs = backoffMs(
        attempt,
        cause.error.code === 'oss' ? cause.error.retryAfterMs : 0,
        random(),
      )
      onRetry?.(cause.error, attempt, waitMs)
      await wait(waitMs, signal)
    }
  }
}

/** Resolves after `ms`, or rejects with Failure 'cancelled' as soon as the signal is aborted. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = () => {
      clearTimeout(timer)
      reject(new Failure({ code: 'cancelled' }))
    }
    const timer = setTimeout(() => {
      off()
      resolve()
    }, ms)
    const off = onAbort(signal, cancel)
    if (signal.aborted) cancel()
  })
}
