import { createServer, Socket, type AddressInfo, type SocketConstructorOpts } from 'node:net'
import { openPace } from './pace.ts'
import { openReplies, type Asked, type Reply } from './sink-replies.ts'

export interface Sink {
  /** Without a path. */
  readonly url: string
  close(): Promise<void>
}

const ZEROS = Buffer.alloc(1024 * 1024)
/** Less than a timer can wait is not waited for. */
const LEAST_WAIT_MS = 1
/** Read at once where the line is limited. */
const PACED_BYTES = 64 * 1024
const LINE_END = '\r\n'
const HEAD_END = '\r\n\r\n'
/** Looked through for the end of a head at once: what comes behind it is not to become text. */
const PIECE_BYTES = 4096

/**
 * Opens a server that takes every byte and stores none. It shares the machine with the measured
 * program, so it must cost next to nothing. Every connection is read into one buffer, at a quarter
 * of the time that Node's HTTP server takes for a GiB.
 * `bitsPerSecond`: the rate of all connections together; null for no limit.
 */
export async function openSink(bitsPerSecond: number | null): Promise<Sink> {
  const replies = await openReplies()
  const pace = bitsPerSecond === null ? null : openPace(bitsPerSecond / 8)
  const shared = Buffer.alloc(1024 * 1024)
  const sockets = new Set<Socket>()
  const server = createServer({ pauseOnConnect: true }, (accepted) => {
    const conversation = converse(
      (asked) => send(socket, replies(asked)),
      () => void socket.write(`HTTP/1.1 100 Continue${HEAD_END}`),
    )
    // A connection that has to wait keeps its bytes until the line has carried them.
    const buffer = pace === null ? shared : Buffer.alloc(PACED_BYTES)
    const callback = (bytes: number): boolean => {
      const wait = pace === null ? 0 : pace.take(bytes, performance.now())
      if (wait < LEAST_WAIT_MS) conversation(buffer.subarray(0, bytes))
      else setTimeout(() => (conversation(buffer.subarray(0, bytes)), socket.resume()), wait)
      return wait < LEAST_WAIT_MS
    }
    // Node reads into a buffer of the caller's for connections that it makes, but has no option for
    // those that it accepts.
    const options = {
      handle: handleOf(accepted),
      onread: { buffer, callback },
    } as SocketConstructorOpts
    const socket = new Socket(options)
    // An empty shell now; the server would wait for its end.
    accepted.destroy()
    sockets.add(socket)
    socket
      .once('close', () => sockets.delete(socket))
      .on('error', () => undefined)
      .setNoDelay()
      .resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

/** Takes the connection out of a socket, which then has none. */
function handleOf(socket: Socket): unknown {
  const holder = socket as unknown as { _handle: unknown }
  const handle = holder._handle
  holder._handle = null
  return handle
}

/** Bytes of one connection in, requests out, each when its body is over. */
export function converse(whole: (asked: Asked) => void, goOn: () => void): (bytes: Buffer) => void {
  let text = ''
  let asked: Asked | null = null
  /**
   * Bytes of the body, or of this chunk of it, that are still to come; null: the length of a chunk
   * comes first.
   */
  let left: number | null = 0
  let more = false

  /**
   * Gathers text up to `end`. Answers with how many bytes of `bytes` it took, and with the text
   * when it is whole.
   */
  const upTo = (end: string, bytes: Buffer, at: number): readonly [number, string | null] => {
    const before = text.length
    text += bytes.toString('latin1', at, at + PIECE_BYTES)
    const found = text.indexOf(end)
    if (found < 0) return [text.length - before, null]
    const line = text.slice(0, found)
    text = ''
    return [found + end.length - before, line]
  }

  const begin = (head: string): Asked => {
    const begun = readHead(head)
    more = begun.headers.get('transfer-encoding') === 'chunked'
    left = more ? null : Number(begun.headers.get('content-length') ?? 0)
    if (begun.headers.get('expect') === '100-continue') goOn()
    return begun
  }

  return (bytes) => {
    for (let at = 0; at < bytes.length;) {
      if (asked === null || left === null) {
        const [taken, line] = upTo(asked === null ? HEAD_END : LINE_END, bytes, at)
        at += taken
        if (line === null) continue
        if (asked === null) asked = begin(line)
        else {
          const length = Number.parseInt(line, 16)
          more = length > 0
          left = length + LINE_END.length
        }
      }
      if (left === null) continue
      const taken: number = Math.min(left, bytes.length - at)
      left -= taken
      at += taken
      if (left > 0) return
      if (more) left = null
      else {
        whole(asked)
        asked = null
      }
    }
  }
}

function readHead(head: string): Asked {
  const [first = '', ...lines] = head.split(LINE_END)
  const [method = '', target = ''] = first.split(' ')
  const headers = new Map(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
  return { method, target, headers }
}

function send(socket: Socket, { status, headers, text, zeros }: Reply): void {
  const lines = Object.entries({
    ...headers,
    date: new Date().toUTCString(),
    'x-oss-request-id': 'sink',
  }).map(([name, value]) => `${name}: ${value}`)
  socket.write(`HTTP/1.1 ${status} OK${LINE_END}${lines.join(LINE_END)}${HEAD_END}${text}`)
  let left = zeros
  const write = (): void => {
    while (left > 0) {
      const chunk = ZEROS.subarray(0, Math.min(left, ZEROS.length))
      left -= chunk.length
      if (!socket.write(chunk) && left > 0) return void socket.once('drain', write)
    }
  }
  write()
}
