import { Failure } from '../../../../shared/contract/errors.ts'
import { openCancellation, type Cancellation } from '../../base/cancellation.ts'

/**
 * Pauses, resumes and cancels one transfer. A paused transfer keeps what it has, and goes on from
 * there.
 */
export interface Control {
  /** Aborted once, when the transfer must end. */
  readonly cancelled: AbortSignal
  /** The same as {@link Control.cancelled}, for work that is too short for a signal. */
  readonly cancellation: Cancellation
  /** Aborted when the transfer must pause or end. Another signal after every `resume`. */
  moving(): AbortSignal
  isPaused(): boolean
  /** Resolves at once unless paused. Throws Failure 'cancelled'. */
  untilMoving(): Promise<void>
  pause(): void
  resume(): void
  /** Ends the transfer. 'suspend': everything stays as it is for the next start of the app. */
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
