import { connect as netConnect, isIP, type Socket } from 'node:net'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'
import { Failure } from '../../../shared/contract/errors.ts'
import { IDLE_MS } from './http.ts'
import { readAnswer, type AnswerReader, type LeanAnswer } from './lean-answer.ts'
import type { LeanRequest } from './lean-request.ts'
import { networkFailure } from './net-error.ts'
import { targetOf, type Target } from './target.ts'

/**
 * Requests of a few KiB, thousands of them, for which Node's own client takes more time than for all the rest. No redirect is ever
 * followed. As many connections as requests under way: who calls keeps those in bounds.
 */
export interface LeanHttp {
  /**
   * `ended` is called once, and not before this returned: with the answer or with why there is none, a Failure where that was to be expected.
   * The function that comes back ends the request as 'cancelled'. Throws Failure 'insecure-endpoint'.
   */
  send(request: LeanRequest, ended: (result: LeanAnswer | Error) => void): () => void
  close(): void
}

interface Origin {
  readonly target: Target
  /** Kept alive; the one used last is used next. */
  readonly free: Connection[]
  session: Buffer | undefined
}

interface Exchange {
  readonly request: LeanRequest
  readonly ended: (result: LeanAnswer | Error) => void
  /** Sent for the second time, over a new connection. */
  again: boolean
  connection: Connection | null
}

interface Connection {
  readonly socket: Socket
  begin(exchange: Exchange): void
}

export interface LeanOptions {
  /** Milliseconds without a byte in either direction after which a connection is given up. */
  readonly idleMs?: number
  /** Bytes of an answer's body; more is an error. */
  readonly limit: number
}

export function openLeanHttp({ idleMs = IDLE_MS, limit }: LeanOptions): LeanHttp {
  const origins = new Map<string, Origin>()
  const all = new Set<Socket>()
  /** One for all connections: each is read to its end before the next is looked at. */
  const shared = Buffer.alloc(64 * 1024)

  const originOf = (name: string): Origin => {
    const known = origins.get(name)
    if (known !== undefined) return known
    const made: Origin = { target: targetOf(name), free: [], session: undefined }
    origins.set(name, made)
    return made
  }

  const open = (origin: Origin): Connection => {
    const { host, port, secure } = origin.target
    let present: Exchange | null = null
    let reader: AnswerReader | null = null
    let used = false
    let failure: Error | null = null

    const settle = (result: LeanAnswer | Error): void => {
      const exchange = present
      present = reader = null
      if (exchange === null) return
      exchange.connection = null
      exchange.ended(result)
    }
    const over = (): void => {
      const last = failure === null ? (reader?.finish() ?? null) : null
      const at = origin.free.indexOf(connection)
      if (at >= 0) origin.free.splice(at, 1)
      all.delete(socket)
      // Should it be the session that the server does not like.
      if (failure !== null) origin.session = undefined
      if (present === null) return
      if (last !== null) return settle(last)
      const why = networkFailure(failure ?? new Failure({ code: 'unreachable', host, reason: 'ECONNRESET' }), host) as Error
      // The server closed a kept connection just as it was used again: the same bytes go once more.
      const stale = used && reader?.begun === false && !present.again && why instanceof Failure && why.error.code === 'unreachable' && RESET.has(why.error.reason)
      if (!stale) return settle(why)
      const exchange = present
      present = reader = null
      exchange.again = true
      open(origin).begin(exchange)
    }
    const heard = (bytes: Buffer): void => {
      if (present === null || reader === null) return void socket.destroy()
      let answer: LeanAnswer | null
      try {
        answer = reader.feed(bytes)
      } catch (cause) {
        failure = cause as Error
        socket.destroy()
        return
      }
      if (answer === null) return
      const whole = socket.writableLength === 0
      const good = answer.status < 300
      // What is content with less than it was sent is none that keeps what it is given.
      const result = whole || !good ? answer : new Failure({ code: 'oss', status: answer.status, ossCode: '', ec: '', message: 'answered before the body', requestId: '', retryAfterMs: 0 })
      if (whole && reader.keep) {
        used = true
        origin.free.push(connection)
      } else socket.destroy()
      settle(result)
    }

    const options = { host, port, noDelay: true, onread: { buffer: shared, callback: (length: number) => (heard(shared.subarray(0, length)), true) } }
    const socket: Socket = secure ? tlsConnect({ ...options, servername: isIP(host) === 0 ? host : '', ...(origin.session !== undefined && { session: origin.session }) }) : netConnect(options)
    if (secure) (socket as TLSSocket).on('session', (session) => void (origin.session = session))
    all.add(socket)
    socket.setTimeout(idleMs, () => {
      failure = new Failure({ code: 'unreachable', host, reason: 'ETIMEDOUT' })
      socket.destroy()
    })
    socket.on('error', (cause) => void (failure ??= cause))
    socket.on('close', over)
    const connection: Connection = {
      socket,
      begin(exchange) {
        present = exchange
        reader = readAnswer(host, limit)
        exchange.connection = connection
        write(socket, exchange.request, secure)
      },
    }
    return connection
  }

  return {
    send(request, ended) {
      const origin = originOf(request.origin)
      const exchange: Exchange = { request, ended, again: false, connection: null }
      const connection = origin.free.pop() ?? open(origin)
      connection.begin(exchange)
      return () => {
        const { connection: busy } = exchange
        if (busy === null) return
        busy.socket.destroy(new Failure({ code: 'cancelled' }))
      }
    },
    close() {
      for (const socket of all) socket.destroy()
    },
  }
}

const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

/** Up to here head and body are put together: copying them costs less than handing two buffers to the system. */
const ONE_PIECE = 32 * 1024

/** Where they are put together, when the system takes all of it at once, as it mostly does; TLS never does. */
let piece = Buffer.allocUnsafeSlow(ONE_PIECE)

function write(socket: Socket, { head, body }: LeanRequest, secure: boolean): void {
  const length = head.length + body.length
  if (length > ONE_PIECE) {
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
    return
  }
  const into = secure ? Buffer.allocUnsafeSlow(length) : piece
  into.write(head, 'latin1')
  into.set(body, head.length)
  socket.write(into.subarray(0, length))
  // What was not taken yet is still read from there.
  if (socket.writableLength > 0 && into === piece) piece = Buffer.allocUnsafeSlow(ONE_PIECE)
}
