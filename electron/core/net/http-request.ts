import type { Socket } from 'node:net'
import type { RequestBody } from './http-body.ts'

/** One request, ready to be written. */
export interface HttpRequest {
  /** Scheme and authority: https, or http to this computer. */
  readonly origin: string
  /** See {@link requestHead}. */
  readonly head: string
  /** Bytes in memory, empty for a request without a body; or a body that the caller writes. */
  readonly body: Uint8Array | RequestBody
}

/** Decompression would change the ciphertext: OSS is asked for the stored bytes. */
const ENCODING = 'accept-encoding: identity\r\n'

/**
 * Builds everything before the body. `bytes`: length of the body; null for no Content-Length.
 * `headers`: lower-case names, values with one character per byte. The URL is sent as it is:
 * nothing in its path is resolved or encoded again.
 * Throws RangeError for anything that cannot stand there: a line end in a value would make two
 * requests of one.
 */
export function requestHead(
  request: {
    readonly url: string
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
  },
  bytes: number | null,
): Pick<HttpRequest, 'origin' | 'head'> {
  const { url, method, headers } = request
  const { origin, path } = splitUrl(url)
  const first = `${method} ${path} HTTP/1.1`
  if (origin === '' || !/^[A-Z]+ \/[\x21-\x7e]* HTTP\/1\.1$/.test(first))
    throw new RangeError('a request line that cannot be sent')
  let head = `${first}\r\nhost: ${origin.slice(origin.indexOf('//') + 2)}\r\n`
  for (const name in headers) {
    if (SET_HERE.has(name)) continue
    const line = `${name}: ${headers[name]}`
    if (!HEADER.test(line)) throw new RangeError(`header ${name} cannot be sent as it is`)
    head += `${line}\r\n`
  }
  const length = bytes === null ? '' : `content-length: ${bytes}\r\n`
  return { origin, head: `${head}${length}${ENCODING}connection: keep-alive\r\n\r\n` }
}

/** Headers that describe the connection or the body, never what the caller says of them. */
const SET_HERE: ReadonlySet<string> = new Set(['host', 'content-length', 'accept-encoding'])
const HEADER = /^[0-9a-z-]+: [\t\x20-\x7e\x80-\xff]*$/

/** A URL without a path means the root. The URL class is not used: it resolves `..` in paths. */
function splitUrl(url: string): { readonly origin: string; readonly path: string } {
  const [origin = ''] = /^https?:\/\/[^\0-\x20/?#\x7f-\uffff]+/.exec(url) ?? []
  const path = url.slice(origin.length)
  return { origin, path: path.startsWith('/') ? path : `/${path}` }
}

/** Up to here, copying head and body together costs less than handing over two buffers. */
const ONE_PIECE = 32 * 1024

/** Where they are put together. TLS never takes all of a write at once, so it gets new memory. */
let piece = Buffer.allocUnsafeSlow(ONE_PIECE)

/** Writes head and body. A body that the caller writes is attached to the socket. */
export function writeHttpRequest(
  socket: Socket,
  { head, body }: HttpRequest,
  secure: boolean,
): void {
  if (!(body instanceof Uint8Array)) {
    socket.write(head, 'latin1')
    return body.attach(socket)
  }
  const length = head.length + body.length
  if (length > ONE_PIECE) {
    socket.cork()
    socket.write(head, 'latin1')
    socket.write(body)
    socket.uncork()
    return
  }
  const target = secure ? Buffer.allocUnsafeSlow(length) : piece
  target.write(head, 'latin1')
  target.set(body, head.length)
  socket.write(target.subarray(0, length))
  // The system still reads from this memory if it did not take everything.
  if (socket.writableLength > 0 && target === piece) piece = Buffer.allocUnsafeSlow(ONE_PIECE)
}
