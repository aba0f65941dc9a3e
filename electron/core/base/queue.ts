/**
 * Runs the work it is given one after another, in the order given. Not for work that waits for the
 * same queue.
 */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

export function queue(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const run = last.then(work)
    // Whoever asked hears of a failure; the next in the queue does not care.
    last = run.catch(() => undefined)
    return run
  }
}
