import { dispatch } from './dispatch.ts'
import { fail, type AppError, type Result } from '../errors.ts'
import type { BridgeMessage, Port } from './bridge.ts'
import type { EventName, Events } from './events.ts'
import type { Handlers, Session } from './routes.ts'
import { eventNames } from './events.ts'

/** The source of the core's events. */
export interface EventSource {
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): () => void
}

/** The interface of the composed core that a shell serves. */
export interface ServedCore {
  readonly handlers: Handlers
  readonly events: EventSource
  /** Writes a thrown bug to the local log and returns the one error that may be shown. */
  masked(cause: unknown): AppError
}

/**
 * Calls of one client that run at the same time. More calls wait in line, because each call may
 * hold megabytes. A client that reads slowly has no use for more calls.
 */
const MOST_RUNNING = 32
/** The most calls in line. A client with more calls is not one of ours. */
const MOST_WAITING = 4096

/**
 * Answers one client over a port until the port closes. Calls run side by side. A cancel message,
 * or the end of the port, aborts the handler's signal. A call number in use is refused, because its
 * cancel and its answer belong to the first call.
 */
export function servePort(port: Port, core: ServedCore): void {
  const open = new Map<number, AbortController>()
  const line: (() => Promise<void>)[] = []
  const session: Session = { onEnd: (listener) => port.onClose(listener) }
  let running = 0
  const answer = async (
    i: number,
    control: AbortController,
    name: unknown,
    input: unknown,
  ): Promise<void> => {
    let result: Result<unknown>
    try {
      result = await dispatch(core.handlers, name, input, control.signal, session)
    } catch (cause) {
      result = fail(core.masked(cause))
    }
    // The other side has answered a cancelled call already.
    if (open.delete(i) && !control.signal.aborted)
      port.send({ t: 'result', i, result } satisfies BridgeMessage)
  }
  const next = (): void => {
    for (
      let work = running < MOST_RUNNING ? line.shift() : undefined;
      work !== undefined;
      work = running < MOST_RUNNING ? line.shift() : undefined
    ) {
      running += 1
      void work().finally(() => {
        running -= 1
        next()
      })
    }
  }
  const take = (i: number, name: unknown, input: unknown): void => {
    if (open.has(i) || line.length >= MOST_WAITING) {
      port.send({
        t: 'result',
        i,
        result: fail({
          code: 'bad-request',
          detail: open.has(i) ? 'call number in use' : 'too many calls',
        }),
      } satisfies BridgeMessage)
      return
    }
    const control = new AbortController()
    open.set(i, control)
    line.push(() => answer(i, control, name, input))
    next()
  }

  const silent = eventNames.map((name) =>
    core.events.on(name, (value) => port.send({ t: 'event', name, value } satisfies BridgeMessage)),
  )
  port.on((raw) => {
    const message = asMessage(raw)
    if (message?.t === 'call') take(message.i, message.name, message.input)
    if (message?.t === 'cancel') open.get(message.i)?.abort()
  })
  port.onClose(() => {
    for (const off of silent) off()
    for (const control of open.values()) control.abort()
  })
}

/** Turns an untrusted value into a message that a client may send, or null. */
function asMessage(raw: unknown): Extract<BridgeMessage, { t: 'call' | 'cancel' }> | null {
  if (typeof raw !== 'object' || raw === null) return null
  const { t, i, name, input } = raw as Record<string, unknown>
  if (typeof i !== 'number' || !Number.isSafeInteger(i)) return null
  if (t === 'call' && typeof name === 'string') return { t, i, name, input }
  return t === 'cancel' ? { t, i } : null
}
