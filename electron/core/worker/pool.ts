import { Failure } from '../../../shared/contract/errors.ts'
import type { Cancellation } from '../base/cancellation.ts'
import { onAbort } from '../base/on-abort.ts'
import { openPlaces } from '../base/turns.ts'
import type { ProxySettings } from '../net/proxy.ts'
import { openHeldFile, wrongEnd, type HeldFile } from './held-file.ts'
import type { RangeJob, RangeResult, HoldJob } from './job.ts'
import { setSpeedLimit, speedLimitMemory } from './speed-limit.ts'
import { openSlot, wipeSecrets, type WorkerSlot } from './worker-slot.ts'

/** Range jobs at once, in all threads together: each needs about 2 MiB. */
const MOST_RANGES = 48
/** Held files at once, in all threads together: each has its ciphertext and one connection. */
export const MOST_HELD = 64

export interface RunOptions {
  readonly signal: AbortSignal
  /**
   * Hears how many bytes of this attempt the other side has taken so far; at most about eight times
   * a second.
   */
  readonly onMoved?: (bytes: number) => void
  /**
   * Hears the prints of a part before the job that sends it ends. Null: the thread died, and nobody
   * knows what was sent.
   */
  readonly onPrinted?: (records: Uint8Array | null) => void
}

/** Worker threads that move bytes between files and sockets, many jobs each. */
export interface WorkerPool {
  /**
   * Runs one job on a range. Its data key is moved to the thread, which wipes it. A function is
   * asked for the job when its turn has come: a signature ages, and the wait can take longer than
   * it lasts. Throws Failure for an expected error, and 'cancelled' once the signal is aborted and
   * the thread has stopped. Throws Error when the thread died.
   */
  run(job: RangeJob | (() => Promise<RangeJob>), options: RunOptions): Promise<RangeResult>
  /**
   * Encrypts a small file and holds it in a thread. `job` is asked when its turn has come.
   * Null: `job` gave null, or the file is too large; nothing is held. Throws Failure
   * 'source-unreadable', 'source-changed', 'cancelled', and what `job` throws.
   */
  hold(job: () => Promise<HoldJob | null>, cancellation: Cancellation): Promise<HeldFile | null>
  /**
   * Sets the speed of all sockets of all jobs together, those under way included. Units: bytes per
   * second; 0 for no limit, as at the start.
   */
  limit(bytesPerSecond: number): void
  /** Ends the threads; jobs under way fail as 'cancelled'. */
  close(): Promise<void>
}

/**
 * Opens a pool of `threads` worker threads of `workerUrl` (the bundled worker). Each thread starts
 * at its first job and is replaced when it dies.
 */
export function openPool(options: {
  readonly workerUrl: URL
  readonly threads: number
  readonly proxy?: ProxySettings | null
}): WorkerPool {
  const slots: (WorkerSlot | undefined)[] = Array.from({ length: options.threads })
  const memory = speedLimitMemory()
  const data = { speedLimit: memory, proxy: options.proxy ?? null }
  const rangePlaces = openPlaces(MOST_RANGES)
  const heldPlaces = openPlaces(MOST_HELD)
  let closed = false

  const startSlot = (number: number): WorkerSlot => {
    const slot = openSlot(options.workerUrl, data, (cause) => {
      if (slots[number] === slot) slots[number] = undefined
      return closed ? new Failure({ code: 'cancelled' }) : cause
    })
    slots[number] = slot
    return slot
  }
  const leastBusy = (): WorkerSlot => {
    let best: WorkerSlot | null = null
    for (const [number, slot] of slots.entries()) {
      if (slot === undefined) return startSlot(number)
      if (best === null || slot.load() < best.load()) best = slot
    }
    if (best === null) throw new RangeError('a pool needs a thread')
    return best
  }

  const runNow = (
    job: RangeJob,
    { signal, onMoved, onPrinted }: RunOptions,
  ): Promise<RangeResult> =>
    new Promise((resolve, reject) => {
      const slot = leastBusy()
      const id = slot.start(job, {
        ended(end) {
          stopListening()
          if ('range' in end) resolve(end.range)
          else reject(wrongEnd(end))
        },
        failed(cause) {
          stopListening()
          reject(cause)
        },
        ...(onMoved !== undefined && { moved: onMoved }),
        ...(onPrinted !== undefined && { prints: onPrinted }),
      })
      const stopListening = onAbort(signal, () => slot.stop(id))
    })

  return {
    async run(job, runOptions) {
      const { signal } = runOptions
      const isOver = (): boolean => signal.aborted || closed
      let ready = typeof job === 'function' ? null : job
      let hasPlace = false
      try {
        await rangePlaces.enter(signal)
        hasPlace = true
        if (typeof job === 'function' && !isOver()) ready = await job()
        if (ready === null || isOver()) throw new Failure({ code: 'cancelled' })
        return await runNow(ready, runOptions)
      } catch (cause) {
        if (ready !== null) wipeSecrets(ready)
        throw cause
      } finally {
        if (hasPlace) rangePlaces.leave()
      }
    },
    async hold(job, cancellation) {
      if (cancellation.isCancelled()) throw new Failure({ code: 'cancelled' })
      if (!heldPlaces.tryEnter()) await heldPlaces.enter(cancellation.signal)
      let file: HeldFile | null = null
      let ready: HoldJob | null = null
      try {
        ready = await job()
        if (ready === null) return null
        if (cancellation.isCancelled() || closed) throw new Failure({ code: 'cancelled' })
        file = await openHeldFile(leastBusy(), ready, cancellation, heldPlaces.leave)
        return file
      } finally {
        if (ready !== null) wipeSecrets(ready)
        if (file === null) heldPlaces.leave()
      }
    },
    limit: (bytesPerSecond) => setSpeedLimit(memory, bytesPerSecond),
    async close() {
      closed = true
      rangePlaces.close()
      heldPlaces.close()
      await Promise.all(slots.map((slot) => slot?.terminate()))
    },
  }
}
