import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Accounts } from '../accounts.ts'
import { readTarget } from './request/addressing.ts'
import { authenticate, type Incoming } from './request/authenticate.ts'
import { OssError, refusal } from './errors.ts'
import type { Exchange, HeaderMap, Place, QueryParam, Reply } from './request/exchange.ts'
import { struckBy, type FaultAction, type Faults } from '../faults.ts'
import { withoutSecrets, type LogEntry, type RequestLog } from '../request-log.ts'
import { trafficLimit } from './request/request-body.ts'
import { bodyOf, firstOf, headerMap, rawPairs } from './request/request-parts.ts'
import { perform, type Shelf } from './router.ts'
import { errorReply, send, type Envoy } from './send.ts'

/** The parts of the server. `shelf` is called for every request, because a reset replaces it. */
export interface ServerParts {
  readonly accounts: Accounts
  readonly faults: Faults
  readonly log: RequestLog
  readonly region: string
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
  // Content-Length together with chunked is accepted: ali-oss sends both with a stream of known
  // length.
  const limits = { requestTimeout: 0, headersTimeout: 60_000, keepAliveTimeout: 65_000 }
  const http = createServer(
    { maxHeaderSize: 64 * 1024, insecureHTTPParser: true, noDelay: true, ...limits },
    (request, response) => {
      const work = answer(parts, request, response).finally(() => working.delete(work))
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
  let envoy: Envoy = {
    method,
    requestId,
    host,
    now: parts.now(),
    faults: [],
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
      const faults = parts.faults.strike({ method, ...place, query })
      Object.assign(entry, place, {
        query: withoutSecrets(query),
        faults: faults.map(({ kind }) => kind),
      })
      const now = parts.now() + (struckBy(faults, 'skew')?.ms ?? 0)
      envoy = { ...envoy, faults, now }
      await strikeBefore(faults, request, response)
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
        ...envoy,
        headers,
        params: target.params,
        query,
        place: signed,
        entry,
      })
      reply = await perform(parts.shelf(), exchange)
      envoy = { ...envoy, limit: trafficLimit(exchange) }
    } catch (cause) {
      if (request.socket.destroyed) return
      const error = cause instanceof OssError ? cause : failure(cause)
      entry.code = error.code
      reply = errorReply(error, envoy)
    }
    entry.status = struckBy(envoy.faults, 'lose-response') === undefined ? reply.status : 0
    await send(response, reply, envoy)
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
function provenPlace(request: Incoming, { accounts, shelf }: ServerParts): Place {
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

/** Carries out the faults that come before the request is read. */
async function strikeBefore(
  faults: readonly FaultAction[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const delay = struckBy(faults, 'delay')
  if (delay !== undefined) await delayed(delay.ms, response)
  if (struckBy(faults, 'reset-request')?.afterBytes === 0) {
    request.socket.resetAndDestroy()
    throw new Error('reset by a fault')
  }
  const throttle = struckBy(faults, 'throttle')
  if (throttle !== undefined) {
    const headers = { 'x-oss-qos-delay-time': String(throttle.delayMs) }
    throw new OssError(
      503,
      'TotalQpsLimitExceeded',
      '0004-00000001',
      'Please reduce your request rate.',
      { headers },
    )
  }
  const status = struckBy(faults, 'status')
  if (status !== undefined)
    throw new OssError(
      status.status,
      status.code,
      status.ec ?? '0000-00000000',
      status.message ?? 'A fault on cue.',
    )
}

/** Waits, and rejects when the client goes away. */
async function delayed(ms: number, response: ServerResponse): Promise<void> {
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  await sleep(ms, undefined, { signal: gone.signal })
}

interface Known {
  readonly requestId: string
  readonly now: number
  readonly faults: readonly FaultAction[]
  readonly headers: HeaderMap
  readonly params: readonly QueryParam[]
  readonly query: ReadonlyMap<string, string>
  readonly place: Place
  readonly entry: LogEntry
}

function exchangeOf(
  request: IncomingMessage,
  { requestId, now, faults, headers, params, query, place, entry }: Known,
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
    body: bodyOf(request, faults, entry),
    bodyBytes: headers.has('transfer-encoding')
      ? null
      : length === undefined
        ? undefined
        : Number(length),
    requestId,
    now,
    faults,
  }
}
