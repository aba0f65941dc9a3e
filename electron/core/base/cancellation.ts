/**
 * The end that a user puts to some work. An AbortSignal costs several microseconds to make and to
 * listen to, which shows where thousands of small files go up; this costs next to nothing.
 */
export interface Cancellation {
  /** A signal of the same cancellation, made when it is first asked for. */
  readonly signal: AbortSignal
  isCancelled(): boolean
  /** Calls the listener once, when the work is cancelled, until the returned function is called. */
  onCancel(listener: () => void): () => void
}

/** Makes a cancellation, and the function that cancels. */
export function openCancellation(): Cancellation & { cancel(): void } {
  const listeners = new Set<() => void>()
  let controller: AbortController | null = null
  let isCancelled = false
  return {
    get signal() {
      controller ??= new AbortController()
      if (isCancelled) controller.abort()
      return controller.signal
    },
    isCancelled: () => isCancelled,
    onCancel(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    cancel() {
      isCancelled = true
      controller?.abort()
      for (const listener of listeners) {
        listeners.delete(listener)
        listener()
      }
    },
  }
}
