import { fail, type AppError, type Result } from '../errors.ts'
import type { EventName, Events } from './events.ts'
import type { In, Out, RouteName } from './routes.ts'

/** A wire that carries plain values both ways: IPC, a WebSocket, or a pair in memory. */
export interface Port {
  send(message: unknown): void
  /** Calls the listener for every message until the returned function is called. */
  on(listener: (message: unknown) => void): () => void
  /** Calls the listener once when the wire ends, from whichever side. */
  onClose(listener: () => void): () => void
  close(): void
}

/**
 * The interface that the renderer and the terminal call. Its callers cannot tell which shell they
 * run in.
 */
export interface Bridge {
  /**
   * Sends one call and returns its Result. The call never rejects: an aborted signal and a lost
   * wire are Results too.
   */
  call<N extends RouteName>(name: N, input: In<N>, signal?: AbortSignal): Promise<Result<Out<N>>>
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): () => void
  close(): void
}

/** Messages on a port. `i` numbers the calls of one side. */
export type BridgeMessage =
  | { readonly t: 'call'; readonly i: number; readonly name: string; readonly input: unknown }
  | { readonly t: 'cancel'; readonly i: number }
  | { readonly t: 'result'; readonly i: number; readonly result: Result<unknown> }
  | { readonly t: 'event'; readonly name: EventName; readonly value: unknown }

const LOST: AppError = { code: 'unreachable', host: 'core', reason: 'CLOSED' }

/** Returns the client half: typed calls over a port. */
export function bridgeOver(port: Port): Bridge {
  const waiting = new Map<number, (result: Result<unknown>) => void>()
  const listeners = new Map<EventName, Set<(value: never) => void>>()
  let next = 1
  let closed = false

  port.on((raw) => {
    const message = raw as BridgeMessage
    if (message.t === 'result') {
      waiting.get(message.i)?.(message.result)
      waiting.delete(message.i)
    } else if (message.t === 'event') {
      for (const listener of listeners.get(message.name) ?? []) listener(message.value as never)
    }
  })
  port.onClose(() => {
    closed = true
    for (const settle of waiting.values()) settle(fail(LOST))
    waiting.clear()
  })

  return {
    call<N extends RouteName>(name: N, input: In<N>, signal?: AbortSignal) {
      if (closed) return Promise.resolve(fail(LOST))
      if (signal?.aborted) return Promise.resolve(fail({ code: 'cancelled' }))
      const i = next++
      return new Promise<Result<Out<N>>>((resolve) => {
        const cancel = () => {
          waiting.delete(i)
          port.send({ t: 'cancel', i } satisfies BridgeMessage)
          resolve(fail({ code: 'cancelled' }))
        }
        waiting.set(i, (result) => {
          signal?.removeEventListener('abort', cancel)
          resolve(result as Result<Out<N>>)
        })
        signal?.addEventListener('abort', cancel, { once: true })
        port.send({ t: 'call', i, name, input } satisfies BridgeMessage)
      })
    },
    on(event, listener) {
      const set = listeners.get(event) ?? new Set()
      listeners.set(event, set)
      set.add(listener as (value: never) => void)
      return () => void set.delete(listener as (value: never) => void)
    },
    close: () => port.close(),
  }
}
