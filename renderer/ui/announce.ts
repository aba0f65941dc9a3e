import { create } from 'zustand'

/**
 * What screen readers are told: one polite sentence at most every three seconds, and what cannot
 * wait.
 */
interface Live {
  readonly polite: string
  readonly assertive: string
}
export const useLive = create<Live>(() => ({ polite: '', assertive: '' }))

const PAUSE_MS = 3000
let last = -Infinity
let next: string | null = null
let timer: ReturnType<typeof setTimeout> | undefined

/**
 * Says it politely. Of several sentences within three seconds only the newest is said: it is the
 * one that is true.
 */
export function say(sentence: string): void {
  next = sentence
  if (timer !== undefined) return
  timer = setTimeout(speak, Math.max(0, last + PAUSE_MS - performance.now()))
}

function speak(): void {
  timer = undefined
  last = performance.now()
  if (next !== null) useLive.setState({ polite: next })
  next = null
}

/** For a transfer that needs the user, an action just asked for that failed, a locked keychain. */
export const alarm = (sentence: string): void => useLive.setState({ assertive: sentence })
