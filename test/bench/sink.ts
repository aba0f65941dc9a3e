import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { takeCrc64 } from '../../electron/core/stream/crc64-sum.ts'
import { combineCrc64, crc64ToDecimal, EMPTY_CRC64 } from '../../shared/format/crc64.ts'
import { openPace, type Pace } from './pace.ts'

/** The object it serves: what the last upload in parts announced, and as many zero bytes as that. */
interface Held {
  headers: Record<string, string>
  size: number
}

export interface Sink {
  /** Without a path. */
  readonly url: string
  close(): Promise<void>
}

const ZEROS = Buffer.alloc(1024 * 1024)
/** Less than a timer can wait is not waited for. */
const LEAST_WAIT_MS = 1

/**
 * A server that takes every byte and keeps none: what it costs is the line, not the disk. Knows the requests of one upload, whole or in
 * parts, and of one download, as the SDKs make them; checks nothing. `bitsPerSecond`: what it takes from all connections together;
 * null for all it can.
 */
export async function openSink(bitsPerSecond: number | null): Promise<Sink> {
  const held: Held = { headers: {}, size: 0 }
  const pace = bitsPerSecond === null ? null : openPace(bitsPerSecond / 8)
  const zeroSums = await sumsOfZeros()
  const server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => hold(pace, request, chunk.length))
    request.on('end', () => answer(held, zeroSums, request, response))
  })
  // A client may think for a while between two requests, and a bench waits for the other one.
  server.keepAliveTimeout = 600_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}

function hold(pace: Pace | null, request: IncomingMessage, bytes: number): void {
  const wait = pace === null ? 0 : pace.take(bytes, performance.now())
  if (wait < LEAST_WAIT_MS) return
  request.pause()
  setTimeout(() => request.resume(), wait)
}

type Sums = (bytes: number) => bigint

function answer(held: Held, zeroSums: Sums, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '' } = request
  const { pathname, searchParams } = new URL(url, 'http://sink')
  const [bucket = '', ...path] = pathname.slice(1).split('/')
  // Some SDKs go on with the key that they are answered with.
  const place = `<Bucket>${bucket}</Bucket><Key>${escaped(decodeURIComponent(path.join('/')))}</Key>`
  const common = { date: new Date().toUTCString(), 'x-oss-request-id': 'sink' }
  const xml = (name: string, inside: string): void => {
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n<${name}>${place}${inside}</${name}>`
    response.writeHead(200, { ...common, 'content-type': 'application/xml', 'content-length': Buffer.byteLength(text) }).end(text)
  }
  if (method === 'POST' && searchParams.has('uploads')) {
    const entries = Object.entries(request.headers).filter(([name]) => name.startsWith('x-oss-meta-'))
    held.headers = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
    held.size = Number(request.headers['x-oss-meta-client-side-encryption-data-size'] ?? 0)
    xml('InitiateMultipartUploadResult', '<UploadId>1</UploadId>')
  } else if (method === 'POST') xml('CompleteMultipartUploadResult', '<ETag>"sink"</ETag>')
  else if (method === 'PUT') response.writeHead(200, { ...common, etag: '"sink"', 'content-length': 0 }).end()
  // oss2 asks what is there before it sends the first part.
  else if (method === 'GET' && searchParams.has('uploadId')) xml('ListPartsResult', NO_PARTS)
  else if (method === 'HEAD' || method === 'GET') serve(held, zeroSums, request, response, common)
  else response.writeHead(204, common).end()
}

const NO_PARTS = '<UploadId>1</UploadId><NextPartNumberMarker>0</NextPartNumberMarker><MaxParts>1000</MaxParts><IsTruncated>false</IsTruncated>'
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** The object, or a range of it, with the sum of the whole, which every SDK compares. */
function serve({ headers, size }: Held, zeroSums: Sums, request: IncomingMessage, response: ServerResponse, common: Readonly<Record<string, string>>): void {
  const wanted = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
  const first = Number(wanted?.[1] ?? 0)
  const last = wanted?.[2] ? Math.min(Number(wanted[2]), size - 1) : size - 1
  let left = last - first + 1
  const range = wanted === null ? {} : { 'content-range': `bytes ${first}-${last}/${size}` }
  const told = { ...common, ...headers, ...range, etag: '"sink"', 'last-modified': common['date'] ?? '', 'x-oss-hash-crc64ecma': crc64ToDecimal(zeroSums(size)) }
  response.writeHead(wanted === null ? 200 : 206, { ...told, 'content-type': 'application/octet-stream', 'content-length': left })
  if (request.method === 'HEAD') return void response.end()
  const write = (): void => {
    while (left > 0) {
      const chunk = ZEROS.subarray(0, Math.min(left, ZEROS.length))
      left -= chunk.length
      if (!response.write(chunk) && left > 0) return void response.once('drain', write)
    }
    response.end()
  }
  write()
}

/** CRC-64 of any number of zero bytes, by doubling. */
async function sumsOfZeros(): Promise<Sums> {
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
  return sum
}
