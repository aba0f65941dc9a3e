import type { TimeWindow } from '../../../shared/contract/models-settings.ts'
import { isInside, nextChange } from './time-window.ts'

/**
 * The longest time between two looks at the clock, in ms. Timers do not know of sleep, nor of a
 * clock that is set.
 */
const LOOK_AGAIN_MS = 30_000

/** Tells whether transfers may move, by the window in the settings. */
export interface WindowWatch {
  mayRun(): boolean
  /** Looks at the clock again. It is called when the settings have changed. */
  look(): void
  close(): void
}

/**
 * Watches the window. `changed` is called after every change of `mayRun`. `now`: milliseconds since
 * 1970.
 */
export function watchWindow({
  window,
  now,
  changed,
}: {
  window(): TimeWindow | null
  now(): number
  changed(): void
}): WindowWatch {
  const mayRun = (): boolean => isInside(window(), new Date(now()))
  let known = mayRun()
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    clearTimeout(timer)
    const next = nextChange(window(), new Date(now()))
    if (next !== null)
      timer = setTimeout(look, Math.min(LOOK_AGAIN_MS, Math.max(1, next.getTime() - now()))).unref()
    if (mayRun() === known) return
    known = !known
    changed()
  }
  look()
  return { mayRun, look, close: () => clearTimeout(timer) }
}
