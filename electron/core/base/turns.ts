import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from './on-abort.ts'

/**
 * Runs the work when its turn has come. Rejects with Failure 'cancelled' when the signal is aborted
 * before that.
 */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/** Returns a queue that runs at most `most` works at a time, in the order in which they came. */
export function turns(most: number): Turns {
  let running = 0
  const waiting: (() => void)[] = []

  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        off()
        resolve()
      }
      const off = onAbort(signal, () => {
        waiting.splice(waiting.indexOf(begin), 1)
        reject(new Failure({ code: 'cancelled' }))
      })
      waiting.push(begin)
    })

  return async (signal, work) => {
    if (signal.aborted) throw new Failure({ code: 'cancelled' })
    if (running < most) running++
    else await turn(signal)
    try {
      return await work()
    } finally {
      // The place goes straight to the next work, so that no newer work can take it first.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
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
 * Runs `work` for each item, at most `most` at a time, and begins them in order. Rejects with the
 * first error. After an error or an abort no further item begins. Rejects with Failure 'cancelled'
 * when the signal is aborted before all items have begun.
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
