import type { BlobStore, ReceivedBody } from '../store/blob-store.ts'
import { badArgument, refusal } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { pace } from '../pace.ts'

/** The most bytes of PutObject, UploadPart and AppendObject: 5 GB. */
export const MAX_BODY_BYTES = 5 * 1024 ** 3
const MAX_XML_BYTES = 2 * 1024 ** 2

/** Streams the body to disk and checks length and Content-MD5. A failure leaves nothing. */
export async function receiveBody(exchange: Exchange, blobs: BlobStore): Promise<ReceivedBody> {
  const { headers, bodyBytes } = exchange
  if (bodyBytes === undefined) throw refusal('MissingContentLength')
  if (bodyBytes !== null && bodyBytes > MAX_BODY_BYTES) throw refusal('EntityTooLarge')
  const wanted = headers.get('content-md5')
  if (wanted !== undefined) checkDigestForm(wanted)
  const limit = trafficLimit(exchange)
  const received = await blobs.receive(
    bounded(limit === null ? exchange.body : pace(exchange.body, limit)),
  )
  if (wanted !== undefined && wanted !== received.md5.toString('base64')) {
    blobs.remove(received.segments)
    throw refusal('InvalidDigest', {
      message: 'The Content-MD5 you specified did not match what we received.',
    })
  }
  return received
}

async function* bounded(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_BODY_BYTES) throw refusal('EntityTooLarge')
    yield chunk
  }
}

function checkDigestForm(text: string): void {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.length !== 16 || bytes.toString('base64') !== text) throw refusal('InvalidDigest')
}

/** Reads the XML of a small request. Errors: MalformedXML for more than 2 MiB. */
export async function receiveText({ body, bodyBytes }: Exchange): Promise<string> {
  if ((bodyBytes ?? 0) > MAX_XML_BYTES) throw refusal('MalformedXML')
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes > MAX_XML_BYTES) throw refusal('MalformedXML')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/**
 * Returns the limit in bits per second that the header or the query asks for; null without one.
 * Errors: InvalidArgument.
 */
export function trafficLimit({
  headers,
  query,
}: Pick<Exchange, 'headers' | 'query'>): number | null {
  const text = headers.get('x-oss-traffic-limit') ?? query.get('x-oss-traffic-limit')
  if (text === undefined) return null
  const bits = Number(text)
  if (/^\d+$/.test(text) && bits >= 819_200 && bits <= 838_860_800) return bits
  throw badArgument('x-oss-traffic-limit', text, 'The limit must be 819200 to 838860800 bit/s.')
}
