import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ServerResponse } from 'node:http'
import type { OssError } from './errors.ts'
import type { Reply } from './request/exchange.ts'
import { struckBy, type FaultAction } from '../faults.ts'
import { pace } from './pace.ts'
import { leaf, xmlDocument } from './xml.ts'

/** The facts about a request that its answer needs. */
export interface Envoy {
  readonly method: string
  readonly requestId: string
  /** The server's time, ms. */
  readonly now: number
  readonly host: string
  readonly faults: readonly FaultAction[]
  /** Bits per second, or null. */
  readonly limit: number | null
  /** Called with the number of bytes of the body that were sent. */
  sent(bytes: number): void
}

/**
 * Writes the answer, changed by the faults of its request. Resolves when all of it was handed to
 * the system, or when the client is gone.
 */
export async function send(response: ServerResponse, reply: Reply, envoy: Envoy): Promise<void> {
  if (struckBy(envoy.faults, 'lose-response') !== undefined) {
    response.socket?.resetAndDestroy()
    return
  }
  const text = typeof reply.body === 'string' ? Buffer.from(reply.body) : null
  const bytes =
    text?.length ??
    (typeof reply.body === 'object' && reply.body !== null ? reply.body.bytes : null)
  const headers = new Map<string, readonly [string, string]>()
  for (const [name, value] of [...common(envoy), ...reply.headers])
    headers.set(name.toLowerCase(), [name, value])
  if (bytes !== null) headers.set('content-length', ['Content-Length', String(bytes)])
  else if (!headers.has('content-length') && reply.status !== 204 && reply.status !== 304)
    headers.set('content-length', ['Content-Length', '0'])
  spoilCrc(headers, envoy.faults)
  response.sendDate = false
  response.writeHead(reply.status, [...headers.values()].flat())
  if (envoy.method === 'HEAD' || bytes === null || bytes === 0) {
    response.end()
    return
  }
  if (text !== null && envoy.faults.length === 0) {
    envoy.sent(text.length)
    response.end(text)
    return
  }
  // A fault may cut the body off before its first byte, and the headers must be out by then.
  // flushHeaders would write header bytes as UTF-8.
  response.write(Buffer.alloc(0))
  const source =
    text === null
      ? (reply.body as Exclude<Reply['body'], string | null>).open()
      : Readable.from([text])
  await pipeline(spoilt(source, response, envoy), response)
}

const common = ({ requestId, now }: Envoy): readonly (readonly [string, string])[] => [
  ['Server', 'AliyunOSS'],
  ['Date', new Date(now).toUTCString()],
  ['x-oss-request-id', requestId],
  ['x-oss-server-time', '1'],
]

/** Makes the answer for a refusal: OSS's error XML. For HEAD, a header carries it as well. */
export function errorReply(
  error: OssError,
  { method, requestId, host }: Pick<Envoy, 'method' | 'requestId' | 'host'>,
): Reply {
  const extra = Object.entries(error.extra).map(([name, value]) => leaf(name, value))
  const ec = error.ec === '' ? [] : [leaf('EC', error.ec)]
  const xml = xmlDocument(
    'Error',
    leaf('Code', error.code),
    leaf('Message', error.message),
    leaf('RequestId', requestId),
    leaf('HostId', host),
    ...extra,
    ...ec,
  )
  return {
    status: error.status,
    headers: [
      ['Content-Type', 'application/xml'],
      ...(error.ec === '' ? [] : [['x-oss-ec', error.ec] as const]),
      ...(method === 'HEAD' ? [['x-oss-err', Buffer.from(xml).toString('base64')] as const] : []),
      ...Object.entries(error.headers),
    ],
    body: error.status === 304 ? null : xml,
  }
}

function spoilCrc(
  headers: Map<string, readonly [string, string]>,
  faults: readonly FaultAction[],
): void {
  const [name, value] = headers.get('x-oss-hash-crc64ecma') ?? []
  if (name === undefined || value === undefined || struckBy(faults, 'wrong-crc') === undefined)
    return
  headers.set('x-oss-hash-crc64ecma', [name, (BigInt(value) ^ 1n).toString()])
}

/** Passes the body on: paced, damaged or cut off, as the faults demand. */
async function* spoilt(
  source: Readable,
  response: ServerResponse,
  { faults, limit, sent }: Envoy,
): AsyncGenerator<Buffer> {
  const reset = struckBy(faults, 'reset-response')
  const cut = struckBy(faults, 'truncate')
  const flip = struckBy(faults, 'flip-bit')
  const end = Math.min(
    reset?.afterBytes ?? Number.POSITIVE_INFINITY,
    cut?.bytes ?? Number.POSITIVE_INFINITY,
  )
  let offset = 0
  for await (const chunk of limit === null
    ? (source as AsyncIterable<Buffer>)
    : pace(source, limit)) {
    const piece = offset + chunk.length > end ? chunk.subarray(0, end - offset) : chunk
    sent(piece.length)
    yield flip !== undefined && flip.offset >= offset && flip.offset < offset + piece.length
      ? flipped(piece, flip.offset - offset)
      : piece
    offset += piece.length
    if (offset < end) continue
    // The reader asked for more, so the system has the bytes before the cut.
    if (reset !== undefined && reset.afterBytes === end) response.socket?.resetAndDestroy()
    else response.socket?.end()
    return
  }
}

function flipped(bytes: Buffer, at: number): Buffer {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}
