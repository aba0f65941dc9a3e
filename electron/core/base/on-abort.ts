import { setMaxListeners } from 'node:events'

/**
 * Calls `listener` when the signal is aborted, until the returned function is called. Any number
 * may wait on one signal.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // Node takes more than ten for a leak; a transfer has many requests and pauses under one signal.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}
