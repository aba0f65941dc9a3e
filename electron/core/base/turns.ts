import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from './on-abort.ts'

/** A fixed number of places. Those who wait for a place get it in the order of arrival. */
export interface Places {
  /** Takes a place if one is free. False: it took none. */
  tryEnter(): boolean
  /**
   * Waits for a place and takes it. Rejects with Failure 'cancelled' when the signal is aborted
   * before that, and after `close`.
   */
  enter(signal: AbortSignal): Promise<void>
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

  const tryEnter = (): boolean => {
    if (closed || taken >= most) return false
    taken += 1
    return true
  }
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
    tryEnter,
    async enter(signal) {
      if (signal.aborted || closed) throw new Failure({ code: 'cancelled' })
      if (!tryEnter()) await wait(signal)
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
    if (signal.aborted) throw new Failure({ code: 'cancelled' })
    if (!places.tryEnter()) await places.enter(signal)
    try {
      return await work()
    } finally {
      places.leave()
    }
  }
}

/** Runs the work after all works that came before it. Work must not wait for its own queue. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** Returns a queue that runs one work at a time and that nobody can leave. */
export function oneAtATime(): InTurn {
  const turn = turns(1)
  const never = new AbortController().signal
  return (work) => turn(never, work)
}

/**
 * Runs `work` for each item, at most `most` at a time, and starts the items in order. Rejects with
 * the first error. After an error or an abort no further item starts. Rejects with Failure
 * 'cancelled' when the signal is aborted before all items have started.
 */
export async function each<T>(
  items: Iterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const waiting = items[Symbol.iterator]()
  let hasFailed = false
  const run = async (): Promise<void> => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      if (signal.aborted) throw new Failure({ code: 'cancelled' })
      await work(next.value)
      if (hasFailed) return
    }
  }
  const guarded = (): Promise<void> =>
    run().catch((cause: unknown) => {
      hasFailed = true
      throw cause
    })
  await Promise.all(Array.from({ length: most }, guarded))
}
