import {
  Agent as HttpAgent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
} from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { Readable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import { networkFailure } from './net-error.ts'
import { onAbort } from '../base/on-abort.ts'
import { targetOf } from './target.ts'

/**
 * Milliseconds without a byte in either direction after which a connection is given up. Not a limit
 * on the whole request.
 */
export const IDLE_MS = 15_000

const TEXT_LIMIT = 16 * 1024 * 1024

/** Sockets kept open between requests; one per thread. */
export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
  close(): void
}

export interface Head {
  /**
   * Sent as it is: nothing in the path is resolved or encoded again. https, or http to this
   * computer.
   */
  readonly url: string
  readonly method: string
  /** Lower-case names; values one character per byte, as Node writes them. */
  readonly headers: Readonly<Record<string, string>>
  readonly signal: AbortSignal
  /** Default {@link IDLE_MS}. */
  readonly idleMs?: number | undefined
}

/**
 * What came back. The body must be read, resumed or destroyed, or its socket is never used again.
 */
export interface Answer {
  readonly status: number
  /** Lower-case names, values one character per byte; repeated headers joined by ', '. */
  readonly headers: ReadonlyMap<string, string>
  /** Fails with 'unreachable' when it ends early, 'cancelled' when the signal was aborted. */
  readonly body: Readable
  /** The whole body as UTF-8. `limit`: bytes, 16 MiB unless told; beyond it Failure 'too-large'. */
  text(limit?: number): Promise<string>
}

export interface WireRequest extends Head {
  readonly body: Uint8Array | null
  /**
   * Told when the same bytes are sent once more over a new socket: the server may have carried out
   * the first.
   */
  readonly onAgain?: (() => void) | undefined
}

/** One request with its body in memory. No redirect is ever followed, and no URL is ever logged. */
export interface Wire {
  request(request: WireRequest): Promise<Answer>
  close(): void
}

export function openAgents(): Agents {
  const options = {
    keepAlive: true,
    maxSockets: 256,
    maxFreeSockets: 64,
    scheduling: 'lifo',
  } as const
  const http = new HttpAgent(options)
  const https = new HttpsAgent(options)
  return {
    http,
    https,
    close() {
      http.destroy()
      https.destroy()
    },
  }
}

/**
 * Starts a request whose body the caller writes (`request.write`, `cork`, `end`), for the part
 * worker. `answer` may settle before the body is written: an error answer, or a Failure, after
 * which writing on is pointless but harmless; race a wait for 'drain' against it. `agents` null: a
 * socket of its own, closed afterwards.
 * Throws Failure 'insecure-endpoint'.
 */
export function startRequest(
  agents: Agents | null,
  head: Head,
): { readonly request: ClientRequest; readonly answer: Promise<Answer> } {
  const target = targetOf(head.url)
  const idleMs = head.idleMs ?? IDLE_MS
  const options = {
    host: target.host,
    port: target.port,
    path: target.path,
    method: head.method,
    // Decompression would change the ciphertext; the stored bytes are wanted as they are.
    headers: { ...head.headers, 'accept-encoding': 'identity' },
    agent: agents === null ? false : target.secure ? agents.https : agents.http,
  }
  const request = target.secure ? httpsRequest(options) : httpRequest(options)
  let response: IncomingMessage | null = null

  const stop = (failure: Failure) => {
    if (response === null) request.destroy(failure)
    else response.destroy(failure)
  }
  const cancel = () => stop(new Failure({ code: 'cancelled' }))
  const isTheirTurn = () => {
    if (response !== null) return response.readableLength === 0
    return (
      request.writableEnded ||
      request.writableLength > 0 ||
      request.socket === null ||
      request.socket.connecting
    )
  }
  // We may be the slow side (a disk, a paused reader). Then the clock starts again, and once more
  // when it is their turn at last: a whole interval must have been theirs.
  let ours = false
  const ring = () => {
    const theirs = isTheirTurn()
    if (theirs && !ours)
      return stop(new Failure({ code: 'unreachable', host: target.host, reason: 'ETIMEDOUT' }))
    ours = !theirs
    request.socket?.setTimeout(idleMs)
  }
  // On the socket itself, from the first moment of connecting; the request's own 'timeout' is told
  // only once.
  request.once('socket', (socket) => {
    socket.setTimeout(idleMs)
    socket.on('timeout', ring)
    request.once('close', () => socket.off('timeout', ring))
  })
  if (head.signal.aborted) cancel()
  request.once('close', onAbort(head.signal, cancel))

  const answer = new Promise<Answer>((resolve, reject) => {
    // Stays for the whole life of the request: a late EPIPE after an early answer must not end the
    // process.
    request.on('error', (cause) => reject(networkFailure(cause, target.host)))
    request.once('close', () =>
      reject(new Failure({ code: 'unreachable', host: target.host, reason: 'ECONNRESET' })),
    )
    request.once('response', (incoming) => {
      response = incoming
      failAs(incoming, target.host)
      resolve(answerOf(incoming))
    })
  })
  // The caller may still be writing when this fails; it hears of it when it awaits.
  answer.catch(() => {})
  return { request, answer }
}

export function openWire(): Wire {
  const agents = openAgents()
  return {
    async request(wanted) {
      const first = send(agents, wanted)
      try {
        return await first.answer
      } catch (cause) {
        // The server closed a kept socket just as it was used again: nothing was read, so the same
        // bytes go once more.
        const stale =
          cause instanceof Failure &&
          cause.error.code === 'unreachable' &&
          RESET.has(cause.error.reason) &&
          first.request.reusedSocket
        if (!stale || wanted.method === 'POST' || wanted.signal.aborted) throw cause
        wanted.onAgain?.()
        return send(null, wanted).answer
      }
    },
    close: () => agents.close(),
  }
}

const RESET: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE'])

function send(agents: Agents | null, wanted: WireRequest): ReturnType<typeof startRequest> {
  const length = wanted.body === null ? {} : { 'content-length': String(wanted.body.length) }
  const started = startRequest(agents, { ...wanted, headers: { ...wanted.headers, ...length } })
  started.request.end(wanted.body)
  return started
}

/**
 * Makes the stream fail with our errors whoever ends it: Node's own 'aborted' says nothing of host
 * or reason.
 */
function failAs(incoming: IncomingMessage, host: string): void {
  // It may fail before its reader has come; the reader finds the failure then, and until then it
  // must not end the process.
  incoming.on('error', () => {})
  const destroy = incoming.destroy.bind(incoming)
  incoming.destroy = (cause?: Error) => destroy(networkFailure(cause, host) as Error | undefined)
}

function answerOf(incoming: IncomingMessage): Answer {
  const headers = new Map<string, string>()
  for (let i = 0; i + 1 < incoming.rawHeaders.length; i += 2) {
    const name = incoming.rawHeaders[i]?.toLowerCase() ?? ''
    const value = incoming.rawHeaders[i + 1] ?? ''
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  return {
    status: incoming.statusCode ?? 0,
    headers,
    body: incoming,
    text: (limit = TEXT_LIMIT) => readText(incoming, limit),
  }
}

async function readText(body: Readable, limit: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length
    // Leaving the loop destroys the stream, and with it the socket.
    if (length > limit) throw new Failure({ code: 'too-large', limit })
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
