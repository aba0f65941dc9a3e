import { onAbort } from '../base/on-abort.ts'

/**
 * The memory of one limit for all threads: 16 bytes that they share. {@link speedLimitMemory} makes
 * it, and each thread gets it at its start.
 */
export type SpeedLimitMemory = SharedArrayBuffer

/**
 * Bytes of one step. Steps are small at low speeds, so that no part of many at once is silent for
 * long.
 */
const LEAST_STEP = 1024
const MOST_STEP = 64 * 1024
const STEPS_PER_SECOND = 16

/** Unused time stays good for this long: a timer that is late must not slow a job down. */
const UNUSED_NS = 100_000_000n
/** A wait looks at the limit again after this time at most: it may have changed. */
const LONGEST_SLEEP_MS = 200

const NS = 1_000_000_000n
const RATE = 0
const FREE_AT = 1

/** The limit, as a thread asks it before it sends bytes and after it received some. */
export interface SpeedLimit {
  /** Bytes that may go at once; `wanted` when there is no limit. */
  step(wanted: number): number
  /**
   * Resolves when `count` more bytes may move, and when the signal is aborted: look at the signal.
   * Undefined: there is no limit.
   */
  take(count: number, signal: AbortSignal): Promise<void> | undefined
}

/** Makes the memory, without a limit. */
export const speedLimitMemory = (): SpeedLimitMemory =>
  new SharedArrayBuffer(2 * BigInt64Array.BYTES_PER_ELEMENT)

/** Sets the bytes per second from now on, for waiting jobs too; 0 for no limit. */
export function setSpeedLimit(memory: SpeedLimitMemory, bytesPerSecond: number): void {
  const shared = new BigInt64Array(memory)
  Atomics.store(shared, RATE, BigInt(Math.round(bytesPerSecond)))
  // Bytes that were granted under the old limit are no debt under the new one.
  Atomics.store(shared, FREE_AT, 0n)
}

interface Waiter {
  /** Bytes that were asked for and are not granted yet. */
  missing: number
  readonly end: () => void
}

/**
 * Opens the limit in one thread. The shared state is the moment at which all granted bytes are paid
 * for. A thread that finds this moment in the past takes a step and moves the moment on. Nothing is
 * granted ahead of time, so a new limit meets no old grants. Inside a thread the waiting jobs take
 * turns, step by step, and only the first of them looks at the state.
 *
 * Units  nanoseconds of the system's monotonic clock, which all threads share.
 * Source Generic cell rate algorithm, ITU-T I.371 annex A, in its virtual scheduling form.
 */
export function openSpeedLimit(memory: SpeedLimitMemory): SpeedLimit {
  const shared = new BigInt64Array(memory)
  const waiting: Waiter[] = []
  let serving = false

  const stepAt = (rate: bigint, wanted: number): number =>
    rate === 0n
      ? wanted
      : Math.min(
          wanted,
          MOST_STEP,
          Math.max(LEAST_STEP, Math.ceil(Number(rate) / STEPS_PER_SECOND)),
        )

  /** Grants bytes; where it grants none, `ms` is the wait before the next try. */
  const ask = (wanted: number): { readonly granted: number; readonly ms: number } => {
    for (;;) {
      const rate = Atomics.load(shared, RATE)
      if (rate === 0n) return { granted: wanted, ms: 0 }
      const free = Atomics.load(shared, FREE_AT)
      const now = process.hrtime.bigint()
      if (free > now)
        return { granted: 0, ms: Math.min(LONGEST_SLEEP_MS, Math.max(1, Number(free - now) / 1e6)) }
      const from = free < now - UNUSED_NS ? now - UNUSED_NS : free
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
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      const { granted, ms } = ask(first.missing)
      if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms))
      if (granted === 0) continue
      waiting.shift()
      first.missing -= granted
      if (first.missing === 0) first.end()
      else waiting.push(first)
    }
    serving = false
  }
  return {
    step: (wanted) => stepAt(Atomics.load(shared, RATE), wanted),
    take(count, signal) {
      if (count === 0 || signal.aborted || Atomics.load(shared, RATE) === 0n) return undefined
      return new Promise((resolve) => {
        const stopListening = onAbort(signal, () => {
          waiting.splice(waiting.indexOf(waiter), 1)
          resolve()
        })
        const waiter: Waiter = { missing: count, end: () => (stopListening(), resolve()) }
        waiting.push(waiter)
        if (!serving) void serve()
      })
    },
  }
}
