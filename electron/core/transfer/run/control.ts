import { Failure } from '../../../../shared/contract/errors.ts'

/**
 * Pauses, resumes and cancels one transfer. A paused transfer keeps what it has, and goes on from
 * there.
 */
export interface Control {
  /** Aborted once, when the transfer must end. */
  readonly cancelled: AbortSignal
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
  const end = new AbortController()
  let move = new AbortController()
  let paused = false
  let suspended = false
  let wake: (() => void)[] = []
  const wakeAll = (): void => {
    for (const resolve of wake.splice(0)) resolve()
  }
  return {
    cancelled: end.signal,
    moving: () => move.signal,
    isPaused: () => paused,
    isSuspended: () => suspended,
    async untilMoving() {
      if (paused && !end.signal.aborted)
        await new Promise<void>((resolve) => void wake.push(resolve))
      if (end.signal.aborted) throw new Failure({ code: 'cancelled' })
    },
    pause() {
      paused = true
      move.abort()
    },
    resume() {
      if (!paused || end.signal.aborted) return
      paused = false
      move = new AbortController()
      wakeAll()
    },
    cancel(how) {
      suspended ||= how === 'suspend' && !end.signal.aborted
      end.abort()
      move.abort()
      wakeAll()
    },
  }
}
