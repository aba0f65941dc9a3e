/** A call that takes longer means a slow disk, and not a thread that waited for a processor. */
const SLOW_MS = 20

/** Calls of the file system on one file. */
export interface FileCalls {
  /** Tells whether a thread may still wait for this disk. */
  isQuick(): boolean
  /** Calls the system in this thread. Only while the disk is quick. */
  now<T>(call: () => T): T
  /** Runs `now` while the disk is quick, and `pooled` after the first slow call. */
  call<T>(now: () => T, pooled: () => Promise<T>): Promise<T>
}

/**
 * Makes the calls on one file. A round trip to Node's pool of threads costs ten times as much as an
 * answer of a quick disk or of the system's cache. A thread that runs only transfers may wait for
 * the answer: `mayBlock`. A slow disk is called through the pool, so that the other transfers go
 * on.
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
