import { createServer, type IncomingHttpHeaders } from 'node:http'
import { createHash } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { crc64ToDecimal } from '../../shared/format/crc64.ts'

/** The lies of the server; they may be changed at any time. */
export interface Lies {
  /** Metadata that it does not keep. */
  forgets(name: string): boolean
  /** Bytes of the end of each object that it does not keep. */
  cuts: number
  givesCrc64: boolean
  givesEtags: boolean
  /** Answers a PutObject or a part before it has read its body, and keeps nothing of it. */
  answersEarly: boolean
}

interface Kept {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

export interface LyingOss extends Lies {
  readonly endpoint: string
  readonly objects: Map<string, Kept>
  /** Method and key of each request, and the bytes that arrived with it. */
  readonly log: {
    readonly method: string
    readonly key: string
    readonly query: string
    readonly body: Buffer
    readonly headers: IncomingHttpHeaders
  }[]
  close(): Promise<void>
}

/**
 * Starts a server that speaks as much of OSS as an upload, a copy and a move need. It checks no
 * signature, never refuses to replace, and tells the truth until it is told to lie.
 */
export async function startLyingOss(): Promise<LyingOss> {
  const uploads = new Map<
    string,
    { readonly headers: Readonly<Record<string, string>>; readonly parts: Map<number, Buffer> }
  >()
  /** The tags of objects, as they were sent. */
  const tagged = new Map<string, string>()
  const lying: Omit<LyingOss, 'endpoint' | 'close'> = {
    forgets: () => false,
    cuts: 0,
    givesCrc64: true,
    givesEtags: true,
    answersEarly: false,
    objects: new Map(),
    log: [],
  }
  const metaOf = (headers: IncomingHttpHeaders): Record<string, string> =>
    Object.fromEntries(
      Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' &&
        (name.startsWith('x-oss-meta-') || name === 'content-type') &&
        !lying.forgets(name)
          ? [[name, value]]
          : [],
      ),
    )
  const facts = async (body: Buffer): Promise<Record<string, string>> => ({
    ...(lying.givesCrc64 && { 'x-oss-hash-crc64ecma': await sumOf(body) }),
    ...(lying.givesEtags && {
      etag: `"${createHash('md5').update(body).digest('hex').toUpperCase()}"`,
    }),
  })
  const keep = (key: string, body: Buffer, headers: Readonly<Record<string, string>>): void =>
    void lying.objects.set(key, { body: body.subarray(0, body.length - lying.cuts), headers })

  const server = createServer(async (request, response) => {
    const url = new URL(`http://x${request.url}`)
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'))
    const [{ method = '', headers }, query] = [request, url.searchParams]
    const early = lying.answersEarly && method === 'PUT'
    if (early)
      response.writeHead(200, { 'content-length': 0, ...(await facts(Buffer.alloc(0))) }).end()
    const body = await buffer(request).catch(() => Buffer.alloc(0))
    lying.log.push({ method, key, query: url.search, body, headers })
    if (early) return
    const xml = (text: string, more: Record<string, string> = {}) =>
      response.writeHead(200, { 'content-type': 'application/xml', ...more }).end(text)
    const upload = uploads.get(query.get('uploadId') ?? '')
    if (method === 'POST' && query.has('uploads')) {
      const id = `U${uploads.size + 1}`
      uploads.set(id, { headers: metaOf(headers), parts: new Map() })
      return xml(
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      )
    }
    if (method === 'PUT' && upload !== undefined) {
      upload.parts.set(Number(query.get('partNumber')), body)
      return response.writeHead(200, await facts(body)).end()
    }
    if (method === 'POST' && upload !== undefined) {
      const whole = Buffer.concat(
        [...upload.parts].sort(([a], [b]) => a - b).map(([, part]) => part),
      )
      keep(key, whole, upload.headers)
      const { etag = '', ...rest } = await facts(whole)
      return xml(
        `<CompleteMultipartUploadResult><ETag>${etag}</ETag></CompleteMultipartUploadResult>`,
        rest,
      )
    }
    const copied = lying.objects.get(
      decodeURIComponent(
        String(headers['x-oss-copy-source'] ?? '')
          .split('/')
          .slice(2)
          .join('/'),
      ),
    )
    if (method === 'PUT' && copied !== undefined) {
      keep(key, copied.body, copied.headers)
      const { etag = '', ...rest } = await facts(copied.body)
      return xml(`<CopyObjectResult><ETag>${etag}</ETag></CopyObjectResult>`, rest)
    }
    if (query.has('tagging')) {
      if (method === 'PUT') tagged.set(key, body.toString())
      return method === 'PUT'
        ? response.writeHead(200).end()
        : xml(tagged.get(key) ?? '<Tagging><TagSet></TagSet></Tagging>')
    }
    if (method === 'PUT') {
      keep(key, body, metaOf(headers))
      return response.writeHead(200, await facts(body)).end()
    }
    const object = lying.objects.get(key)
    if (method === 'DELETE') {
      if (upload === undefined) lying.objects.delete(key)
      return response.writeHead(204).end()
    }
    if (object === undefined)
      return response
        .writeHead(404, { 'content-type': 'application/xml' })
        .end(method === 'HEAD' ? '' : '<Error><Code>NoSuchKey</Code></Error>')
    const range = /bytes=(\d+)-(\d*)/.exec(headers.range ?? '')
    const [first, last] = [Number(range?.[1] ?? 0), Number(range?.[2] || object.body.length - 1)]
    const piece = object.body.subarray(first, last + 1)
    response.writeHead(range === null ? 200 : 206, {
      ...object.headers,
      ...(await facts(object.body)),
      'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
      'content-length': piece.length,
      ...(range !== null && { 'content-range': `bytes ${first}-${last}/${object.body.length}` }),
    })
    response.end(method === 'HEAD' ? '' : piece)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(lying, {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  })
}

async function sumOf(body: Buffer): Promise<string> {
  const crc = await takeCrc64()
  crc.update(body)
  const sum = crc64ToDecimal(crc.value())
  crc.release()
  return sum
}
