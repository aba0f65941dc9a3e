import type { IncomingMessage, ServerResponse } from 'node:http'
import { OssError } from '../../electron/practice/oss/errors.ts'
import type {
  BodyFilter,
  OssInterference,
  RequestTarget,
} from '../../electron/practice/oss/interference.ts'
import type { Exchange, Reply } from '../../electron/practice/oss/request/exchange.ts'
import type { Shelf } from '../../electron/practice/oss/router.ts'
import { Cues, sleepWhileOpen, struckBy, type Cue, type Turn } from './fault-cues.ts'

/** Selects the requests of a fault. Every member that is given must hold. */
export interface FaultMatch extends Turn {
  readonly method?: string
  readonly bucket?: string
  readonly key?: string | RegExp
  /**
   * A query parameter that the request must have: its name, such as `uploadId`, or `name=value`.
   * Null: the request must have no query.
   */
  readonly query?: string | null
}

/** The harm that a fault does to a request. */
export type FaultAction =
  /** The server does nothing and answers with this error. */
  | {
      readonly kind: 'status'
      readonly status: number
      readonly code: string
      readonly ec?: string
      readonly message?: string
    }
  /** The server does nothing and answers 503 with `x-oss-qos-delay-time`. */
  | { readonly kind: 'throttle'; readonly delayMs: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /**
   * The connection is reset after `afterBytes` of the request's body; 0: before the first byte.
   * Nothing is stored.
   */
  | { readonly kind: 'reset-request'; readonly afterBytes: number }
  /** The connection is reset after `afterBytes` of the answer's body. */
  | { readonly kind: 'reset-response'; readonly afterBytes: number }
  /** The connection closes in order after `bytes` of a longer body. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** The lowest bit of the byte at `offset` of the answer's body is wrong. */
  | { readonly kind: 'flip-bit'; readonly offset: number }
  /** The server's clock is `ms` ahead for this request. */
  | { readonly kind: 'skew'; readonly ms: number }
  /** The bucket has a CORS rule: pages of every origin may read the answer. */
  | { readonly kind: 'allow-origin' }
  /** `x-oss-hash-crc64ecma` of the answer is wrong. */
  | { readonly kind: 'wrong-crc' }
  /**
   * The account may not write tags: OSS refuses a request that brings tags, before it reads the
   * body. `names`: the answer names the permission.
   */
  | { readonly kind: 'no-tagging'; readonly names: boolean }
  /** The object of this request has no CRC-64, as can happen with CopyObject. */
  | { readonly kind: 'no-crc' }
  /** The server first forgets the upload id of the request. */
  | { readonly kind: 'forget-upload' }
  /** The server carries out the request and resets the connection instead of an answer. */
  | { readonly kind: 'lose-response' }

/** One fault of the OSS server. */
export type Fault = Cue<FaultMatch, FaultAction>

type Actions = readonly FaultAction[]

/** The faults of a practice OSS server. */
export class Faults extends Cues<FaultMatch, FaultAction, RequestTarget> {
  constructor() {
    super(matches)
  }

  /** Returns the hooks that carry out the faults of one request. */
  interfere(target: RequestTarget): OssInterference {
    const actions = this.strike(target)
    return {
      skewMs: struckBy(actions, 'skew')?.ms ?? 0,
      responseBody: bodyFilter(actions),
      before: (request, response) => before(actions, request, response),
      requestBody: (chunks, request) => requestBody(actions, chunks, request),
      perform: (shelf, exchange, operation) => perform(actions, shelf, exchange, operation),
      answer: (reply) => answer(actions, reply),
    }
  }
}

function matches(match: FaultMatch, { method, bucket, key, query }: RequestTarget): boolean {
  if (match.method !== undefined && match.method !== method) return false
  if (match.bucket !== undefined && match.bucket !== bucket) return false
  if (
    match.key !== undefined &&
    !(typeof match.key === 'string' ? match.key === key : match.key.test(key))
  )
    return false
  if (match.query === undefined) return true
  if (match.query === null) return query.size === 0
  const [name = '', value] = match.query.split(/=(.*)/s)
  return query.has(name) && (value === undefined || query.get(name) === value)
}

const CRC64_HEADER = 'x-oss-hash-crc64ecma'
const isCrc64 = ([name]: readonly [string, string]) => name.toLowerCase() === CRC64_HEADER

async function before(
  actions: Actions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const delay = struckBy(actions, 'delay')
  if (delay !== undefined) await sleepWhileOpen(delay.ms, response)
  if (struckBy(actions, 'reset-request')?.afterBytes === 0) reset(request)
  const throttle = struckBy(actions, 'throttle')
  if (throttle !== undefined) {
    throw new OssError(
      503,
      'TotalQpsLimitExceeded',
      '0004-00000001',
      'Please reduce your request rate.',
      { headers: { 'x-oss-qos-delay-time': String(throttle.delayMs) } },
    )
  }
  const noTagging = struckBy(actions, 'no-tagging')
  if (noTagging !== undefined && bringsTags(request)) throw taggingDenied(noTagging.names)
  const status = struckBy(actions, 'status')
  if (status !== undefined) {
    throw new OssError(
      status.status,
      status.code,
      status.ec ?? '0000-00000000',
      status.message ?? 'A fault on cue.',
    )
  }
}

const bringsTags = ({ method, url = '', headers }: IncomingMessage): boolean =>
  headers['x-oss-tagging'] !== undefined || (method === 'PUT' && /[?&]tagging(?:[=&]|$)/.test(url))

/** Source: OSS's documentation of AccessDenied, with the detail that RAM adds. */
const taggingDenied = (names: boolean): OssError =>
  new OssError(403, 'AccessDenied', '0003-00000001', 'You have no right to access this object.', {
    extra: names ? { AccessDeniedDetail: { AuthAction: 'oss:PutObjectTagging' } } : {},
  })

function reset(request: IncomingMessage): never {
  request.socket.resetAndDestroy()
  throw new Error('reset by a fault')
}

async function* requestBody(
  actions: Actions,
  chunks: AsyncIterable<Buffer>,
  request: IncomingMessage,
): AsyncGenerator<Buffer> {
  const end = struckBy(actions, 'reset-request')?.afterBytes ?? Number.POSITIVE_INFINITY
  let bytes = 0
  for await (const chunk of chunks) {
    bytes += chunk.length
    if (bytes >= end) reset(request)
    yield chunk
  }
}

async function perform(
  actions: Actions,
  { uploads, store }: Shelf,
  { method, bucket, key, query }: Exchange,
  operation: () => Promise<Reply>,
): Promise<Reply> {
  const id = query.get('uploadId')
  if (id !== undefined && struckBy(actions, 'forget-upload') !== undefined)
    uploads.end(uploads.get(bucket, key, id), [])
  const reply = await operation()
  const storesObject =
    (method === 'PUT' && !query.has('partNumber')) || (method === 'POST' && id !== undefined)
  if (struckBy(actions, 'no-crc') === undefined || !storesObject || !reply.headers.some(isCrc64))
    return reply
  // No other request can read the object between `operation` and this change.
  const version = reply.headers.find(([name]) => name.toLowerCase() === 'x-oss-version-id')
  store.update(bucket, { ...store.get(bucket, key, version?.[1] ?? null), crc64: null })
  return { ...reply, headers: reply.headers.filter((pair) => !isCrc64(pair)) }
}

function answer(actions: Actions, reply: Reply): Reply | null {
  if (struckBy(actions, 'lose-response') !== undefined) return null
  if (struckBy(actions, 'allow-origin') !== undefined)
    return { ...reply, headers: [...reply.headers, ['access-control-allow-origin', '*']] }
  if (struckBy(actions, 'wrong-crc') === undefined) return reply
  const headers = reply.headers.map((pair) =>
    isCrc64(pair) ? ([pair[0], (BigInt(pair[1]) ^ 1n).toString()] as const) : pair,
  )
  return { ...reply, headers }
}

function bodyFilter(actions: Actions): BodyFilter | null {
  const cutAt = struckBy(actions, 'truncate')?.bytes ?? Number.POSITIVE_INFINITY
  const resetAt = struckBy(actions, 'reset-response')?.afterBytes ?? Number.POSITIVE_INFINITY
  const wrongAt = struckBy(actions, 'flip-bit')?.offset ?? null
  const end = Math.min(cutAt, resetAt)
  if (end === Number.POSITIVE_INFINITY && wrongAt === null) return null
  return async function* (chunks, response) {
    let offset = 0
    for await (const chunk of chunks) {
      const piece = Buffer.from(chunk.subarray(0, end - offset))
      const at = (wrongAt ?? -1) - offset
      if (at >= 0 && at < piece.length) piece[at] = (piece[at] ?? 0) ^ 1
      yield piece
      offset += piece.length
      if (offset < end) continue
      // The reader asked for more, so the system has the bytes before the cut.
      if (resetAt === end) response.socket?.resetAndDestroy()
      else response.socket?.end()
      return
    }
  }
}
