import type { TimeWindow } from '../../../shared/contract/models-settings.ts'

const MINUTE_MS = 60_000
/**
 * Two days and an hour, for a clock that is put back. By then every window has started and ended.
 */
const FARTHEST_MINUTES = 49 * 60

/**
 * Tells whether a moment in local time is inside the window. A null window is always open. So is a
 * window that ends at its own start.
 */
export function isInside(window: TimeWindow | null, date: Date): boolean {
  if (window === null || window.from === window.to) return true
  const { from, to } = window
  const minute = date.getHours() * 60 + date.getMinutes()
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/**
 * Returns the next moment at which {@link isInside} changes, or null. It looks minute by minute, so
 * that days with a change of clocks need no rule of their own. Only the clock on the wall counts.
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
