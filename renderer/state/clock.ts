import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => { for (const one of listeners) one() }, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Whole seconds since 1970; whoever asks is drawn anew every second, and nobody else. */
export const useSecond = (): number => useSyncExternalStore(subscribe, () => Math.floor(Date.now() / 1000))
