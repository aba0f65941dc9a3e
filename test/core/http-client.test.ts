import { createServer as createTlsServer } from 'node:tls'
import { createServer, Socket, type AddressInfo, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TextResponse } from '../../electron/core/net/http-response.ts'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { requestHead } from '../../electron/core/net/http-request.ts'
import { withRetry } from '../../electron/core/net/retry.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { selfSigned } from './self-signed.ts'

/**
 * The answers on each connection, one per request, in order. A function may do anything with the
 * socket.
 */
type Script = readonly (readonly (string | ((socket: Socket) => void))[])[]

const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok'
let server: Server
let sockets: Socket[]
let seen: string[]
let http: HttpClient
let origin: string

beforeEach(() => {
  sockets = []
  seen = []
  http = openHttpClient({ textLimit: 1000, idleMs: 200 })
})
afterEach(async () => {
  http.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((done) => server.close(done))
})

/** A server that looks for the end of each body of `bytes`, and says what the script says next. */
async function serve(
  script: Script,
  { make = createServer as (on: (socket: Socket) => void) => Server, scheme = 'http' } = {},
): Promise<void> {
  let connections = 0
  server = make((socket) => {
    sockets.push(socket)
    const replies = script[Math.min(connections++, script.length - 1)] ?? []
    const connection = connections
    let text = ''
    let turn = 0
    socket
      .on('error', () => undefined)
      .on('data', (bytes) => {
        text += bytes.toString('latin1')
        for (;;) {
          const end = text.indexOf('\r\n\r\n')
          const length = Number(/content-length: (\d+)/.exec(text)?.[1] ?? Number.NaN)
          if (end < 0 || text.length < end + 4 + length) return
          seen.push(`${connection} ${text.slice(end + 4, end + 4 + length)}`)
          text = text.slice(end + 4 + length)
          const reply = replies[turn++] ?? OK
          if (typeof reply === 'string') socket.write(reply)
          else reply(socket)
        }
      })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function put(
  body: string | Uint8Array = 'bytes',
  stop?: (cancel: () => void) => void,
): Promise<TextResponse> {
  const bytes = Buffer.from(body)
  return new Promise((resolve, reject) => {
    const cancel = http.send(
      {
        ...requestHead(
          { url: `${origin}/bucket/key`, method: 'PUT', headers: { 'x-oss-date': 'now' } },
          bytes.length,
        ),
        body: bytes,
      },
      (result) => {
        if (result instanceof Error) reject(result)
        else resolve(result)
      },
    )
    stop?.(cancel)
  })
}

async function reasonOf(work: Promise<unknown>): Promise<string> {
  const cause = await work.then(
    (value) => value,
    (thrown: unknown) => thrown,
  )
  if (!(cause instanceof Failure)) throw new Error(`no Failure but ${JSON.stringify(cause)}`)
  return cause.error.code === 'unreachable' ? cause.error.reason : cause.error.code
}

const reset = (socket: Socket): void => void socket.resetAndDestroy()

describe('connections', () => {
  test('one after the other over one of them', async () => {
    await serve([[]])
    for (const body of ['a', 'b', 'c']) expect((await put(body)).body).toBe('ok')
    expect(seen).toEqual(['1 a', '1 b', '1 c'])
  })

  test('at the same time over several, each with its own answer', async () => {
    await serve(
      [0, 1, 2, 3].map((number) => [
        (socket) =>
          void setTimeout(() => socket.write(OK.replace('ok', `o${number}`)), 20 - 5 * number),
      ]),
    )
    const bodies = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (body) => `${(await put(body)).body}`),
    )
    expect([...bodies].sort()).toEqual(['o0', 'o1', 'o2', 'o3'])
    expect(seen.map((line) => line.slice(2)).sort()).toEqual(['a', 'b', 'c', 'd'])
    expect(sockets.length).toBe(4)
  })

  test('one that timed out carries nothing more, from the very call that ends it', async () => {
    await serve([[], []])
    await put('a')
    const { port } = server.address() as AddressInfo
    const { destroy } = Socket.prototype
    const next = new Promise<TextResponse>((resolve, reject) => {
      Socket.prototype.destroy = function (this: Socket, ...args: Parameters<typeof destroy>) {
        const isOurs = this.remotePort === port
        const result = destroy.apply(this, args)
        if (isOurs) {
          Socket.prototype.destroy = destroy
          // A streamed body is never sent again by the client: a second connection would not hide
          // that the first one was taken.
          const { request, answer } = http.start(
            {
              url: `${origin}/b`,
              method: 'PUT',
              headers: {},
              signal: new AbortController().signal,
            },
            1,
          )
          request.end('b')
          answer.then(async ({ status, text }) => {
            resolve({ status, headers: new Map(), body: await text() })
          }, reject)
        }
        return result
      }
    })
    try {
      expect((await next).body).toBe('ok')
    } finally {
      Socket.prototype.destroy = destroy
    }
    expect(seen).toEqual(['1 a', '2 b'])
  })

  test('a server that answers only the connections it has gets every request over these', async () => {
    const KEPT = 20
    await serve([
      ...Array.from({ length: KEPT }, () => []),
      Array.from({ length: 100 }, () => () => undefined),
    ])
    await Promise.all(Array.from({ length: KEPT }, () => put('first')))
    let tries = 0
    const sent = (body: string) =>
      withRetry(() => (tries++, put(body)), {
        signal: new AbortController().signal,
        attempts: 8,
        wait: async () => undefined,
      })
    let isOver = false
    const busy = Array.from({ length: KEPT }, async () => {
      while (!isOver) await sent('busy')
    })
    const late = Array.from({ length: 2 * KEPT }, () => sent('late'))
    try {
      expect((await Promise.all(late)).map(({ body }) => body)).toEqual(late.map(() => 'ok'))
    } finally {
      isOver = true
      await Promise.allSettled(busy)
    }
    // Each late one was tried over a new connection once, and then waited for one with an answer.
    // Now and then the client tries whether one more connection gets an answer.
    const answered = seen.filter((line) => Number(line.split(' ')[0]) <= KEPT).length - KEPT
    expect(tries - answered).toBeLessThan(5 * KEPT)
  })

  const closing: readonly (readonly [name: string, answer: string | ((socket: Socket) => void)])[] =
    [
      [
        'it says that it closes',
        'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok',
      ],
      ['it is an older server', 'HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\nok'],
      ['its body has no length', (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\nok')],
      ['it says more than it was asked', `${OK}HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n`],
      [
        'it goes on talking',
        (socket) => (
          socket.write(OK),
          setTimeout(() => socket.write('HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n'), 20),
          undefined
        ),
      ],
    ]
  for (const [name, answer] of closing) {
    test(`never used again where ${name}`, async () => {
      await serve([[answer], []])
      expect((await put('a')).body).toBe('ok')
      await expect.poll(() => sockets[0]?.destroyed).toBe(true)
      expect((await put('b')).body).toBe('ok')
      expect(seen).toEqual(['1 a', '2 b'])
    })
  }

  test('at most 256 at once; others wait for their turn, or are cancelled while they wait', async () => {
    http = openHttpClient({ textLimit: 1000 })
    const held: Socket[] = []
    let open = false
    const hold = (socket: Socket): void => {
      held.push(socket)
      open ||= held.length === 256
      if (open) for (const one of held.splice(0)) one.write(OK)
    }
    await serve([Array.from({ length: 300 }, () => hold)])
    const work = Array.from({ length: 299 }, (_, number) => put(`${number}`))
    expect(await reasonOf(put('cancelled', (cancel) => cancel()))).toBe('cancelled')
    const bodies = (await Promise.all(work)).map(({ body }) => body)
    expect([new Set(bodies), sockets.length]).toEqual([new Set(['ok']), 256])
    expect(seen.filter((line) => line.endsWith('cancelled'))).toEqual([])
    expect(seen.length).toBe(299)
  })

  test('those that nobody uses are given up', async () => {
    await serve([[]])
    await put()
    await expect.poll(() => sockets[0]?.destroyed).toBe(true)
    expect((await put('b')).status).toBe(200)
    expect(seen).toEqual(['1 bytes', '2 b'])
  })

  test.each([reset, (socket: Socket) => void socket.end()])(
    'a kept one that turned out dead: the same bytes go once more over a new one',
    async (drop) => {
      await serve([[OK, drop], []])
      await put('a')
      expect((await put('b')).body).toBe('ok')
      expect(seen).toEqual(['1 a', '1 b', '2 b'])
    },
  )

  test('once more is enough', async () => {
    await serve([[OK, reset], [reset]])
    await put('a')
    expect(await reasonOf(put('b'))).toBe('ECONNRESET')
    expect(seen).toEqual(['1 a', '1 b', '2 b'])
  })

  const lost: readonly (readonly [
    name: string,
    answer: string | ((socket: Socket) => void),
    reason: string,
  ])[] = [
    ['a new one is reset', reset, 'ECONNRESET'],
    ['a new one is closed', (socket) => void socket.end(), 'ECONNRESET'],
    [
      'half an answer, and a reset',
      (socket) => void socket.write('HTTP/1.1 200', () => socket.resetAndDestroy()),
      'ECONNRESET',
    ],
    [
      'half a body, and an orderly end',
      (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
      'ECONNRESET',
    ],
    ['silence', () => undefined, 'ETIMEDOUT'],
    ['silence after half an answer', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n', 'ETIMEDOUT'],
    ['noise', 'no such thing\r\n\r\n', 'EPROTO'],
    [
      'a body without an end',
      `HTTP/1.1 500 No\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(1001)}`,
      'too-large',
    ],
  ]
  for (const [name, answer, reason] of lost) {
    test(`${name}: ${reason}, once`, async () => {
      await serve([[answer]])
      expect(await reasonOf(put())).toBe(reason)
      expect(seen).toEqual(['1 bytes'])
    })
  }

  test('half an answer on a kept one is not sent once more', async () => {
    await serve([[OK, (socket) => void socket.end('HTTP/1.1 200')], []])
    await put('a')
    expect(await reasonOf(put('b'))).toBe('ECONNRESET')
    expect(seen).toEqual(['1 a', '1 b'])
  })

  test('nobody there', async () => {
    await serve([[]])
    await new Promise((done) => server.close(done))
    expect(await reasonOf(put())).toBe('ECONNREFUSED')
  })

  test('a name over http that is not this computer', () => {
    server = createServer()
    expect(() =>
      http.send(
        {
          ...requestHead({ url: 'http://example.com/x', method: 'PUT', headers: {} }, 0),
          body: Buffer.alloc(0),
        },
        () => undefined,
      ),
    ).toThrow('insecure-endpoint')
  })
})

describe('large and slow', () => {
  /** More than any socket takes at once. */
  const BIG = Buffer.alloc(8 * 1024 * 1024, 'x')
  const early = (answer: string) => async (): Promise<void> => {
    server = createServer((socket) => {
      sockets.push(socket)
      socket.on('error', () => undefined).once('data', () => (socket.pause(), socket.write(answer)))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  test('an error before the body was taken is the answer', async () => {
    await early('HTTP/1.1 403 No\r\ncontent-length: 2\r\n\r\nno')()
    // Twice: a connection that still owes a body is not used again.
    for (const connections of [1, 2]) {
      expect(await put(BIG)).toMatchObject({ status: 403, body: 'no' })
      expect(sockets.length).toBe(connections)
    }
  })

  test('what is content with less than it was sent keeps nothing', async () => {
    await early(OK)()
    expect(await reasonOf(put(BIG))).toBe('oss')
  })

  test('a large body arrives whole', async () => {
    // This is not about silence: the server here takes its time to look at what it got.
    http = openHttpClient({ textLimit: 1000 })
    await serve([[]])
    const large = BIG.subarray(0, 1024 * 1024)
    expect((await put(large)).body).toBe('ok')
    expect(seen).toEqual([`1 ${large.toString()}`])
  })
})

describe('cancel', () => {
  test.each(['at once', 'later'])('%s: ends it, and nothing is sent once more', async (when) => {
    await serve([[() => undefined]])
    const work = put('a', (cancel) => (when === 'at once' ? cancel() : setTimeout(cancel, 30)))
    expect(await reasonOf(work)).toBe('cancelled')
    expect(await reasonOf(put('b', (cancel) => setTimeout(cancel, 30)))).toBe('cancelled')
  })

  test('after the answer it does nothing', async () => {
    await serve([[]])
    let cancel = (): void => undefined
    await put('a', (given) => void (cancel = given))
    cancel()
    expect((await put('b')).body).toBe('ok')
    expect(seen).toEqual(['1 a', '1 b'])
  })
})

describe('heads', () => {
  const url = 'https://b.example.com:8443/a/../b%20c?x=1'
  test('as given, with what HTTP needs', () => {
    expect(requestHead({ url, method: 'PUT', headers: { etag: '"\xe9"' } }, 7)).toEqual({
      origin: 'https://b.example.com:8443',
      head: 'PUT /a/../b%20c?x=1 HTTP/1.1\r\nhost: b.example.com:8443\r\netag: "\xe9"\r\ncontent-length: 7\r\naccept-encoding: identity\r\nconnection: keep-alive\r\n\r\n',
    })
  })

  test.each([
    [{ method: 'PUT x HTTP/1.1\r\n' }],
    [{ url: 'https://a/b c' }],
    [{ url: 'https://a/b\r\nx: y' }],
    [{ url: 'https://' }],
    [{ url: 'https://a\r\nx: y/' }],
    [{ url: 'ftp://a/' }],
    [{ url: 'https://a/ä' }],
    [{ headers: { a: 'b\r\nc: d' } }],
    [{ headers: { a: 'b\0' } }],
    [{ headers: { a: '你' } }],
    [{ headers: { 'a: b\r\nc': 'd' } }],
    [{ headers: { A: 'b' } }],
    [{ headers: { '': 'b' } }],
  ])('%j cannot be sent', (change) => {
    expect(() =>
      requestHead({ url, method: 'PUT', headers: {}, ...(change as object) }, 0),
    ).toThrow(RangeError)
  })
})

describe('TLS', () => {
  const secure = {
    make: (on: (socket: Socket) => void) => createTlsServer(selfSigned(), on),
    scheme: 'https',
  }

  test('a certificate that is not trusted', async () => {
    await serve([[]], secure)
    expect(await reasonOf(put())).toBe('DEPTH_ZERO_SELF_SIGNED_CERT')
    expect(seen).toEqual([])
  })

  test('one that is: kept, and read as any other', async () => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await serve([[]], secure)
      for (const body of ['a', 'b'.repeat(100_000)]) expect((await put(body)).body).toBe('ok')
      expect(seen.map((line) => line.length)).toEqual([3, 100_002])
      expect(new Set(seen.map(([connection]) => connection))).toEqual(new Set(['1']))
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  })
})
