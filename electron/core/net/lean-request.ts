/** One request with its body in memory; an empty one for a GET. */
export interface LeanRequest {
  /** Scheme and authority: https, or http to this computer. */
  readonly origin: string
  /** See {@link leanHead}. */
  readonly head: string
  readonly body: Uint8Array
}

/**
 * What goes before a body of `bytes`; null where there is to be none. The URL is sent as it is:
 * nothing in its path is resolved or encoded again. `headers`: lower-case names; values one
 * character per byte. Throws RangeError for what cannot stand there: with a line end in a value it
 * would be two requests.
 */
export function leanHead(
  request: {
    readonly url: string
    readonly method: string
    readonly headers: Readonly<Record<string, string>>
  },
  bytes: number | null,
): Pick<LeanRequest, 'origin' | 'head'> {
  const { url, method, headers } = request
  const slash = url.indexOf('/', 'https://'.length)
  const origin = url.slice(0, slash)
  const first = `${method} ${url.slice(slash)} HTTP/1.1`
  if (slash < 0 || !/^[A-Z]+ [\x21-\x7e]+ HTTP\/1\.1$/.test(first))
    throw new RangeError('a request line that cannot be sent')
  let head = `${first}\r\nhost: ${origin.slice(origin.indexOf('//') + 2)}\r\n`
  for (const name in headers) {
    const line = `${name}: ${headers[name]}`
    if (!HEADER.test(line)) throw new RangeError(`header ${name} cannot be sent as it is`)
    head += `${line}\r\n`
  }
  return {
    origin,
    head: `${head}${bytes === null ? '' : `content-length: ${bytes}\r\n`}accept-encoding: identity\r\nconnection: keep-alive\r\n\r\n`,
  }
}

const HEADER = /^[0-9a-z-]+: [\t\x20-\x7e\x80-\xff]*$/
