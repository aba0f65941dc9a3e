import type { Readable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import { onAbort } from '../base/on-abort.ts'
import { readText, RequestBody, ResponseBody } from './http-body.ts'
import { HttpConnection, type ConnectionOwner } from './http-connection.ts'
import type { Exchange } from './http-exchange.ts'
import { requestHead, type HttpRequest } from './http-request.ts'
import type { BodyReceiver, ResponseHead, TextResponse } from './http-response.ts'
import { proxyFor, type ProxySettings } from './proxy.ts'
import { connectionTargetOf } from './target.ts'

/**
 * Milliseconds without a byte in either direction after which a connection is given up. Not a
 * limit on the whole request.
 */
const IDLE_MS = 15_000

/** Connections to one origin at once; more requests wait. */
const MOST_CONNECTIONS = 256
/** The limit of connections to one origin is never lowered below this number. */
const LEAST_CONNECTIONS = 16
/** Connections to one origin that are kept open without a request. */
const MOST_FREE = 64
/** Bytes of a response that is read as text. */
const TEXT_LIMIT = 16 * 1024 * 1024

/** A request as its caller describes it. */
export interface RequestOptions {
  /** Sent as it is: nothing in the path is encoded again. https, or http to this computer. */
  readonly url: string
  readonly method: string
  /** Lower-case names; values with one character per byte. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Default {@link IDLE_MS}. */
  readonly idleMs?: number | undefined
}

/** A request whose body is in memory; null for none. */
export interface BufferedRequest extends RequestOptions {
  readonly body: Uint8Array | null
  /** Called when the same bytes are sent again: the server may have carried out the first. */
  readonly onRepeat?: (() => void) | undefined
}

/** The body must be read, resumed or destroyed, or its connection is never used again. */
export interface HttpResponse extends ResponseHead {
  /** Fails with 'unreachable' when it ends early, 'cancelled' when the signal was aborted. */
  readonly body: Readable
  /** The whole body as UTF-8. `limit`: bytes, 16 MiB by default. Failure 'too-large' beyond it. */
  text(limit?: number): Promise<string>
}

/** Ends a request. Default of `cause`: 'cancelled'. */
export type Cancel = (cause?: Failure) => void

/** The options of {@link HttpClient.send}. */
export interface SendOptions {
  readonly receiver?: BodyReceiver
  readonly onRepeat?: (() => void) | undefined
  readonly idleMs?: number | undefined
}

/**
 * HTTP/1.1 over TLS, or without TLS to this computer. The client follows no redirect and logs no
 * URL. A kept connection may turn out to be closed before any byte of a response came. Then a
 * request with its body in memory is sent once more, unless it is a POST. The client repeats no
 * other request.
 */
export interface HttpClient {
  /**
   * Sends a request. `onEnd` is called once, after `send` returned: with the response, or with an
   * Error; a Failure where that was to be expected. The returned function ends the request with
   * 'cancelled', or with the Failure it is given. Throws Failure 'insecure-endpoint', 'proxy'.
   */
  send(
    request: HttpRequest,
    onEnd: (result: TextResponse | Error) => void,
    options?: SendOptions,
  ): Cancel
  /** Sends a request and resolves with its response, whose body is still to be read. */
  request(request: BufferedRequest): Promise<HttpResponse>
  /**
   * Starts a request of `length` bytes, which the caller writes. `answer` may settle before the
   * body is written: with an error response or a Failure. Writing on is then harmless.
   */
  start(
    request: RequestOptions,
    length: number,
  ): { readonly request: RequestBody; readonly answer: Promise<HttpResponse> }
  close(): void
}

export interface HttpClientOptions {
  /** Null: every origin is reached directly. */
  readonly proxy?: ProxySettings | null
  readonly idleMs?: number
  /** Bytes of a response to `send` that is read as text. Default 16 MiB. */
  readonly textLimit?: number
}

/** Connections to one origin. The one that was used last is used next. */
interface Origin extends ConnectionOwner {
  send(exchange: Exchange): void
  /** Takes back an exchange that still waits for a connection. */
  takeBack(exchange: Exchange): boolean
  destroy(): void
}

const EMPTY = new Uint8Array(0)

/** A client with a pool of connections. One for each thread of a process. */
export function openHttpClient({
  proxy = null,
  idleMs = IDLE_MS,
  textLimit = TEXT_LIMIT,
}: HttpClientOptions = {}): HttpClient {
  const origins = new Map<string, Origin>()

  const originOf = (name: string): Origin => {
    const known = origins.get(name)
    if (known !== undefined) return known
    const target = connectionTargetOf(name)
    const made = openOrigin({
      target,
      proxy: proxy === null ? null : proxyFor(proxy, target),
      textLimit,
      idleMs,
    })
    origins.set(name, made)
    return made
  }

  const send: HttpClient['send'] = (request, onEnd, options = {}) => {
    const origin = originOf(request.origin)
    const exchange: Exchange = {
      request,
      onEnd,
      receiver: options.receiver ?? null,
      onRepeat: options.onRepeat ?? null,
      idleMs: options.idleMs ?? idleMs,
      repeated: false,
      connection: null,
    }
    origin.send(exchange)
    return (cause = new Failure({ code: 'cancelled' })) => {
      if (exchange.connection !== null) exchange.connection.destroy(cause)
      else if (origin.takeBack(exchange)) process.nextTick(onEnd, cause)
    }
  }

  /** Sends, and resolves when the head of the response is there. */
  const respond = (
    { signal, idleMs: idle }: RequestOptions,
    request: HttpRequest,
    onRepeat?: () => void,
  ): { readonly answer: Promise<HttpResponse>; readonly cancel: Cancel } => {
    let cancel: Cancel = () => undefined
    const answer = new Promise<HttpResponse>((resolve, reject) => {
      if (signal.aborted) throw new Failure({ code: 'cancelled' })
      const receiver = new ResponseBody(
        ({ status, headers }, body) =>
          resolve({ status, headers, body, text: (limit = TEXT_LIMIT) => readText(body, limit) }),
        () => cancel(),
      )
      const onEnd = (result: TextResponse | Error): void => {
        off()
        const cause = result instanceof Error ? result : null
        receiver.finish(cause)
        if (cause === null) return
        if (request.body instanceof RequestBody) request.body.destroy(cause)
        reject(cause)
      }
      cancel = send(request, onEnd, { receiver, onRepeat, idleMs: idle })
      const off = onAbort(signal, () => cancel())
    })
    return { answer, cancel: (cause) => cancel(cause) }
  }

  return {
    send,
    async request({ body, onRepeat, ...options }) {
      const head = requestHead(options, body === null ? null : body.length)
      return respond(options, { ...head, body: body ?? EMPTY }, onRepeat).answer
    },
    start(options, length) {
      const head = requestHead(options, length)
      const { host } = connectionTargetOf(head.origin)
      const lost = new Failure({ code: 'unreachable', host, reason: 'ECONNRESET' })
      const request: RequestBody = new RequestBody(length, () => cancel(lost))
      const { answer, cancel } = respond(options, { ...head, body: request })
      // The caller may still be writing when this fails; it hears of it when it awaits.
      answer.catch(() => undefined)
      return { request, answer }
    },
    close() {
      for (const origin of origins.values()) origin.destroy()
    },
  }
}

/**
 * Opens the pool of one origin. A busy server answers the connections that it has, and leaves new
 * ones in its accept queue until they time out. A new connection goes to the end of that queue.
 * So a time-out there lowers the limit of the pool to the connections that got an answer. Further
 * requests wait in the pool for one of these. The limit rises again by about one connection each
 * time that all connections got an answer.
 */
function openOrigin(
  owner: Pick<ConnectionOwner, 'target' | 'proxy' | 'textLimit' | 'idleMs'>,
): Origin {
  const all = new Set<HttpConnection>()
  const free: HttpConnection[] = []
  const waiting: Exchange[] = []
  let limit = MOST_CONNECTIONS

  const open = (exchange: Exchange): void => {
    const connection = new HttpConnection(origin, exchange.idleMs)
    all.add(connection)
    connection.begin(exchange)
  }
  const openForWaiting = (): void => {
    const next = all.size < Math.floor(limit) ? waiting.shift() : undefined
    if (next !== undefined) open(next)
  }
  const origin: Origin = {
    ...owner,
    session: undefined,
    send(exchange) {
      let connection = free.pop()
      // A connection that has ended stays here until its socket reports that it closed.
      while (connection?.usable === false) connection = free.pop()
      if (connection !== undefined) connection.begin(exchange)
      else if (all.size < Math.floor(limit)) open(exchange)
      else waiting.push(exchange)
    },
    takeBack(exchange) {
      const at = waiting.indexOf(exchange)
      if (at >= 0) waiting.splice(at, 1)
      return at >= 0
    },
    idle(connection) {
      limit = Math.min(MOST_CONNECTIONS, limit + 1 / limit)
      const next = waiting.shift()
      if (next !== undefined) connection.begin(next)
      else if (free.length < MOST_FREE) free.push(connection)
      else connection.destroy(null)
      openForWaiting()
    },
    unanswered() {
      const answered = [...all].filter((one) => one.answered).length
      if (answered > 0) limit = Math.min(limit, Math.max(LEAST_CONNECTIONS, answered))
    },
    closed(connection) {
      all.delete(connection)
      const at = free.indexOf(connection)
      if (at >= 0) free.splice(at, 1)
      openForWaiting()
    },
    repeat: (exchange) => open(exchange),
    destroy() {
      const { host } = owner.target
      const lost = new Failure({ code: 'unreachable', host, reason: 'ECONNRESET' })
      for (const { onEnd } of waiting.splice(0)) process.nextTick(onEnd, lost)
      for (const connection of all) connection.destroy(null)
    },
  }
  return origin
}
