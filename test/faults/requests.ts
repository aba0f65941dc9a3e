import type { Socket } from 'node:net'
import type { Call } from './schedule.ts'

/** The head of a request, and where its body ends. */
export interface RequestHead {
  readonly method: string
  /** Path and query, as they stand in the request line. */
  readonly target: string
  /** Name, value, name, value, as they came. */
  readonly raw: readonly string[]
  /** Bytes of the head. */
  readonly bytes: number
}

/**
 * Reads the bytes of one connection: requests one after the other, as our clients send them, never
 * chunked.
 */
export interface Requests {
  /** Null when the client is gone. */
  head(): Promise<RequestHead | null>
  /**
   * The next bytes of a body that has `left` to come; null when the client is gone before its end.
   */
  more(left: number): Promise<Buffer | null>
}

const END = '\r\n\r\n'

export function readRequests(socket: Socket): Requests {
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let held: Buffer = Buffer.alloc(0)
  const next = async (): Promise<Buffer | null> => {
    try {
      const { value, done } = await chunks.next()
      return done === true ? null : value
    } catch {
      return null
    }
  }
  return {
    async head() {
      for (let end = held.indexOf(END); ; end = held.indexOf(END)) {
        if (end >= 0) {
          const text = held.subarray(0, end).toString('latin1')
          held = held.subarray(end + END.length)
          return headOf(text, end + END.length)
        }
        const more = await next()
        if (more === null) return null
        held = Buffer.concat([held, more])
      }
    },
    async more(left) {
      const chunk = held.length > 0 ? held : await next()
      if (chunk === null) return null
      held = chunk.subarray(left)
      return chunk.subarray(0, left)
    },
  }
}

function headOf(text: string, bytes: number): RequestHead {
  const [line = '', ...lines] = text.split('\r\n')
  const [method = '', target = '/'] = line.split(' ')
  const raw = lines.flatMap((one) => {
    const colon = one.indexOf(':')
    return [one.slice(0, colon), one.slice(colon + 1).trim()]
  })
  return { method, target, raw, bytes }
}

/** `nth` counts the names. */
export function callOf(
  { method, target, raw }: RequestHead,
  count: (name: string) => number,
): Call {
  const [path = '', search = ''] = target.split(/\?(.*)/s)
  const [, bucket = '', key = ''] = path.split(/^\/([^/]*)\/?(.*)$/s)
  const query = new Map(new URLSearchParams(search))
  const headers = new Map<string, string>()
  for (let i = 0; i + 1 < raw.length; i += 2)
    headers.set((raw[i] ?? '').toLowerCase(), raw[i + 1] ?? '')
  const about = ['uploads', 'partNumber', 'uploadId', 'delete', 'prefix']
    .filter((one) => query.has(one))
    .map((one) => `${one}=${one === 'uploadId' ? '' : query.get(one)}`)
  const name = [
    method,
    `${bucket}/${decodeURIComponent(key)}`,
    ...about,
    headers.get('range') ?? '',
  ]
    .join(' ')
    .trim()
  return {
    method,
    bucket,
    key: decodeURIComponent(key),
    query,
    headers,
    length: Number(headers.get('content-length') ?? 0),
    name,
    nth: count(name),
  }
}
