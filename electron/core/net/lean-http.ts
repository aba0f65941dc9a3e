import { connect as netConnect, isIP, type Socket } from 'node:net'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'
import { Failure } from '../../../shared/contract/errors.ts'
import { IDLE_MS } from './http.ts'
import { readAnswer, type AnswerReader, type BodyTaker, type LeanAnswer } from './lean-answer.ts'
import type { LeanRequest } from './lean-request.ts'
import { networkFailure } from './net-error.ts'
import { targetOf, type Target } from './target.ts'

/**
 * Requests of a few KiB, thousands of them, for which Node's own client takes more time than for
 * all the rest; and bodies of many MiB, which it copies once more on their way. No redirect is ever
 * followed. As many connections as requests under way: who calls keeps those in bounds.
 */
export interface LeanHttp {
  /**
   * `ended` is called once, and not before this returned: with the answer or with why there is
   * none, a Failure where that was to be expected. The function that comes back ends the request as
   * 'cancelled'. `taker`: of the body of a good answer, and not idle while it is busy; needs
   * {@link LeanOptions.own}. Throws Failure 'insecure-endpoint'.
   */
  send(
    request: LeanRequest,
    ended: (result: LeanAnswer | Error) => void,
    taker?: BodyTaker,
  ): () => void
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
  readonly taker: BodyTaker | null
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
  /** Bytes of an answer's body that nobody takes; more is an error. */
  readonly limit: number
  /**
   * Every connection reads into memory of its own: who takes a body may need it for longer than the
   * next read.
   */
  readonly own?: boolean
}

export function openLeanHttp({ idleMs = IDLE_MS, limit, own = false }: LeanOptions): LeanHttp {
  const origins = new Map<string, Origin>()
  const all = new Set<Socket>()
  /** One for all connections: each is read to its end before the next is looked at. */
  const shared = Buffer.alloc(READ_BYTES)

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
    /** The taker has not yet taken all that was read. */
    let busy = false
    /**
     * Read meanwhile: TLS hands over all that it has, whether it is asked to stand still or not.
     */
    const waiting: Buffer[] = []
    let closed = false

    const settle = (result: LeanAnswer | Error): void => {
      const exchange = present
      present = reader = null
      if (exchange === null) return
      exchange.connection = null
      exchange.ended(result)
    }
    const over = (): void => {
      closed = true
      // What was read may be all there is to come.
      if (busy) return
      const last = failure === null ? (reader?.finish() ?? null) : null
      const at = origin.free.indexOf(connection)
      if (at >= 0) origin.free.splice(at, 1)
      all.delete(socket)
      // Should it be the session that the server does not like.
      if (failure !== null) origin.session = undefined
      if (present === null) return
      if (last !== null) return settle(last)
      const why = networkFailure(
        failure ?? new Failure({ code: 'unreachable', host, reason: 'ECONNRESET' }),
        host,
      ) as Error
      // The server closed a kept connection just as it was used again: the same bytes go once more.
      const stale =
        used &&
        reader?.begun === false &&
        !present.again &&
        why instanceof Failure &&
        why.error.code === 'unreachable' &&
        RESET.has(why.error.reason)
      if (!stale) return settle(why)
      const exchange = present
      present = reader = null
      exchange.again = true
      open(origin).begin(exchange)
    }
    const fails = (cause: unknown): void => {
      failure = cause as Error
      waiting.length = 0
      socket.destroy()
    }
    /** False: nothing more is to be read for now. */
    const heard = (bytes: Buffer): boolean => {
      if (busy) return (waiting.push(bytes), false)
      if (present === null || reader === null) return (socket.destroy(), true)
      try {
        const told = reader.feed(bytes)
        if (!(told instanceof Promise)) return (judge(told), true)
        void untilTaken(told)
        return false
      } catch (cause) {
        return (fails(cause), true)
      }
    }
    const untilTaken = async (told: Promise<LeanAnswer | null>): Promise<void> => {
      busy = true
      try {
        judge(await told)
      } catch (cause) {
        fails(cause)
      }
      busy = false
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        if (!heard(next)) return
      if (closed) return over()
      // It was not for them to say anything meanwhile.
      socket.setTimeout(idleMs)
      socket.resume()
    }
    const judge = (answer: LeanAnswer | null): void => {
      if (answer === null || reader === null) return
      const whole = socket.writableLength === 0
      const good = answer.status < 300
      // What is content with less than it was sent is none that keeps what it is given.
      const result =
        whole || !good
          ? answer
          : new Failure({
              code: 'oss',
              status: answer.status,
              ossCode: '',
              ec: '',
              message: 'answered before the body',
              requestId: '',
              retryAfterMs: 0,
            })
      // What is still waiting is no answer to anything.
      if (whole && reader.keep && !closed && waiting.length === 0) {
        used = true
        origin.free.push(connection)
      } else socket.destroy()
      settle(result)
    }

    const mine = own ? Buffer.allocUnsafeSlow(OWN_BYTES) : shared
    const onread = {
      // Asked for before every read. What is with a taker is not written to.
      buffer: () => (busy ? Buffer.allocUnsafeSlow(READ_BYTES) : mine),
      callback: (length: number, bytes: Uint8Array) => heard(bytes.subarray(0, length) as Buffer),
    }
    const options = { host, port, noDelay: true, onread }
    const socket: Socket = secure
      ? tlsConnect({
          ...options,
          servername: isIP(host) === 0 ? host : '',
          ...(origin.session !== undefined && { session: origin.session }),
        })
      : netConnect(options)
    if (secure) (socket as TLSSocket).on('session', (session) => void (origin.session = session))
    all.add(socket)
    socket.setTimeout(idleMs, () => {
      if (busy) return void socket.setTimeout(idleMs)
      failure = new Failure({ code: 'unreachable', host, reason: 'ETIMEDOUT' })
      socket.destroy()
    })
    socket.on('error', (cause) => void (failure ??= cause))
    socket.on('close', over)
    const connection: Connection = {
      socket,
      begin(exchange) {
        present = exchange
        reader = readAnswer(host, limit, exchange.taker, exchange.request.head.startsWith('HEAD '))
        exchange.connection = connection
        write(socket, exchange.request, secure)
      },
    }
    return connection
  }

  return {
    send(request, ended, taker) {
      if (taker !== undefined && !own)
        throw new Error('a taker of bytes that the next read replaces')
      const origin = originOf(request.origin)
      const exchange: Exchange = {
        request,
        ended,
        taker: taker ?? null,
        again: false,
        connection: null,
      }
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

const READ_BYTES = 64 * 1024
const OWN_BYTES = 256 * 1024

const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

/**
 * Up to here head and body are put together: copying them costs less than handing two buffers to
 * the system.
 */
const ONE_PIECE = 32 * 1024

/**
 * Where they are put together, when the system takes all of it at once, as it mostly does; TLS
 * never does.
 */
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
