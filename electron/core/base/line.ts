import { onAbort } from './on-abort.ts'

/** Those who wait for a place, in the order in which they came. */
export interface Line {
  /**
   * Until it is one's turn. Who is cancelled leaves the line at once, whatever the others are
   * doing.
   */
  wait(signal: AbortSignal): Promise<void>
  /** Somebody gave their place away. */
  next(): void
  /** Nobody waits any longer. */
  all(): void
}

export function openLine(): Line {
  let line: (() => void)[] = []
  return {
    wait: (signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          leave()
          resolve()
        }
        const leave = onAbort(signal, () => {
          line.splice(line.indexOf(wake), 1)
          resolve()
        })
        line.push(wake)
      }),
    next: () => line.shift()?.(),
    all() {
      const waiting = line
      line = []
      for (const wake of waiting) wake()
    },
  }
}
