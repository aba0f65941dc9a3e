import { Failure } from '../../../../shared/contract/errors.ts'
import { openCancellation, type Cancellation } from '../../base/cancellation.ts'

/**
 * The reins of one transfer: the queue pulls, the transfer obeys. Pausing stops it where it is; it
 * waits, and goes on.
 */
export interface Control {
  /** Aborted once, when the transfer is to end. */
  readonly cancelled: AbortSignal
  /** The same as {@link Control.cancelled}, for work that is too short for a signal. */
  readonly cancellation: Cancellation
  /** Aborted when the transfer is to stand still or to end; another one after every `resume`. */
  moving(): AbortSignal
  isPaused(): boolean
  /** Resolves at once unless paused. Throws Failure 'cancelled'. */
  untilMoving(): Promise<void>
  pause(): void
  resume(): void
  /** Ends it. `suspend`: it is to leave everything as it is, for another start of the app. */
  cancel(how?: 'suspend'): void
  isSuspended(): boolean
}

export function openControl(): Control {
  const end = openCancellation()
  let move = new AbortController()
  let paused = false
  let suspended = false
  let wake: (() => void)[] = []
  const wakeAll = (): void => {
    for (const resolve of wake.splice(0)) resolve()
  }
  return {
    get cancelled() {
      return end.signal
    },
    cancellation: end,
    moving: () => move.signal,
    isPaused: () => paused,
    isSuspended: () => suspended,
    async untilMoving() {
      if (paused && !end.isCancelled())
        await new Promise<void>((resolve) => void wake.push(resolve))
      if (end.isCancelled()) throw new Failure({ code: 'cancelled' })
    },
    pause() {
      paused = true
      move.abort()
    },
    resume() {
      if (!paused || end.isCancelled()) return
      paused = false
      move = new AbortController()
      wakeAll()
    },
    cancel(how) {
      suspended ||= how === 'suspend' && !end.isCancelled()
      end.cancel()
      move.abort()
      wakeAll()
    },
  }
}
