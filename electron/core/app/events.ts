import type { EventSource } from '../../../shared/contract/routes/serve.ts'
import type { EventName, Events } from '../../../shared/contract/routes/events.ts'

/** The core's own end of the event stream. */
export interface Emitter extends EventSource {
  emit<E extends EventName>(event: E, value: Events[E]): void
}

/**
 * Opens an emitter. It calls listeners in the order in which they were added. A listener that
 * throws is a bug, and the others are still called.
 */
export function openEmitter(onBug: (cause: unknown) => void): Emitter {
  const listeners = new Map<EventName, Set<(value: never) => void>>()
  return {
    on(event, listener) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set)
      set.add(listener as (value: never) => void)
      return () => void set.delete(listener as (value: never) => void)
    },
    emit(event, value) {
      for (const listener of listeners.get(event) ?? []) {
        try {
          listener(value as never)
        } catch (cause) {
          onBug(cause)
        }
      }
    },
  }
}
