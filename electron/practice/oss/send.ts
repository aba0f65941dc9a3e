import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ServerResponse } from 'node:http'
import type { OssError } from './errors.ts'
import type { Reply } from './request/exchange.ts'
import type { BodyFilter } from './interference.ts'
import { pace } from './pace.ts'
import { element, leaf, xmlDocument } from './xml.ts'

/** The facts about a request that `send` needs. */
export interface Envoy {
  readonly method: string
  readonly requestId: string
  /** The server's time, ms. */
  readonly now: number
  readonly host: string
  /** Null: the body stays as it is. */
  readonly filter: BodyFilter | null
  /** Bits per second, or null. */
  readonly limit: number | null
  /** Called with the number of bytes of the body that were sent. */
  sent(bytes: number): void
}

/** Writes the answer. Resolves when the system has all of it, or when the client is gone. */
export async function send(response: ServerResponse, reply: Reply, envoy: Envoy): Promise<void> {
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
  response.sendDate = false
  response.writeHead(reply.status, [...headers.values()].flat())
  if (envoy.method === 'HEAD' || bytes === null || bytes === 0) {
    response.end()
    return
  }
  if (text !== null && envoy.filter === null) {
    envoy.sent(text.length)
    response.end(text)
    return
  }
  // The body can break off before its first byte, and the client must have the headers by then.
  // flushHeaders would write header bytes as UTF-8.
  response.write(Buffer.alloc(0))
  const source =
    text === null
      ? (reply.body as Exclude<Reply['body'], string | null>).open()
      : Readable.from([text])
  const chunks = envoy.limit === null ? source : pace(source, envoy.limit)
  const body = envoy.filter === null ? chunks : envoy.filter(chunks, response)
  await pipeline(counted(body, envoy.sent), response)
}

const common = ({ requestId, now }: Envoy): readonly (readonly [string, string])[] => [
  ['Server', 'AliyunOSS'],
  ['Date', new Date(now).toUTCString()],
  ['x-oss-request-id', requestId],
  ['x-oss-server-time', '1'],
]

/** Returns the answer for a refusal: OSS's error XML. For HEAD, a header carries the XML too. */
export function errorReply(
  error: OssError,
  { method, requestId, host }: Pick<Envoy, 'method' | 'requestId' | 'host'>,
): Reply {
  const leaves = (texts: Readonly<Record<string, string>>) =>
    Object.entries(texts).map(([name, value]) => leaf(name, value))
  const extra = Object.entries(error.extra).map(([name, value]) =>
    typeof value === 'string' ? leaf(name, value) : element(name, ...leaves(value)),
  )
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

async function* counted(
  chunks: AsyncIterable<Buffer>,
  sent: Envoy['sent'],
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    sent(chunk.length)
    yield chunk
  }
}
