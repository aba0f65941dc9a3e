import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from './on-abort.ts'

/**
 * Runs the work when its turn has come. Rejects with Failure 'cancelled' when the signal is aborted
 * before that.
 */
export type Turns = <T>(signal: AbortSignal, work: () => Promise<T>) => Promise<T>

/** At most `most` at a time; the others wait in the order they came. */
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
      // The place is handed on as it is, so that nobody comes in between.
      const next = waiting.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
