import { Failure, isRetryable, type AppError } from '../../../../shared/contract/errors.ts'
import { onAbort } from '../../base/on-abort.ts'
import { withRetry } from '../../net/retry.ts'

/** Limits of the wait for KMS, in milliseconds. */
export interface KmsPatience {
  /** The longest silence of a connection, also while it is made. */
  readonly silenceMs: number
  /** The longest time of a whole answer. */
  readonly answerMs: number
  /** The most attempts, the first one included. */
  readonly attempts: number
  /** No attempt begins after this time. The last one still has `answerMs`. */
  readonly totalMs: number
}

/**
 * KMS counts requests by the second. The pauses between seven attempts take 6 s on average, which
 * outlasts several of its counts.
 */
export const KMS_PATIENCE: KmsPatience = {
  silenceMs: 5000,
  answerMs: 15_000,
  attempts: 7,
  totalMs: 20_000,
}

/**
 * Repeats a call of KMS after throttling, answers of status 500 to 599, answers that are not KMS's,
 * and network errors. Every call of KMS can be repeated.
 */
export function patiently<T>(
  attempt: () => Promise<T>,
  { attempts, totalMs }: KmsPatience,
  signal: AbortSignal,
): Promise<T> {
  const begun = performance.now()
  return withRetry(attempt, {
    signal,
    attempts,
    retryable: (error) => isPassing(error) && performance.now() - begun < totalMs,
  })
}

/**
 * Tells whether another attempt can help. Within one call more errors are worth an attempt than in
 * the app as a whole.
 */
function isPassing(error: AppError): boolean {
  return (
    isRetryable(error) ||
    (error.code === 'kms' && (error.status === 0 || error.kmsCode === 'SignatureNonceUsed'))
  )
}

/**
 * Settles with `work`, unless the signal or the time comes first. `work` cannot be stopped: it runs
 * on, and its late answer or error is ignored. Rejects with Failure 'cancelled', or 'unreachable'
 * of `host` after `ms`.
 */
export function unlessLate<T>(
  work: () => Promise<T>,
  signal: AbortSignal,
  limit: { readonly host: string; readonly ms: number } | null,
): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Failure({ code: 'cancelled' }))
    const leave = (error: AppError) => {
      free()
      reject(new Failure(error))
    }
    const timer =
      limit === null
        ? undefined
        : setTimeout(
            () => leave({ code: 'unreachable', host: limit.host, reason: 'ETIMEDOUT' }),
            limit.ms,
          )
    const off = onAbort(signal, () => leave({ code: 'cancelled' }))
    const free = () => {
      clearTimeout(timer)
      off()
    }
    void work().then(resolve, reject).finally(free)
  })
}
