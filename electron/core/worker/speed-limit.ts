import { onAbort } from '../base/on-abort.ts'

/**
 * One limit for all threads: 16 bytes that they share. Made by {@link speedLimitMemory}, handed to
 * each at its start.
 */
export type SpeedLimitMemory = SharedArrayBuffer

/**
 * Bytes may go in steps of so many: small at low speeds, so that of many parts side by side none is
 * silent for long.
 */
const LEAST_STEP = 1024
const MOST_STEP = 64 * 1024
const STEPS_PER_SECOND = 16

/**
 * Time that was not used is kept so long: timers are late by some milliseconds, and that must not
 * slow anybody down.
 */
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
  /**
   * Resolves when `count` more bytes may move, or the signal is aborted: look at it. Costs nothing
   * without a limit.
   */
  take(count: number, signal: AbortSignal): Promise<void> | undefined
}

/** No limit yet. */
export const speedLimitMemory = (): SpeedLimitMemory =>
  new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)

/** Bytes per second from now on, for everybody who waits too; 0 for no limit. */
export function setSpeedLimit(memory: SpeedLimitMemory, bytesPerSecond: number): void {
  const shared = new BigInt64Array(memory)
  Atomics.store(shared, RATE, BigInt(Math.round(bytesPerSecond)))
  // What was granted under the limit before is no debt under this one.
  Atomics.store(shared, FREE_AT, 0n)
}

interface Waiter {
  /** Bytes that were asked for and are not granted yet. */
  left: number
  readonly go: () => void
}

/**
 * The limit as one thread sees it. The shared state is the moment at which all that was granted so
 * far is paid for; whoever finds it in the past takes a step and moves it on. Nothing is promised
 * ahead of time, so a change of the limit leaves no old promises behind. Inside a thread those who
 * wait take turns, step by step, and only the first of them looks.
 *
 * Units  nanoseconds of the system's monotonic clock, which all threads share.
 * Source Generic cell rate algorithm, ITU-T I.371 annex A, in its virtual scheduling form.
 */
export function openSpeedLimit(memory: SpeedLimitMemory): SpeedLimit {
  const shared = new BigInt64Array(memory)
  const line: Waiter[] = []
  let serving = false

  const stepAt = (rate: bigint, wanted: number): number =>
    rate === 0n
      ? wanted
      : Math.min(
          wanted,
          MOST_STEP,
          Math.max(LEAST_STEP, Math.ceil(Number(rate) / STEPS_PER_SECOND)),
        )

  /** Bytes granted now; or, where there are none, milliseconds to wait before asking again. */
  const ask = (wanted: number): { readonly granted: number; readonly ms: number } => {
    for (;;) {
      const rate = Atomics.load(shared, RATE)
      if (rate === 0n) return { granted: wanted, ms: 0 }
      const free = Atomics.load(shared, FREE_AT)
      const now = process.hrtime.bigint()
      if (free > now)
        return { granted: 0, ms: Math.min(LONGEST_SLEEP_MS, Math.max(1, Number(free - now) / 1e6)) }
      const from = free < now - KEPT_NS ? now - KEPT_NS : free
      const granted = stepAt(rate, wanted)
      if (
        Atomics.compareExchange(shared, FREE_AT, free, from + (BigInt(granted) * NS) / rate) ===
        free
      )
        return { granted, ms: 0 }
    }
  }
  const serve = async (): Promise<void> => {
    serving = true
    for (let first = line[0]; first !== undefined; first = line[0]) {
      const { granted, ms } = ask(first.left)
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
      if (granted === 0) continue
      line.shift()
      first.left -= granted
      if (first.left === 0) first.go()
      else line.push(first)
    }
    serving = false
  }
  return {
    step: (wanted) => stepAt(Atomics.load(shared, RATE), wanted),
    take(count, signal) {
      if (count === 0 || signal.aborted || Atomics.load(shared, RATE) === 0n) return undefined
      return new Promise((resolve) => {
        const leave = onAbort(signal, () => {
          line.splice(line.indexOf(waiter), 1)
          resolve()
        })
        const waiter: Waiter = { left: count, go: () => (leave(), resolve()) }
        line.push(waiter)
        if (!serving) void serve()
      })
    },
  }
}
