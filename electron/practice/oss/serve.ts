import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Accounts } from '../accounts.ts'
import { readTarget } from './request/addressing.ts'
import { authenticate, type SignedParts } from './request/authenticate.ts'
import { OssError, refusal } from './errors.ts'
import type { Exchange, HeaderMap, Place, QueryParam, Reply } from './request/exchange.ts'
import { NO_INTERFERENCE, type OssInterference, type RequestTarget } from './interference.ts'
import { withoutSecrets, type RequestLog } from '../request-log.ts'
import { trafficLimit } from './request/request-body.ts'
import { bodyOf, firstOf, headerMap, rawPairs } from './request/request-parts.ts'
import { perform, type Shelf } from './router.ts'
import { errorReply, send, type Envoy } from './send.ts'

/** The parts of the server. `shelf` is called for every request, because a reset replaces it. */
export interface ServerParts {
  readonly accounts: Accounts
  readonly log: RequestLog
  readonly region: string
  /** Called once for each request. */
  interfere(target: RequestTarget): OssInterference
  shelf(): Shelf
  /** ms since 1970 */
  now(): number
}

/** An HTTP server, not yet listening. */
export interface OssServer {
  readonly http: Server
  /** Stops listening, cuts all connections, and resolves when no request is under way. */
  close(): Promise<void>
}

/** Every program on this computer may connect, and the process needs file handles for itself. */
const MOST_CONNECTIONS = 512

export function ossServer(parts: ServerParts): OssServer {
  const working = new Set<Promise<void>>()
  const start = onePerTurn()
  // Content-Length together with chunked is accepted: ali-oss sends both with a stream of known
  // length.
  const limits = { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 65_000 }
  const http = createServer(
    { maxHeaderSize: 64 * 1024, insecureHTTPParser: true, noDelay: true, ...limits },
    (request, response) => {
      const work = start(() => answer(parts, request, response)).finally(() => working.delete(work))
      working.add(work)
    },
  )
  http.maxConnections = MOST_CONNECTIONS
  http.on('clientError', (_cause, socket) => {
    if (socket.writable) socket.end(malformed(parts.now()))
    else socket.destroy()
  })
  const close = async () => {
    const closed = new Promise<void>((resolve) => void http.close(() => resolve()))
    http.closeAllConnections()
    await Promise.all([closed, ...working])
  }
  return { http, close }
}

/**
 * Makes a function that starts work, one piece in each turn of the event loop. Node accepts one
 * connection a turn. If every turn served all open connections, the last of many new ones would
 * wait so long that its client gives it up.
 */
function onePerTurn(): (work: () => Promise<void>) => Promise<void> {
  const waiting: (() => void)[] = []
  let isPlanned = false
  const startNext = (): void => {
    waiting.shift()?.()
    isPlanned = waiting.length > 0
    if (isPlanned) setImmediate(startNext)
  }
  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push(() => void work().then(resolve, reject))
      if (!isPlanned) setImmediate(startNext)
      isPlanned = true
    })
}

/** Returns the whole answer to bytes that are not HTTP, for which there is no request. */
function malformed(now: number): string {
  const requestId = newRequestId()
  const { status, body } = errorReply(refusal('BadRequest'), { method: '', requestId, host: '' })
  const text = String(body)
  const head = [
    `HTTP/1.1 ${status} Bad Request`,
    'Server: AliyunOSS',
    `Date: ${new Date(now).toUTCString()}`,
    'Connection: close',
    'Content-Type: application/xml',
    `Content-Length: ${Buffer.byteLength(text)}`,
    `x-oss-request-id: ${requestId}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${text}`
}

const newRequestId = (): string => randomBytes(12).toString('hex').toUpperCase()

async function answer(
  parts: ServerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = newRequestId()
  const headers = headerMap(request)
  const method = request.method ?? 'GET'
  const entry = parts.log.open(requestId, method, headers)
  const host = headers.get('host') ?? ''
  let interference = NO_INTERFERENCE
  let envoy: Envoy = {
    method,
    requestId,
    host,
    now: parts.now(),
    filter: null,
    limit: null,
    sent: (bytes) => void (entry.responseBytes += bytes),
  }
  response.on('error', () => {})
  try {
    let reply: Reply
    try {
      const target = readTarget(request.url ?? '/', host)
      const query = firstOf(target.params)
      const place = target.readings[0]
      Object.assign(entry, place, { query: withoutSecrets(query) })
      interference = parts.interfere({ method, ...place, query })
      const now = parts.now() + interference.skewMs
      envoy = { ...envoy, now, filter: interference.responseBody }
      await interference.before(request, response)
      const signed = provenPlace(
        {
          method,
          readings: target.readings,
          params: target.params,
          headers,
          now,
          region: parts.region,
        },
        parts,
      )
      Object.assign(entry, signed)
      const exchange = exchangeOf(request, {
        requestId,
        now,
        headers,
        params: target.params,
        query,
        place: signed,
        body: interference.requestBody(bodyOf(request, entry), request),
      })
      const shelf = parts.shelf()
      reply = await interference.perform(shelf, exchange, () => perform(shelf, exchange))
      envoy = { ...envoy, limit: trafficLimit(exchange) }
    } catch (cause) {
      if (request.socket.destroyed) return
      const error = cause instanceof OssError ? cause : failure(cause)
      entry.code = error.code
      reply = errorReply(error, envoy)
    }
    const sent = interference.answer(reply)
    entry.status = sent?.status ?? 0
    if (sent === null) response.socket?.resetAndDestroy()
    else await send(response, sent, envoy)
  } catch {
    // The client is gone, or the bytes could not be read after the answer had started. The only
    // sign that is left is a cut connection.
    response.destroy()
  }
}

/**
 * Authenticates a request. OSS looks for the bucket before it looks for the AccessKey. PutBucket
 * needs no bucket that exists.
 */
function provenPlace(request: SignedParts, { accounts, shelf }: ServerParts): Place {
  try {
    return authenticate(request, accounts)
  } catch (cause) {
    const { store } = shelf()
    const isUnknownKey = cause instanceof OssError && cause.code === 'InvalidAccessKeyId'
    const isMissing = request.readings.every(
      ({ bucket, key }) =>
        bucket !== '' && !(request.method === 'PUT' && key === '') && !store.hasBucket(bucket),
    )
    if (isUnknownKey && isMissing)
      throw refusal('NoSuchBucket', { extra: { BucketName: request.readings[0].bucket } })
    throw cause
  }
}

/** Makes the refusal for a failure of this server, such as a full disk. It holds no secret. */
function failure(cause: unknown): OssError {
  const code = (cause as NodeJS.ErrnoException).code
  return refusal('InternalError', {
    message: `The practice server failed: ${code ?? String(cause)}`,
  })
}

interface Known {
  readonly requestId: string
  readonly now: number
  readonly headers: HeaderMap
  readonly params: readonly QueryParam[]
  readonly query: ReadonlyMap<string, string>
  readonly place: Place
  readonly body: AsyncIterable<Buffer>
}

function exchangeOf(
  request: IncomingMessage,
  { requestId, now, headers, params, query, place, body }: Known,
): Exchange {
  const length = headers.get('content-length')
  return {
    ...place,
    address: `${request.socket.localAddress}:${request.socket.localPort}`,
    method: request.method ?? 'GET',
    params,
    query,
    headers,
    rawHeaders: rawPairs(request),
    body,
    bodyBytes: headers.has('transfer-encoding')
      ? null
      : length === undefined
        ? undefined
        : Number(length),
    requestId,
    now,
  }
}
