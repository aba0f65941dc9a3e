import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { combineCrc64, crc64ToDecimal, EMPTY_CRC64 } from '../../shared/format/crc64.ts'

/** A request without its body, which nobody looks at. */
export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
}

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | number>>
  readonly text: string
  /** Zero bytes after the text. */
  readonly zeros: number
}

const PREFIX = 'x-oss-meta-'
const NO_PARTS =
  '<UploadId>1</UploadId><NextPartNumberMarker>0</NextPartNumberMarker><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated>'

/**
 * Answers the requests of one upload and of one download as OSS would, without checking them. The
 * object is the one that the last upload in parts announced, made of zero bytes. For an object in
 * one request, HEAD answers with the headers that came with it. It has no sum, since nobody read
 * the bytes.
 */
export async function openReplies(): Promise<(asked: Asked) => Reply> {
  const zeroSums = await sumsOfZeros()
  let meta: Readonly<Record<string, string>> = {}
  let size = 0
  const put = new Map<string, Readonly<Record<string, string | number>>>()

  /** The object, or a range of it, with the sum of the whole, which every SDK compares. */
  const object = ({ method, headers }: Asked): Reply => {
    const wanted = /bytes=(\d+)-(\d*)/.exec(headers.get('range') ?? '')
    const first = Number(wanted?.[1] ?? 0)
    const last = wanted?.[2] ? Math.min(Number(wanted[2]), size - 1) : size - 1
    const length = last - first + 1
    const told = {
      ...meta,
      ...(wanted === null ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }),
      etag: '"sink"',
      'last-modified': new Date().toUTCString(),
      'x-oss-hash-crc64ecma': crc64ToDecimal(zeroSums(size)),
      'content-type': 'application/octet-stream',
      'content-length': length,
    }
    return {
      status: wanted === null ? 200 : 206,
      headers: told,
      text: '',
      zeros: method === 'HEAD' ? 0 : length,
    }
  }

  return (asked) => {
    const { method, target, headers } = asked
    if (method === 'PUT' && !target.includes('?'))
      put.set(target, told(headers, headers.get('content-length') ?? '0'))
    if (method === 'PUT')
      return { status: 200, headers: { etag: '"sink"', 'content-length': 0 }, text: '', zeros: 0 }
    const known = method === 'HEAD' ? put.get(target) : undefined
    if (known !== undefined) return { status: 200, headers: known, text: '', zeros: 0 }
    const { pathname, searchParams } = new URL(target, 'http://sink')
    if (method === 'POST' && searchParams.has('uploads')) {
      meta = Object.fromEntries([...headers].filter(([name]) => name.startsWith(PREFIX)))
      size = Number(headers.get(`${PREFIX}client-side-encryption-data-size`) ?? 0)
      return xml('InitiateMultipartUploadResult', pathname, '<UploadId>1</UploadId>')
    }
    if (method === 'POST') put.set(pathname, { ...meta, etag: '"sink"', 'content-length': size })
    if (method === 'POST')
      return xml('CompleteMultipartUploadResult', pathname, '<ETag>"sink"</ETag>')
    // oss2 asks what is there before it sends the first part.
    if (method === 'GET' && searchParams.has('uploadId'))
      return xml('ListPartsResult', pathname, NO_PARTS)
    if (method === 'GET' || method === 'HEAD') return object(asked)
    return { status: 204, headers: {}, text: '', zeros: 0 }
  }
}

/** Returns the headers that HEAD gives for an object that came in one request. */
function told(headers: Asked['headers'], bytes: string): Record<string, string | number> {
  const all: Record<string, string | number> = { etag: '"sink"', 'content-length': bytes }
  for (const [name, value] of headers) if (name.startsWith(PREFIX)) all[name] = value
  return all
}

/** Some SDKs go on with the bucket and key that they are answered with. */
function xml(name: string, pathname: string, inside: string): Reply {
  const [bucket = '', ...path] = pathname.slice(1).split('/')
  const key = decodeURIComponent(path.join('/'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}><Bucket>${bucket}</Bucket><Key>${key}</Key>${inside}</${name}>`
  return {
    status: 200,
    headers: { 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) },
    text,
    zeros: 0,
  }
}

/** CRC-64 of any number of zero bytes, by doubling. */
async function sumsOfZeros(): Promise<(bytes: number) => bigint> {
  const crc = await takeCrc64()
  crc.update(Buffer.alloc(1))
  const one = crc.value()
  crc.release()
  const sum = (bytes: number): bigint => {
    if (bytes === 0) return EMPTY_CRC64
    const half = sum(Math.floor(bytes / 2))
    const both = combineCrc64(half, half, Math.floor(bytes / 2))
    return bytes % 2 === 0 ? both : combineCrc64(both, one, 1)
  }
  let last = { bytes: 0, sum: EMPTY_CRC64 }
  return (bytes) => {
    if (last.bytes !== bytes) last = { bytes, sum: sum(bytes) }
    return last.sum
  }
}
