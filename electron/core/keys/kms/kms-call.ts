import { Failure, isRetryable, type AppError } from '../../../../shared/contract/errors.ts'
import { onAbort } from '../../base/on-abort.ts'
import { withRetry } from '../../net/retry.ts'

/** How long KMS is waited for. All in milliseconds. */
export interface KmsPatience {
  /** Without a byte from the other side, while connecting and afterwards. */
  readonly silenceMs: number
  /** For a whole answer. */
  readonly answerMs: number
  /** Attempts in all, the first one included. */
  readonly attempts: number
  /** No attempt begins after this; the last one still has `answerMs`. */
  readonly totalMs: number
}

/**
 * KMS counts requests by the second: the pauses between seven attempts, 6 s on the average, outlast
 * several of its counts.
 */
export const KMS_PATIENCE: KmsPatience = {
  silenceMs: 5000,
  answerMs: 15_000,
  attempts: 7,
  totalMs: 20_000,
}

/**
 * Again after throttling, answers of the 500s, answers that are not KMS's, and breaks of the
 * network: every KMS call can be repeated.
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

/** Within one call more is worth another attempt than for the app as a whole. */
function isPassing(error: AppError): boolean {
  return (
    isRetryable(error) ||
    (error.code === 'kms' && (error.status === 0 || error.kmsCode === 'SignatureNonceUsed'))
  )
}

/**
 * What `work` gives, unless the signal or the time comes first: for work that cannot be stopped. It
 * then runs on unheard, and its late answer or error goes nowhere. Rejects with Failure
 * 'cancelled', or 'unreachable' of `host` after `ms`.
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
