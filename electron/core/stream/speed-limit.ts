import { onAbort } from '../net/on-abort.ts'

/** One limit for all threads: 16 bytes that they share. Made by {@link speedLimitMemory}, handed to each at its start. */
export type SpeedLimitMemory = SharedArrayBuffer

/** Bytes may go in steps of so many: small at low speeds, so that many parts side by side all keep moving. */
const LEAST_STEP = 4 * 1024
const MOST_STEP = 64 * 1024
const STEPS_PER_SECOND = 16

/** Time that was not used is kept so long: timers are late by some milliseconds, and that must not slow anybody down. */
const KEPT_NS = 100_000_000n
/** A wait is looked at again after so long at most: the limit may have changed. */
const LONGEST_SLEEP_MS = 200

const NS = 1_000_000_000n
const RATE = 0
const FREE_AT = 1

/** What a thread asks before it sends bytes, or after it received some. */
export interface SpeedLimit {
  /** Bytes that may go at once; `wanted` when there is no limit. */
  step(wanted: number): number
  /** Resolves when `count` more bytes may move, or the signal is aborted: look at it. Costs nothing without a limit. */
  take(count: number, signal: AbortSignal): Promise<void> | undefined
}

/** No limit yet. */
export const speedLimitMemory = (): SpeedLimitMemory => new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)

/** Bytes per second from now on, for everybody who waits too; 0 for no limit. */
export function setSpeedLimit(memory: SpeedLimitMemory, bytesPerSecond: number): void {
  const shared = new BigInt64Array(memory)
  Atomics.store(shared, RATE, BigInt(Math.round(bytesPerSecond)))
  // What was granted under the limit before is no debt under this one.
  Atomics.store(shared, FREE_AT, 0n)
}

/**
 * The limit as one thread sees it. The shared state is the moment at which all that was granted so far is paid for; whoever finds it in the
 * past takes a step and moves it on. Nothing is promised ahead of time, so a change of the limit leaves no old promises behind.
 *
 * Units  nanoseconds of the system's monotonic clock, which all threads share.
 * Source Generic cell rate algorithm, ITU-T I.371 annex A, in its virtual scheduling form.
 */
export function openSpeedLimit(memory: SpeedLimitMemory): SpeedLimit {
  const shared = new BigInt64Array(memory)
  const stepAt = (rate: bigint): number => Math.min(MOST_STEP, Math.max(LEAST_STEP, Number(rate) / STEPS_PER_SECOND))

  /** Milliseconds to wait before asking again; 0: granted. */
  const ask = (count: number): number => {
    for (;;) {
      const rate = Atomics.load(shared, RATE)
      if (rate === 0n) return 0
      const free = Atomics.load(shared, FREE_AT)
      const now = process.hrtime.bigint()
      if (free > now) return Math.min(LONGEST_SLEEP_MS, Math.max(1, Number(free - now) / 1e6))
      const from = free < now - KEPT_NS ? now - KEPT_NS : free
      if (Atomics.compareExchange(shared, FREE_AT, free, from + (BigInt(count) * NS) / rate) === free) return 0
    }
  }
  const paced = async (count: number, signal: AbortSignal): Promise<void> => {
    for (let rest = count; rest > 0 && !signal.aborted; ) {
      const rate = Atomics.load(shared, RATE)
      if (rate === 0n) return
      const some = Math.min(rest, Math.ceil(stepAt(rate)))
      for (let ms = ask(some); ms > 0 && !signal.aborted; ms = ask(some)) await sleep(ms, signal)
      rest -= some
    }
  }
  return {
    step(wanted) {
      const rate = Atomics.load(shared, RATE)
      return rate === 0n ? wanted : Math.min(wanted, Math.ceil(stepAt(rate)))
    },
    take: (count, signal) => (Atomics.load(shared, RATE) === 0n ? undefined : paced(count, signal)),
  }
}

/** Ends early when the signal is aborted, and is no failure then. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => (off(), resolve()), ms)
    const off = onAbort(signal, () => (clearTimeout(timer), resolve()))
  })
}
