import { create } from 'zustand'

/** Texts for screen readers: one polite sentence every three seconds at most, and urgent ones. */
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
 * Announces a sentence politely. Of several within three seconds only the newest is announced,
 * because it is the one that is true.
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

/** Announces at once: a transfer needs the user, an action failed, or a keychain is locked. */
export const alarm = (sentence: string): void => useLive.setState({ assertive: sentence })
