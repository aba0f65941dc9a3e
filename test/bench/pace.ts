/** The longest delay of a timer that is made up for, in milliseconds. */
const BURST_MS = 5

/**
 * A line of `bytesPerSecond` that many share: each asks how long to wait after it has taken bytes.
 */
export interface Pace {
  /** `now` in milliseconds, of one clock. Answers with milliseconds. */
  take(bytes: number, now: number): number
}

/** A token bucket, written as the moment at which the line is free again. */
export function openPace(bytesPerSecond: number): Pace {
  let free = -Infinity
  return {
    take(bytes, now) {
      free = Math.max(free, now - BURST_MS) + (bytes / bytesPerSecond) * 1000
      return Math.max(0, free - now)
    },
  }
}
