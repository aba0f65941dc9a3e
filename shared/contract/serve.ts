import { dispatch } from './dispatch.ts'
import { fail, type AppError, type Result } from './errors.ts'
import type { Message, Port } from './bridge.ts'
import type { EventName, Events, Handlers } from './routes.ts'
import { eventNames } from './routes.ts'

/** Where the core's events are heard. */
export interface EventSource {
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): () => void
}

/** What a shell serves: the composed core. */
export interface Served {
  readonly handlers: Handlers
  readonly events: EventSource
  /** Turns a thrown bug into the one error that may be shown, after writing it to the local log. */
  masked(cause: unknown): AppError
}

/**
 * Server half: answers one client over a port until it closes. Calls run side by side; a cancel message, or the end
 * of the port, aborts the handler's signal.
 */
export function servePort(port: Port, core: Served): void {
  const running = new Map<number, AbortController>()
  const answer = async (i: number, name: unknown, input: unknown): Promise<void> => {
    const control = new AbortController()
    running.set(i, control)
    let result: Result<unknown>
    try {
      result = await dispatch(core.handlers, name, input, control.signal)
    } catch (cause) {
      result = fail(core.masked(cause))
    }
    // A cancelled call was answered on the other side already.
    if (running.delete(i) && !control.signal.aborted) port.send({ t: 'result', i, result } satisfies Message)
  }

  const silent = eventNames.map((name) => core.events.on(name, (value) => port.send({ t: 'event', name, value } satisfies Message)))
  port.on((raw) => {
    const message = asMessage(raw)
    if (message?.t === 'call') void answer(message.i, message.name, message.input)
    if (message?.t === 'cancel') running.get(message.i)?.abort()
  })
  port.onClose(() => {
    for (const off of silent) off()
    for (const control of running.values()) control.abort()
  })
}

/** Untrusted value → a message a client may send, or null. Call numbers already in use are refused by the caller's map. */
function asMessage(raw: unknown): Extract<Message, { t: 'call' | 'cancel' }> | null {
  if (typeof raw !== 'object' || raw === null) return null
  const { t, i, name, input } = raw as Record<string, unknown>
  if (typeof i !== 'number' || !Number.isSafeInteger(i)) return null
  if (t === 'call' && typeof name === 'string') return { t, i, name, input }
  return t === 'cancel' ? { t, i } : null
}
