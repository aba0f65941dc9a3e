import { getEventListeners } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  openHttpClient,
  type HttpClient,
  type HttpResponse,
} from '../../electron/core/net/http-client.ts'
import { Failure, type AppError } from '../../shared/contract/errors.ts'
import { selfSigned } from './self-signed.ts'

let serve: (request: IncomingMessage, response: ServerResponse) => void
let server: Server
let url: string
let sockets: Socket[]
let http: HttpClient
const never = new AbortController().signal

beforeEach(async () => {
  sockets = []
  server = createServer((request, response) => serve(request, response))
  server.on('connection', (socket: Socket) => void sockets.push(socket))
  url = await listening(server, 'http')
  http = openHttpClient()
})

afterEach(async () => {
  http.close()
  for (const socket of sockets) socket.destroy()
  await new Promise((done) => server.close(done))
})

async function listening(one: Server, scheme: string): Promise<string> {
  await new Promise<void>((done) => one.listen(0, '127.0.0.1', done))
  return `${scheme}://127.0.0.1:${(one.address() as AddressInfo).port}`
}

async function errorOf(work: Promise<unknown>): Promise<AppError> {
  const cause = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(cause instanceof Failure)) throw new Error(`no Failure but ${String(cause)}`)
  return cause.error
}

const get = (path = '/', more: { signal?: AbortSignal; idleMs?: number; method?: string } = {}) =>
  http.request({
    url: `${url}${path}`,
    method: 'GET',
    headers: {},
    body: null,
    signal: never,
    ...more,
  })

describe('what goes over the wire', () => {
  test.each([
    ['/bucket/a/../b', 'dot segments are part of a key'],
    ['/bucket/%2E%2E/%2e/x', 'encoded ones too'],
    ['/bucket//double//slash', 'empty segments stay'],
    ['/bucket/%E4%BD%A0%2B%20?x=%2F&uploads', 'nothing is encoded again'],
    ['?list-type=2', 'a query without a path'],
  ])('the path %s is sent as it is: %s', async (path) => {
    serve = (request, response) => response.end(request.url)
    expect(await (await get(path)).text()).toBe(path.startsWith('/') ? path : `/${path}`)
  })

  test('method, headers, body and its length arrive; nothing may be compressed', async () => {
    let seen: IncomingMessage['headers'] = {}
    serve = (request, response) => {
      seen = request.headers
      void text(request).then((body) => response.end(`${request.method} ${body}`))
    }
    const answer = await http.request({
      url,
      method: 'PUT',
      headers: { 'x-oss-meta-a': 'b', 'accept-encoding': 'gzip' },
      body: Buffer.from('héé'),
      signal: never,
    })
    expect(await answer.text()).toBe('PUT héé')
    expect(seen).toMatchObject({
      'x-oss-meta-a': 'b',
      'content-length': '5',
      'accept-encoding': 'identity',
    })
  })

  test('an answer keeps raw header values, repeated ones joined', async () => {
    serve = (_, response) => {
      response.writeHead(
        201,
        [
          ['X-Oss-Meta-A', Buffer.from('é').toString('latin1')],
          ['Set-It', 'a'],
          ['set-it', 'b'],
        ].flat(),
      )
      response.end()
    }
    const answer = await get()
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-oss-meta-a')).toBe('Ã©')
    expect(answer.headers.get('set-it')).toBe('a, b')
    expect(await answer.text()).toBe('')
  })

  test('a redirect is an answer, not an order', async () => {
    let asked = 0
    serve = (_, response) => {
      asked++
      response.writeHead(302, { location: `${url}/elsewhere` }).end()
    }
    expect((await get()).status).toBe(302)
    expect(asked).toBe(1)
  })

  test('sockets are kept and used again', async () => {
    serve = (_, response) => response.end('ok')
    for (let i = 0; i < 5; i++) await (await get()).text()
    expect(sockets.length).toBe(1)
  })

  test('a body longer than the limit is refused and its socket dropped', async () => {
    serve = (_, response) => response.end('x'.repeat(1000))
    expect(await errorOf((await get()).text(999))).toEqual({ code: 'too-large', limit: 999 })
    expect((await (await get()).text(1000)).length).toBe(1000)
  })
})

describe('where a request may go', () => {
  test.each([
    ['http://example.com/', true],
    ['http://127.0.0.1.example.com/', true],
    ['http://localhost.example.com/', true],
    ['http://10.0.0.1:9000/', true],
    ['http://[::2]/', true],
    ['http://0.0.0.0:1/', true],
    ['http://127.0.0.1:1/', false],
    ['http://127.9.9.9:1/', false],
    ['http://localhost:1/', false],
    ['http://[::1]:1/', false],
  ])('%s refused: %s', async (target, refused) => {
    const error = await errorOf(
      http.request({
        url: target,
        method: 'GET',
        headers: {},
        body: null,
        signal: never,
        idleMs: 1000,
      }),
    )
    expect(error.code).toBe(refused ? 'insecure-endpoint' : 'unreachable')
  })

  test('nobody listens: the host and the system’s own code', async () => {
    await new Promise((done) => server.close(done))
    expect(await errorOf(get())).toEqual({
      code: 'unreachable',
      host: '127.0.0.1',
      reason: 'ECONNREFUSED',
    })
    server.listen(0)
  })

  test('TLS where none is spoken, and a certificate nobody signed', async () => {
    serve = (_, response) => response.end()
    expect(
      await errorOf(
        http.request({
          url: url.replace('http', 'https'),
          method: 'GET',
          headers: {},
          body: null,
          signal: never,
        }),
      ),
    ).toMatchObject({
      code: 'unreachable',
      host: '127.0.0.1',
      reason: expect.stringMatching(/SSL|EPROTO/) as string,
    })
    const tls = createTlsServer(selfSigned(), (_, response) => response.end())
    const address = await listening(tls as unknown as Server, 'https')
    expect(
      await errorOf(
        http.request({ url: address, method: 'GET', headers: {}, body: null, signal: never }),
      ),
    ).toEqual({
      code: 'unreachable',
      host: '127.0.0.1',
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    await new Promise((done) => tls.close(done))
  })
})

describe('silence', () => {
  const timeout = { code: 'unreachable', host: '127.0.0.1', reason: 'ETIMEDOUT' }

  test('no answer at all', async () => {
    serve = () => {}
    expect(await errorOf(get('/', { idleMs: 80 }))).toEqual(timeout)
  })

  test('an answer that stops in the middle', async () => {
    serve = (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('half')
    const answer = await get('/', { idleMs: 80 })
    expect(await errorOf(answer.text())).toEqual(timeout)
  })

  test('a slow answer that keeps coming takes longer than the limit and is no failure', async () => {
    serve = (_, response) => void drip(response, 8, 100)
    expect(await (await get('/', { idleMs: 500 })).text()).toBe('xxxxxxxx')
  })

  test('a reader who pauses is not the server’s fault', async () => {
    const body = Buffer.alloc(4 * 1024 * 1024, 1)
    serve = (_, response) => response.end(body)
    const answer = await get('/', { idleMs: 60 })
    await sleep(300)
    expect((await answer.text()).length).toBe(body.length)
  })

  test('a writer who pauses is not either, but silence after the body is', async () => {
    let received = ''
    serve = (request) => void text(request).then((body) => void (received = body))
    const { request, answer } = http.start(
      { url, method: 'PUT', headers: {}, signal: never, idleMs: 60 },
      'slow writer'.length,
    )
    request.write('slow')
    await sleep(250)
    expect(request.destroyed).toBe(false)
    request.end(' writer')
    expect(await errorOf(answer)).toEqual(timeout)
    expect(received).toBe('slow writer')
  })
})

describe('cancelling', () => {
  test('before the start nothing is sent', async () => {
    let asked = 0
    serve = (_, response) => void response.end(String(asked++))
    const control = new AbortController()
    control.abort()
    expect(await errorOf(get('/', { signal: control.signal }))).toEqual({ code: 'cancelled' })
    expect(asked).toBe(0)
  })

  test.each(['while waiting', 'in the middle of the body'])(
    '%s it reaches the server’s socket',
    async (moment) => {
      const control = new AbortController()
      let asked = () => {}
      const arrived = new Promise<void>((done) => void (asked = done))
      const closed = new Promise<void>((done) => {
        serve = (request, response) => {
          request.socket.once('close', () => done())
          if (moment !== 'while waiting')
            response.writeHead(200, { 'content-length': '100' }).write('half')
          asked()
        }
      })
      const answer = get('/', { signal: control.signal })
      await arrived
      const read =
        moment === 'while waiting'
          ? answer
          : answer.then((one: HttpResponse) => (control.abort(), one.text()))
      control.abort()
      expect(await errorOf(read)).toEqual({ code: 'cancelled' })
      await closed
    },
  )

  test('between the answer and its reader it waits for the reader', async () => {
    const control = new AbortController()
    serve = (_, response) => void response.writeHead(200, { 'content-length': '100' }).write('half')
    const answer = await get('/', { signal: control.signal })
    control.abort()
    await sleep(10)
    expect(await errorOf(answer.text())).toEqual({ code: 'cancelled' })
  })

  test('a request that ended leaves nothing on the signal', async () => {
    serve = (_, response) => response.end('ok')
    const { signal } = new AbortController()
    const asked = Array.from({ length: 20 }, () => get('/', { signal }))
    expect(getEventListeners(signal, 'abort').length).toBe(20)
    const answers = await Promise.all(asked)
    await Promise.all(answers.map((answer) => answer.text()))
    await expect.poll(() => getEventListeners(signal, 'abort').length).toBe(0)
  })
})

describe('broken connections', () => {
  const reset = { code: 'unreachable', host: '127.0.0.1', reason: 'ECONNRESET' }

  test('a reset before the answer', async () => {
    serve = (request) => request.socket.resetAndDestroy()
    expect(await errorOf(get())).toEqual(reset)
  })

  test.each(['reset', 'end'])('a body that ends early by %s is never a short body', async (how) => {
    serve = (request, response) => {
      response
        .writeHead(200, { 'content-length': '100' })
        .write('half', () =>
          setImmediate(() =>
            how === 'reset' ? request.socket.resetAndDestroy() : request.socket.end(),
          ),
        )
    }
    const answer = await get()
    expect(await errorOf(answer.text())).toEqual(reset)
  })

  test('noise instead of HTTP', async () => {
    serve = (request) => request.socket.end('no such thing\r\n\r\n')
    expect(await errorOf(get())).toMatchObject({
      code: 'unreachable',
      reason: 'EPROTO',
    })
  })

  /**
   * Answers the first request of each socket and drops the socket on the second, as a server that
   * timed it out does.
   */
  const dropReused = () => {
    const used = new Set<Socket>()
    const seen: string[] = []
    serve = (request, response) => {
      const again = used.has(request.socket)
      used.add(request.socket)
      void text(request).then((body) => {
        seen.push(`${request.method} ${body}`)
        if (again) request.socket.resetAndDestroy()
        else response.end('ok')
      })
    }
    return seen
  }

  test('a kept socket that turned out dead: the same bytes go once more on a new one', async () => {
    const seen = dropReused()
    await (await get()).text()
    let again = 0
    const answer = await http.request({
      url,
      method: 'PUT',
      headers: {},
      body: Buffer.from('bytes'),
      signal: never,
      onRepeat: () => void again++,
    })
    expect([await answer.text(), again]).toEqual(['ok', 1])
    expect(seen).toEqual(['GET ', 'PUT bytes', 'PUT bytes'])
  })

  test('a POST is not repeated unasked', async () => {
    const seen = dropReused()
    await (await get()).text()
    expect(
      await errorOf(
        http.request({
          url,
          method: 'POST',
          headers: {},
          body: Buffer.from('bytes'),
          signal: never,
        }),
      ),
    ).toEqual(reset)
    expect(seen).toEqual(['GET ', 'POST bytes'])
  })
})

describe('a body that the caller writes', () => {
  test('an error answer may come while the body is still being written', async () => {
    serve = (_, response) => void response.writeHead(403, { connection: 'close' }).end('no')
    const { request, answer } = http.start({ url, method: 'PUT', headers: {}, signal: never }, 100)
    request.write('x')
    const { status, text: read } = await answer
    expect([status, await read()]).toEqual([403, 'no'])
    // Writing on is harmless: neither an exception nor an unhandled 'error' event.
    request.write('y')
    request.destroy()
  })

  test('a failure nobody awaited yet is no unhandled rejection', async () => {
    serve = (request) => request.socket.resetAndDestroy()
    const { request, answer } = http.start({ url, method: 'PUT', headers: {}, signal: never }, 100)
    request.write('x')
    await new Promise((done) => request.once('close', done))
    await sleep(5)
    expect(await errorOf(answer)).toMatchObject({ code: 'unreachable' })
  })

  test('destroyed by its owner it settles', async () => {
    serve = () => {}
    const { request, answer } = http.start({ url, method: 'PUT', headers: {}, signal: never }, 100)
    request.destroy()
    expect(await errorOf(answer)).toMatchObject({ code: 'unreachable', reason: 'ECONNRESET' })
  })
})

async function drip(response: ServerResponse, times: number, ms: number): Promise<void> {
  for (let i = 0; i < times; i++) {
    response.write('x')
    await sleep(ms)
  }
  response.end()
}
