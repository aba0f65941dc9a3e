import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The object it serves: what the last upload announced, and as many zero bytes as that. */
interface Held {
  headers: Record<string, string>
  size: number
}

const ZEROS = Buffer.alloc(1024 * 1024)

/**
 * A server that takes every byte and keeps none: what it costs is the line, not the disk. Runs in a process of its own and
 * prints its port. Knows the five requests of one upload and the two of one download; checks nothing.
 */
export function runSink(): void {
  const held: Held = { headers: {}, size: 0 }
  const server = createServer((request, response) => {
    request.resume().on('end', () => answer(held, request, response))
  })
  server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`))
}

function answer(held: Held, request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '' } = request
  const date = new Date().toUTCString()
  if (method === 'POST' && url.endsWith('?uploads')) {
    const entries = Object.entries(request.headers).filter(([name]) => name.startsWith('x-oss-meta-'))
    held.headers = Object.fromEntries(entries.map(([name, value]) => [name, String(value)]))
    held.size = Number(request.headers['x-oss-meta-client-side-encryption-data-size'] ?? 0)
    response.writeHead(200, { date }).end('<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>')
  } else if (method === 'POST') response.writeHead(200, { date }).end('<CompleteMultipartUploadResult><ETag>"sink"</ETag></CompleteMultipartUploadResult>')
  else if (method === 'PUT') response.writeHead(200, { date, etag: '"sink"' }).end()
  else if (method === 'HEAD') response.writeHead(200, { ...held.headers, date, etag: '"sink"', 'content-length': held.size }).end()
  else if (method === 'GET') serve(held, request, response)
  else response.writeHead(204).end()
}

function serve({ size }: Held, request: IncomingMessage, response: ServerResponse): void {
  const [, first = 0, last = 0] = (/bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? []).map(Number)
  let left = last - first + 1
  response.writeHead(206, { etag: '"sink"', 'content-length': left, 'content-range': `bytes ${first}-${last}/${size}` })
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
