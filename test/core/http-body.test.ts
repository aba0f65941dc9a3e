import { randomBytes } from 'node:crypto'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { BodyReceiver, TextResponse } from '../../electron/core/net/http-response.ts'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { requestHead } from '../../electron/core/net/http-request.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { errorOf } from './oss-practice.ts'
import { selfSigned } from './self-signed.ts'

/** Bodies that somebody takes as they come. */

const IDLE_MS = 200
let http: HttpClient
let server: Server
let sockets: Socket[]
let asked: string[]
let origin: string

beforeAll(() => void (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'))
afterAll(() => void delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
beforeEach(() => {
  sockets = []
  asked = []
  http = openHttpClient({ textLimit: 1000, idleMs: IDLE_MS })
})
afterEach(async () => {
  http.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((done) => server.close(done))
})

/** `answer` is asked for each request, `nth` on its connection. */
async function serve(
  answer: (socket: Socket, nth: number) => void,
  { make = createServer as (on: (socket: Socket) => void) => Server, scheme = 'http' } = {},
): Promise<void> {
  server = make((socket) => {
    const connection = sockets.push(socket)
    let nth = 0
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        asked.push(`${connection} ${bytes.toString('latin1').split('\r\n')[0]}`)
        answer(socket, ++nth)
      })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

const secure = {
  make: (on: (socket: Socket) => void): Server => createTlsServer(selfSigned(), on),
  scheme: 'https',
}
const headOf = (bytes: number): string =>
  `HTTP/1.1 200 OK\r\ncontent-length: ${bytes}\r\nx-a: 1\r\n\r\n`
const whole =
  (body: Buffer) =>
  (socket: Socket): void =>
    void (socket.write(headOf(body.length)), socket.write(body))
const later = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

interface Taken {
  readonly taker: BodyReceiver
  readonly heads: number[]
  /** Looked at only when it is done with: until then the bytes must not change. */
  bytes(): Buffer
}

/** Takes everything; `slow`: which of the pieces it needs time for, in turn. */
function taking(slow: readonly boolean[] = [false], ms = 1): Taken {
  const pieces: Buffer[] = []
  const heads: number[] = []
  let turn = 0
  let busy = false
  return {
    heads,
    bytes: () => Buffer.concat(pieces),
    taker: {
      accepts({ status }) {
        if (status < 300) heads.push(status)
        return status < 300
      },
      receive(bytes) {
        expect(busy).toBe(false)
        if (!(slow[turn++ % slow.length] ?? false)) return (pieces.push(Buffer.from(bytes)), null)
        busy = true
        return later(ms).then(() => {
          pieces.push(Buffer.from(bytes))
          busy = false
        })
      },
    },
  }
}

function get(taker: BodyReceiver, stop?: (cancel: () => void) => void): Promise<TextResponse> {
  return new Promise((resolve, reject) => {
    const cancel = http.send(
      {
        ...requestHead({ url: `${origin}/bucket/key`, method: 'GET', headers: {} }, null),
        body: new Uint8Array(0),
      },
      (result) => {
        if (result instanceof Error) reject(result)
        else resolve(result)
      },
      { receiver: taker },
    )
    stop?.(cancel)
  })
}

const unreachable = (reason: string) => ({ code: 'unreachable', host: '127.0.0.1', reason })

describe('a body', () => {
  test.each(['http', 'https'])(
    'comes whole and in order, whoever is slow, and its connection is used again: %s',
    async (scheme) => {
      const body = randomBytes(1_500_000)
      await serve(whole(body), scheme === 'https' ? secure : {})
      await fc.assert(
        fc.asyncProperty(fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), async (slow) => {
          const { taker, bytes, heads } = taking(slow)
          expect(await get(taker)).toMatchObject({ status: 200, body: '' })
          expect([bytes().equals(body), heads]).toEqual([true, [200]])
        }),
        { numRuns: 12 },
      )
      expect([sockets.length, new Set(asked)]).toEqual([1, new Set(['1 GET /bucket/key HTTP/1.1'])])
    },
  )

  test('in chunks, over TLS, and empty', async () => {
    const body = randomBytes(300_000)
    await serve((socket, nth) => {
      if (nth === 2) return void socket.write(headOf(0))
      socket.write('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')
      for (let at = 0; at < body.length; at += 70_000) {
        const chunk = body.subarray(at, at + 70_000)
        socket.write(`${chunk.length.toString(16)}\r\n`)
        socket.write(chunk)
        socket.write('\r\n')
      }
      socket.write('0\r\n\r\n')
    }, secure)
    const [chunked, empty] = [taking([true, false]), taking([true])]
    await get(chunked.taker)
    await get(empty.taker)
    expect([chunked.bytes().equals(body), empty.bytes().length, empty.heads]).toEqual([
      true,
      0,
      [200],
    ])
  })

  test('two at the same time do not read into each other, however slow they are taken', async () => {
    const bodies = [randomBytes(900_000), randomBytes(900_000)]
    await serve((socket) => whole(bodies[sockets.indexOf(socket)] ?? Buffer.alloc(0))(socket))
    const takers = bodies.map(() => taking([true], 5))
    await Promise.all(takers.map(({ taker }) => get(taker)))
    expect(
      takers.map(({ bytes }) => bodies.findIndex((body) => body.equals(bytes()))).sort(),
    ).toEqual([0, 1])
  })

  test('of an answer that is an error is text, and nobody takes it', async () => {
    await serve((socket) => void socket.write('HTTP/1.1 404 No\r\ncontent-length: 4\r\n\r\ngone'))
    const { taker, bytes, heads } = taking()
    expect(await get(taker)).toMatchObject({ status: 404, body: 'gone' })
    expect([bytes().length, heads]).toEqual([0, []])
  })

  test('goes on after a wait that was the taker’s, and not after one that was the server’s', async () => {
    const body = randomBytes(500_000)
    await serve(whole(body))
    const patient = taking([true, false, false, false], 3 * IDLE_MS)
    expect(await get(patient.taker)).toMatchObject({ status: 200 })
    expect(patient.bytes().equals(body)).toBe(true)
    server.removeAllListeners('connection')
    server.on('connection', (socket) =>
      sockets.push(socket.on('data', () => void socket.write(`${headOf(10)}half`))),
    )
    http.close()
    expect(await errorOf(get(taking().taker))).toEqual(unreachable('ETIMEDOUT'))
  })

  test.each(['http', 'https'])(
    'that was read is taken to its end although the server has closed meanwhile, and the next one comes over another connection: %s',
    async (scheme) => {
      const body = randomBytes(100_000)
      await serve(
        (socket) => (whole(body)(socket), void socket.end()),
        scheme === 'https' ? secure : {},
      )
      for (const slow of [true, false]) {
        const { taker, bytes } = taking([slow], 20)
        expect(await get(taker)).toMatchObject({ status: 200 })
        expect(bytes().equals(body)).toBe(true)
      }
      expect(asked.at(-1)).toMatch(/^2 /)
    },
  )
})

describe('fails', () => {
  const broken: readonly (readonly [string, (socket: Socket) => void, object])[] = [
    [
      'when it breaks off',
      (socket) => void (socket.write(headOf(100_000)), socket.end(randomBytes(50_000))),
      { code: 'unreachable', host: '127.0.0.1', reason: 'ECONNRESET' },
    ],
    [
      'when the connection is reset',
      (socket) =>
        void (
          socket.write(headOf(100_000)),
          socket.write(randomBytes(50_000), () => socket.resetAndDestroy())
        ),
      { code: 'unreachable', host: '127.0.0.1', reason: 'ECONNRESET' },
    ],
    [
      'when its length is two',
      (socket) =>
        void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 4\r\ncontent-length: 5\r\n\r\nfour'),
      { code: 'unreachable', host: '127.0.0.1', reason: 'EPROTO' },
    ],
  ]
  for (const slow of [false, true]) {
    test.each(broken)(`%s; slow: ${slow}`, async (_name, answer, error) => {
      await serve(answer)
      expect(await errorOf(get(taking([slow], 20).taker))).toEqual(error)
    })
  }

  const refused = new Failure({ code: 'size-differs', expected: 1, actual: 2 })
  const refuse = (): never => {
    throw refused
  }
  const takers: readonly (readonly [string, BodyReceiver])[] = [
    ['to begin', { accepts: refuse, receive: () => null }],
    ['at once', { accepts: () => true, receive: refuse }],
    ['after a while', { accepts: () => true, receive: () => later(5).then(refuse) }],
  ]
  test.each(takers)(
    'with what its taker fails with: %s; and its connection is not used again',
    async (_name, taker) => {
      await serve(whole(randomBytes(400_000)))
      expect(await errorOf(get(taker))).toEqual(refused.error)
      const next = taking()
      await get(next.taker)
      expect([sockets.length, next.bytes().length]).toEqual([2, 400_000])
    },
  )

  test.each([false, true])('when it is cancelled in its middle; slow: %s', async (slow) => {
    await serve((socket) => void (socket.write(headOf(100_000)), socket.write(randomBytes(50_000))))
    let cancel = (): void => undefined
    const { taker } = taking([slow], 30)
    const watched: BodyReceiver = {
      accepts: taker.accepts,
      receive: (bytes) => (setTimeout(cancel), taker.receive(bytes)),
    }
    expect(await errorOf(get(watched, (stop) => (cancel = stop)))).toEqual({ code: 'cancelled' })
  })
})

test('a kept connection that turned out dead: asked once more over a new one, and taken once', async () => {
  const body = randomBytes(100_000)
  await serve((socket, nth) => (nth === 1 ? whole(body)(socket) : socket.resetAndDestroy()))
  await get(taking().taker)
  const { taker, bytes, heads } = taking()
  await get(taker)
  expect([bytes().equals(body), heads, asked.length]).toEqual([true, [200], 3])
})
