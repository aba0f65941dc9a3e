import { dispatch } from './dispatch.ts'
import { fail, type AppError, type Result } from '../errors.ts'
import type { BridgeMessage, Port } from './bridge.ts'
import type { EventName, Events } from './events.ts'
import type { Handlers } from './routes.ts'
import { eventNames } from './events.ts'

/** Where the core's events are heard. */
export interface EventSource {
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): () => void
}

/** What a shell serves: the composed core. */
export interface ServedCore {
  readonly handlers: Handlers
  readonly events: EventSource
  /** Turns a thrown bug into the one error that may be shown, after writing it to the local log. */
  masked(cause: unknown): AppError
}

/**
 * Calls of one client that run at the same time. More wait in line: each may hold megabytes, and
 * who does not read his answers has no use for more.
 */
const MOST_RUNNING = 32
/** More than this in line, and the client is not one of ours. */
const MOST_WAITING = 4096

/**
 * Server half: answers one client over a port until it closes. Calls run side by side; a cancel
 * message, or the end of the port, aborts the handler's signal. A call number that is in use is
 * refused: its cancel and its answer are the first call's.
 */
export function servePort(port: Port, core: ServedCore): void {
  const open = new Map<number, AbortController>()
  const line: (() => Promise<void>)[] = []
  let running = 0
  const answer = async (
    i: number,
    control: AbortController,
    name: unknown,
    input: unknown,
  ): Promise<void> => {
    let result: Result<unknown>
    try {
      result = await dispatch(core.handlers, name, input, control.signal)
    } catch (cause) {
      result = fail(core.masked(cause))
    }
    // A cancelled call was answered on the other side already.
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

/** Untrusted value → a message a client may send, or null. */
function asMessage(raw: unknown): Extract<BridgeMessage, { t: 'call' | 'cancel' }> | null {
  if (typeof raw !== 'object' || raw === null) return null
  const { t, i, name, input } = raw as Record<string, unknown>
  if (typeof i !== 'number' || !Number.isSafeInteger(i)) return null
  if (t === 'call' && typeof name === 'string') return { t, i, name, input }
  return t === 'cancel' ? { t, i } : null
}
