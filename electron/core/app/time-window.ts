import type { TimeWindow } from '../../../shared/contract/models-settings.ts'

const MINUTE_MS = 60_000
/** Two days and an hour for a clock that is put back: by then every window has begun and ended. */
const FARTHEST_MINUTES = 49 * 60

/**
 * Is this moment, in local time, inside the window? Null is always; so is a window that ends where
 * it begins.
 */
export function isInside(window: TimeWindow | null, date: Date): boolean {
  if (window === null || window.from === window.to) return true
  const { from, to } = window
  const minute = date.getHours() * 60 + date.getMinutes()
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/**
 * The next moment at which {@link isInside} changes; null when it never does. Minute by minute, so
 * that days on which clocks are put forward or back need no rule of their own: what the clock on
 * the wall says is all that counts.
 */
export function nextChange(window: TimeWindow | null, date: Date): Date | null {
  const now = isInside(window, date)
  const first = (Math.floor(date.getTime() / MINUTE_MS) + 1) * MINUTE_MS
  for (let i = 0; window !== null && i < FARTHEST_MINUTES; i++) {
    const then = new Date(first + i * MINUTE_MS)
    if (isInside(window, then) !== now) return then
  }
  return null
}
