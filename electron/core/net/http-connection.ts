import { connect as netConnect, isIP, type Socket } from 'node:net'
import { connect as tlsConnect, type TLSSocket } from 'node:tls'
import { Failure } from '../../../shared/contract/errors.ts'
import { answeredEarly, isRepeatable, isReset, isSent, type Exchange } from './http-exchange.ts'
import { writeHttpRequest } from './http-request.ts'
import { openResponseParser, type ResponseParser, type TextResponse } from './http-response.ts'
import { networkFailure } from './net-error.ts'
import type { ProxyServer } from './proxy.ts'
import { openTunnel } from './proxy-tunnel.ts'
import type { Target } from './target.ts'

/** Where connections of one origin lead, and who is told about them. */
export interface ConnectionOwner {
  readonly target: Target
  /** Null: the target is reached directly. */
  readonly proxy: ProxyServer | null
  /** TLS session of the last connection, to start the next one quickly. */
  session: Buffer | undefined
  /** Bytes of a response body without a receiver; more is an error. */
  readonly textLimit: number
  /** Default for connections without an exchange. */
  readonly idleMs: number
  /** The connection can carry another exchange. */
  idle(connection: HttpConnection): void
  /** The server left a new connection without an answer until it timed out. */
  unanswered(): void
  /** The connection is gone. */
  closed(connection: HttpConnection): void
  /** The exchange goes once more, over a new connection. */
  repeat(exchange: Exchange): void
}

const READ_BYTES = 64 * 1024
const OWN_BYTES = 256 * 1024

/**
 * The memory that all connections of a thread read into. A connection reads all bytes that have
 * come. Only then another connection gets its turn.
 */
const shared = Buffer.alloc(READ_BYTES)

/** One socket, and one exchange at a time. It reads into memory that it uses again. */
export class HttpConnection {
  readonly #owner: ConnectionOwner
  readonly #tunnel = new AbortController()
  #socket: Socket | null = null
  #exchange: Exchange | null = null
  #parser: ResponseParser | null = null
  #used = false
  #failure: Error | null = null
  /** The receiver has not yet taken everything that was read. */
  #busy = false
  /** Read meanwhile: TLS hands over all that it has, even while the socket is paused. */
  readonly #waiting: Buffer[] = []
  #closed = false
  #memory: Buffer | null = null
  #idleMs: number
  #wasOurTurn = false

  constructor(owner: ConnectionOwner, idleMs: number) {
    this.#owner = owner
    this.#idleMs = idleMs
    const { target, proxy } = owner
    if (proxy !== null) void this.#throughProxy(proxy)
    else {
      const onread = {
        // Asked after every read, for the next one.
        buffer: () => this.#nextMemory(),
        callback: (length: number, bytes: Uint8Array) =>
          this.#read(bytes.subarray(0, length) as Buffer),
      }
      const options = { host: target.host, port: target.port, noDelay: true, onread }
      this.#adopt(
        target.secure ? tlsConnect({ ...options, ...this.#tlsOptions() }) : netConnect(options),
      )
    }
  }

  /** Sends the request of `exchange`. The connection must be free. */
  begin(exchange: Exchange): void {
    this.#exchange = exchange
    exchange.connection = this
    this.#wasOurTurn = false
    this.#parser = openResponseParser(
      this.#owner.target.host,
      this.#owner.textLimit,
      exchange.receiver,
      exchange.request.head.startsWith('HEAD '),
    )
    this.#setIdle(exchange.idleMs)
    if (this.#socket !== null) writeHttpRequest(this.#socket, exchange.request, this.#secure)
  }

  /** True after a whole response that left the connection usable. */
  get answered(): boolean {
    return this.#used
  }

  /**
   * False from the moment in which either side ends the connection. The socket closes some turns
   * later.
   */
  get usable(): boolean {
    return this.#socket !== null && this.#socket.readable && this.#socket.writable
  }

  /** Ends the connection, and its exchange with `cause`. */
  destroy(cause: Error | null): void {
    if (cause !== null) this.#failure ??= cause
    this.#tunnel.abort()
    this.#socket?.destroy()
  }

  get #secure(): boolean {
    return this.#owner.target.secure
  }

  #tlsOptions() {
    const { target, session } = this.#owner
    return {
      host: target.host,
      servername: isIP(target.host) === 0 ? target.host : '',
      ...(session !== undefined && { session }),
    }
  }

  /** Through a proxy the memory is Node's own: a socket on top of a socket takes none of ours. */
  async #throughProxy(proxy: ProxyServer): Promise<void> {
    const { target } = this.#owner
    try {
      const { signal } = this.#tunnel
      const tunnel = await openTunnel(proxy, target, { idleMs: this.#idleMs, signal })
      if (signal.aborted) tunnel.destroy()
      tunnel.on('error', (cause) => void (this.#failure ??= cause))
      const socket = this.#secure ? tlsConnect({ socket: tunnel, ...this.#tlsOptions() }) : tunnel
      this.#adopt(socket)
      socket.on('data', (bytes: Buffer) => {
        if (!this.#read(bytes)) socket.pause()
      })
      socket.resume()
      if (this.#exchange !== null) writeHttpRequest(socket, this.#exchange.request, this.#secure)
    } catch (cause) {
      this.#failure ??= cause as Error
      this.#over()
    }
  }

  #adopt(socket: Socket): void {
    this.#socket = socket
    if (this.#secure)
      (socket as TLSSocket).on('session', (session) => void (this.#owner.session = session))
    socket.setTimeout(this.#idleMs)
    socket.on('timeout', () => this.#silent(socket))
    socket.on('error', (cause) => void (this.#failure ??= cause))
    socket.on('close', () => this.#over())
  }

  #setIdle(ms: number): void {
    if (ms === this.#idleMs) return
    this.#idleMs = ms
    this.#socket?.setTimeout(ms)
  }

  #nextMemory(): Buffer {
    if (this.#busy) return Buffer.allocUnsafeSlow(READ_BYTES)
    const receiver = this.#exchange?.receiver ?? null
    if (receiver === null) return shared
    return (this.#memory ??= Buffer.allocUnsafeSlow(OWN_BYTES))
  }

  /**
   * Gives the server up after a whole interval of silence that was the server's. A disk or a slow
   * reader here is not. Nor is a thread that was too busy: it reads what has come first.
   */
  #silent(socket: Socket): void {
    const before = progressOf(socket)
    setImmediate(() => {
      const ourTurn = this.#isOurTurn()
      if (ourTurn || this.#wasOurTurn || progressOf(socket) !== before) {
        this.#wasOurTurn = ourTurn
        socket.setTimeout(this.#idleMs)
        return
      }
      // Nobody waits for a connection without an exchange.
      if (this.#exchange === null) return this.destroy(null)
      if (!this.#used && this.#parser?.started === false) this.#owner.unanswered()
      const { host } = this.#owner.target
      this.destroy(new Failure({ code: 'unreachable', host, reason: 'ETIMEDOUT' }))
    })
  }

  #isOurTurn(): boolean {
    if (this.#busy) return true
    if (this.#exchange === null || isSent(this.#exchange)) return false
    const { body } = this.#exchange.request
    return (
      'writableLength' in body && body.writableLength + (this.#socket?.writableLength ?? 0) === 0
    )
  }

  /** False: nothing more is to be read for now. */
  #read(bytes: Buffer): boolean {
    if (this.#busy) {
      this.#waiting.push(bytes)
      return false
    }
    if (this.#parser === null || this.#exchange === null) {
      this.#socket?.destroy()
      return true
    }
    try {
      // The memory of the first read was chosen before the receiver was known.
      const unsafe = this.#exchange.receiver !== null && bytes.buffer === shared.buffer
      const result = this.#parser.feed(unsafe ? Buffer.from(bytes) : bytes)
      if (result instanceof Promise) {
        void this.#whenTaken(result)
        return false
      }
      this.#judge(result)
    } catch (cause) {
      this.#fail(cause)
    }
    return true
  }

  async #whenTaken(result: Promise<TextResponse | null>): Promise<void> {
    this.#busy = true
    try {
      this.#judge(await result)
    } catch (cause) {
      this.#fail(cause)
    }
    this.#busy = false
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
      if (!this.#read(next)) return
    if (this.#closed) return this.#over()
    // The server was not asked to say anything meanwhile.
    this.#socket?.setTimeout(this.#idleMs)
    this.#socket?.resume()
  }

  #fail(cause: unknown): void {
    this.#waiting.length = 0
    this.destroy(cause as Error)
  }

  #judge(response: TextResponse | null): void {
    if (response === null || this.#parser === null || this.#exchange === null) return
    const whole = isSent(this.#exchange) && this.#socket?.writableLength === 0
    // Bytes that are still waiting belong to no request.
    const reusable = whole && this.#parser.reusable && this.usable && this.#waiting.length === 0
    const result = whole || response.status >= 300 ? response : answeredEarly(response.status)
    const exchange = this.#end()
    if (reusable) {
      this.#used = true
      this.#setIdle(this.#owner.idleMs)
      this.#owner.idle(this)
    } else this.#socket?.destroy()
    exchange?.onEnd(result)
  }

  #end(): Exchange | null {
    const exchange = this.#exchange
    this.#exchange = this.#parser = null
    if (exchange !== null) exchange.connection = null
    return exchange
  }

  #over(): void {
    this.#closed = true
    // The receiver may be taking the last bytes of the response.
    if (this.#busy) return
    const parser = this.#parser
    const last = this.#failure === null ? (parser?.finish() ?? null) : null
    this.#owner.closed(this)
    if (last !== null) return this.#judge(last)
    // The server may have disliked the session.
    if (this.#failure !== null) this.#owner.session = undefined
    const exchange = this.#end()
    if (exchange === null) return
    const { host } = this.#owner.target
    const reset = new Failure({ code: 'unreachable', host, reason: 'ECONNRESET' })
    const why = networkFailure(this.#failure ?? reset, host) as Error
    const stale = this.#used && parser?.started === false && isReset(why)
    if (!stale || !isRepeatable(exchange)) return exchange.onEnd(why)
    exchange.repeated = true
    exchange.onRepeat?.()
    this.#owner.repeat(exchange)
  }
}

/** Returns a text that stays the same while no byte moves on the socket. */
const progressOf = ({ connecting, bytesRead, bytesWritten }: Socket): string =>
  `${connecting} ${bytesRead} ${bytesWritten}`
