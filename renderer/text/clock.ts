import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    for (const one of listeners) one()
  }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Whole seconds since 1970; whoever asks is drawn anew every second, and nobody else. */
export const useSecond = (): number =>
  useSyncExternalStore(subscribe, () => Math.floor(Date.now() / 1000))

const dayListeners = new Set<() => void>()
let today = dayNow()
let dayTimer: ReturnType<typeof setTimeout> | undefined

/** The local day, and the zone it is told in: `2026-11-30 Asia/Shanghai`. */
function dayNow(): string {
  const now = new Date()
  return `${now.getFullYear()}-${now.getMonth() + 1}-${now.getDate()} ${new Intl.DateTimeFormat().resolvedOptions().timeZone}`
}

/**
 * Looks again at the next midnight, and each half minute: a computer that slept, or whose clock or
 * zone was set, tells nobody. Days may have 23 or 25 hours, so midnight is asked of the calendar.
 */
function lookAtDay(): void {
  clearTimeout(dayTimer)
  const now = new Date()
  const midnight =
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1).getTime() - now.getTime()
  dayTimer = setTimeout(lookAtDay, Math.min(midnight, 30_000))
  const day = dayNow()
  if (day === today) return
  today = day
  for (const one of dayListeners) one()
}

function followDay(listener: () => void): () => void {
  if (dayListeners.size === 0) {
    lookAtDay()
    window.addEventListener('focus', lookAtDay)
    document.addEventListener('visibilitychange', lookAtDay)
  }
  dayListeners.add(listener)
  return () => {
    dayListeners.delete(listener)
    if (dayListeners.size > 0) return
    clearTimeout(dayTimer)
    window.removeEventListener('focus', lookAtDay)
    document.removeEventListener('visibilitychange', lookAtDay)
  }
}

/** {@link dayNow}; what says "today" asks for it, and is drawn again when that is another day. */
export const useToday = (): string => useSyncExternalStore(followDay, () => today)
