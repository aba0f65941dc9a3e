import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from './on-abort.ts'

/** A fixed number of places. Whoever waits for one gets it in the order of arrival. */
export interface Places {
  /**
   * Takes a place. Null: one was free. A promise resolves when the place is taken, and rejects with
   * Failure 'cancelled' when the signal is aborted first. Throws the same where the signal is
   * aborted already, or after `close`.
   */
  enter(signal: AbortSignal): Promise<void> | null
  /** Gives one place back; the next in the waiting list gets it at once. */
  leave(): void
  /** Rejects all that wait as 'cancelled', and everybody after them. */
  close(): void
}

/** Makes `most` places, all of them free. */
export function openPlaces(most: number): Places {
  let taken = 0
  let closed = false
  /** Each is called once: with true when it has a place, with false when the places are closed. */
  const waiting: ((hasPlace: boolean) => void)[] = []

  const wait = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve, reject) => {
      const end = (hasPlace: boolean): void => {
        stopListening()
        if (hasPlace) resolve()
        else reject(new Failure({ code: 'cancelled' }))
      }
      const stopListening = onAbort(signal, () => {
        waiting.splice(waiting.indexOf(end), 1)
        end(false)
      })
      waiting.push(end)
    })

  return {
    enter(signal) {
      if (signal.aborted || closed) throw new Failure({ code: 'cancelled' })
      if (taken >= most) return wait(signal)
      taken += 1
      return null
    },
    leave() {
      // The place is handed on without being free in between, so that nobody overtakes the list.
      const next = waiting.shift()
      if (next === undefined) taken -= 1
      else next(true)
    },
    close() {
      closed = true
      for (const end of waiting.splice(0)) end(false)
    },
  }
}

/**
 * Runs the work when its turn has come. Rejects with Failure 'cancelled' when the signal is aborted
 * before that.
 */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/** Lets at most `most` pieces of work run at a time; the others wait in the order they came. */
export function turns(most: number): Turns {
  const places = openPlaces(most)
  return async (signal, work) => {
    const waiting = places.enter(signal)
    if (waiting !== null) await waiting
    try {
      return await work()
    } finally {
      places.leave()
    }
  }
}
