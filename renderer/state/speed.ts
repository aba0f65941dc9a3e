import { create } from 'zustand'

/** Speed of all transfers, one value a second for ten minutes. */
export const SPEED_SECONDS = 600

interface Speeds {
  /** Oldest first. The last value belongs to second `at`. */
  readonly values: readonly number[]
  readonly at: number
}

export const useSpeeds = create<Speeds>(() => ({ values: [], at: 0 }))

/** Adds a measurement. Seconds without one are 0. Pure. */
export function withSpeed(speeds: Speeds, speed: number, now: number): Speeds {
  const second = Math.floor(now / 1000)
  if (speeds.values.length === 0) return { values: [speed], at: second }
  const gap = second - speeds.at
  if (gap <= 0) return { values: [...speeds.values.slice(0, -1), speed], at: speeds.at }
  const still = Array.from({ length: Math.min(gap - 1, SPEED_SECONDS) }, () => 0)
  return { values: [...speeds.values, ...still, speed].slice(-SPEED_SECONDS), at: second }
}

export const recordSpeed = (speed: number, now = Date.now()): void =>
  useSpeeds.setState((speeds) => withSpeed(speeds, speed, now), true)

/**
 * Returns the curve up to second `now`. Whole seconds since the last measurement are 0. The current
 * second is left out. Pure.
 */
export function speedsUntil({ values, at }: Speeds, now: number): readonly number[] {
  const still = Math.min(now - at - 1, SPEED_SECONDS)
  return values.length === 0 || still <= 0
    ? values
    : [...values, ...Array.from({ length: still }, () => 0)].slice(-SPEED_SECONDS)
}
