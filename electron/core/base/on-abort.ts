import { setMaxListeners } from 'node:events'

/**
 * Calls `listener` when the signal is aborted, until the returned function is called. One signal
 * can have any number of listeners.
 */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  // Node warns of more than ten listeners. A transfer has many requests and pauses under one
  // signal.
  setMaxListeners(0, signal)
  signal.addEventListener('abort', listener, { once: true })
  return () => signal.removeEventListener('abort', listener)
}
