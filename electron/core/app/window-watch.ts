import type { TimeWindow } from '../../../shared/contract/models-settings.ts'
import { isInside, nextChange } from './time-window.ts'

/** Computers sleep and clocks are set; no timer knows. So it is looked again at least so often. */
const LOOK_AGAIN_MS = 30_000

/** Whether transfers may move, by the window in the settings. */
export interface WindowWatch {
  mayRun(): boolean
  /** Call when the settings have changed. */
  look(): void
  close(): void
}

/** `changed` is called after every change of `mayRun`. `now`: milliseconds since 1970. */
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
