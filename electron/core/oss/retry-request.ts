import { Failure, type AppError } from '../../../shared/contract/errors.ts'
import { withRetry, type RetryOptions } from '../net/retry.ts'

/**
 * The most times that one attempt is signed again for its clock. One server of many may have a
 * wrong clock, and the right one must be learnt again.
 */
const CLOCK_LEARNINGS = 2

/** Refusals whose time corrected the clock of a client. */
const corrected = new WeakSet<AppError>()

/** Notes that the time of a refusal corrected the clock. A new signature may then be accepted. */
export const noteCorrected = (error: AppError): void => void corrected.add(error)

/**
 * Repeats one request to OSS until it succeeds. A request that OSS refused for its clock is signed
 * again at once, and counts as the same attempt: OSS did not carry it out. Every other failure is
 * repeated as {@link withRetry} says. Each call of `work` signs the request again. `onSignedAgain`:
 * called before a new signature for the clock. Throws Failure.
 */
export function retryRequest<T>(
  work: (progressed: () => void) => Promise<T>,
  options: RetryOptions,
  onSignedAgain: () => void = () => undefined,
): Promise<T> {
  return withRetry(async (_attempt, progressed) => {
    for (let learnings = 0; ; learnings++) {
      try {
        return await work(progressed)
      } catch (cause) {
        const isCorrected = cause instanceof Failure && corrected.has(cause.error)
        if (!isCorrected || learnings === CLOCK_LEARNINGS || options.signal.aborted) throw cause
        onSignedAgain()
      }
    }
  }, options)
}
