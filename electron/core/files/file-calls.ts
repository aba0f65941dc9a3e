/**
 * One call takes longer than this on a slow disk; and not because the thread had to wait for a
 * processor.
 */
const SLOW_MS = 20

/** Calls on one file. */
export interface FileCalls {
  /** Whether a thread may still wait for this disk. */
  isQuick(): boolean
  /** Straight to the system; only while the disk is quick. */
  now<T>(call: () => T): T
  /** `now` while the disk is quick, `pooled` after the first slow call. */
  call<T>(now: () => T, pooled: () => Promise<T>): Promise<T>
}

/**
 * A round trip to Node's pool of threads costs ten times what a quick disk, or the system's memory
 * of it, takes to answer. A thread with nothing but transfers may wait for that: `mayBlock`. A slow
 * disk is asked through the pool, so that the other transfers go on.
 */
export function fileCalls(mayBlock: boolean): FileCalls {
  let quick = mayBlock
  const timed = <T>(call: () => T): T => {
    const began = performance.now()
    const answer = call()
    quick = performance.now() - began < SLOW_MS
    return answer
  }
  return {
    isQuick: () => quick,
    now: timed,
    call: async (now, pooled) => (quick ? timed(now) : pooled()),
  }
}
