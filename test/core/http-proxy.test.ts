import { createServer, type Server } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import type { ProxySettings } from '../../electron/core/net/proxy.ts'
import { errorOf, never } from './oss-practice.ts'
import { selfSigned } from './self-signed.ts'
import { startProxyServer, type ProxyServerOptions } from '../tools/proxy-server.ts'

/** Where nothing listens: only a proxy that is told so finds the server behind it. */
const AWAY = '127.0.0.9'
const HOSTS = { [AWAY]: '127.0.0.1', 'oss.test': '127.0.0.1' }
const LOGIN = { user: 'us er', password: 'p@ss:wörd/' }
const TLS = selfSigned()

let server: Server
let port: number
let seen: { readonly url: string; readonly host: string; readonly body: string }[]
const clients: HttpClient[] = []

beforeEach(async () => {
  seen = []
  server = serverOf(createServer)
  port = await listening(server)
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

function serverOf(make: (on: Parameters<typeof createServer>[1] & object) => Server): Server {
  return make((request, response) => {
    void text(request).then((body) => {
      seen.push({ url: request.url ?? '', host: request.headers.host ?? '', body })
      response.end(`${request.method} ${body}`)
    })
  })
}
async function listening(one: {
  listen(port: number, host: string, done: () => void): unknown
  address(): unknown
}): Promise<number> {
  await new Promise<void>((done) => one.listen(0, '127.0.0.1', done))
  return (one.address() as AddressInfo).port
}
function clientOf(url: string, change: Partial<ProxySettings> = {}): HttpClient {
  const proxy = { http: url, https: url, except: '', direct: [], ...change }
  const client = openHttpClient({ proxy, idleMs: 5000 })
  clients.push(client)
  return client
}
const ask = (client: HttpClient, url: string, body: Uint8Array | null = null) =>
  client.request({ url, method: body === null ? 'GET' : 'PUT', headers: {}, body, signal: never })
const urlOf = (scheme: string, at: number, login?: typeof LOGIN): string =>
  `${scheme}://${login === undefined ? '' : `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@`}127.0.0.1:${at}`

/** TLS without trust, for what is not about trust. */
async function trusting<T>(work: () => Promise<T>): Promise<T> {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
  try {
    return await work()
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  }
}

const WAYS: readonly (readonly [scheme: string, options: ProxyServerOptions])[] = [
  ['http', {}],
  ['http', { login: LOGIN }],
  ['https', { tls: TLS }],
  ['https', { tls: TLS, login: LOGIN }],
  ['socks5', { kind: 'socks5' }],
  ['socks5h', { kind: 'socks5', login: LOGIN }],
]

describe.each(WAYS)('through %s %j', (scheme, options) => {
  test('a request arrives as it is, and its connection is used again', () =>
    trusting(async () => {
      await using proxy = await startProxyServer({ ...options, hosts: HOSTS })
      const client = clientOf(urlOf(scheme, proxy.port, options.login))
      for (const body of ['a', 'b'.repeat(300_000)]) {
        const answer = await ask(client, `http://${AWAY}:${port}/a/../b%20c?x`, Buffer.from(body))
        expect(await answer.text()).toBe(`PUT ${body}`)
      }
      expect(seen.map(({ url, host }) => `${host}${url}`)).toEqual(
        Array.from({ length: 2 }, () => `${AWAY}:${port}/a/../b%20c?x`),
      )
      expect([proxy.asked, proxy.connections()]).toEqual([[`${AWAY}:${port}`], 1])
    }))

  test('TLS is with the target, which the proxy finds by name, and the proxy reads none of it', () =>
    trusting(async () => {
      const secure = serverOf((on) => createTlsServer(TLS, on) as unknown as Server)
      const securePort = await listening(secure)
      await using proxy = await startProxyServer({ ...options, hosts: HOSTS })
      const client = clientOf(urlOf(scheme, proxy.port, options.login))
      const body = Buffer.alloc(500_000, 'secret')
      const url = `https://oss.test:${securePort}/x`
      const { request, answer } = client.start(
        { url, method: 'PUT', headers: {}, signal: never },
        body.length,
      )
      request.end(body)
      expect((await (await answer).text()).length).toBe('PUT '.length + body.length)
      expect([proxy.asked, proxy.passed().includes('secret')]).toEqual([
        [`oss.test:${securePort}`],
        false,
      ])
      secure.closeAllConnections()
      await new Promise((done) => secure.close(done))
    }))

  test('a target whose certificate is not trusted is told as such, whatever the proxy is', async () => {
    const secure = createTlsServer(TLS)
    const securePort = await listening(secure)
    // An https proxy has to be trusted before it is asked; the next test is about that.
    const { tls: _, ...plain } = options
    await using proxy = await startProxyServer({ ...plain, hosts: HOSTS })
    const client = clientOf(urlOf(scheme.replace('https', 'http'), proxy.port, options.login))
    expect(await errorOf(ask(client, `https://oss.test:${securePort}/`))).toEqual({
      code: 'unreachable',
      host: 'oss.test',
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    await new Promise((done) => secure.close(done))
  })

  test('many at once, each with its own answer', () =>
    trusting(async () => {
      await using proxy = await startProxyServer({ ...options, hosts: HOSTS })
      const client = clientOf(urlOf(scheme, proxy.port, options.login))
      const bodies = Array.from({ length: 20 }, (_, number) => `body ${number}`)
      const answers = await Promise.all(
        bodies.map(async (body) =>
          (await ask(client, `http://${AWAY}:${port}/`, Buffer.from(body))).text(),
        ),
      )
      expect(answers).toEqual(bodies.map((body) => `PUT ${body}`))
    }))

  test('a request that is cancelled during the handshake ends', async () => {
    const sockets: Socket[] = []
    const silent = createNetServer(
      (socket) => void sockets.push(socket.on('error', () => undefined)),
    )
    const client = clientOf(urlOf(scheme, await listening(silent)))
    const control = new AbortController()
    const asked = client.request({
      url: `http://${AWAY}:${port}/`,
      method: 'GET',
      headers: {},
      body: null,
      signal: control.signal,
    })
    silent.once('connection', () => control.abort())
    expect(await errorOf(asked)).toEqual({ code: 'cancelled' })
    await new Promise((done) => {
      for (const socket of sockets) socket.destroy()
      silent.close(done)
    })
  })
})

describe('a proxy that does not let it through', () => {
  const REFUSALS: readonly (readonly [
    scheme: string,
    options: ProxyServerOptions,
    login: typeof LOGIN | undefined,
    problem: string,
    detail: string,
  ])[] = [
    ['http', { login: LOGIN }, undefined, 'login', '407'],
    ['http', { login: LOGIN }, { ...LOGIN, password: 'WRONG' }, 'login', '407'],
    ['http', { refuse: 401 }, LOGIN, 'login', '401'],
    ['http', { refuse: 403 }, undefined, 'refused', '403'],
    ['http', { refuse: 301 }, undefined, 'refused', '301'],
    ['http', { refuse: 502 }, undefined, 'no-way', '502'],
    ['http', { refuse: 101 }, undefined, 'not-a-proxy', '101'],
    ['http', { kind: 'socks5' }, undefined, 'unreachable', 'ECONNRESET'],
    ['socks5', { kind: 'socks5', login: LOGIN }, undefined, 'login', '255'],
    ['socks5', { kind: 'socks5', login: LOGIN }, { ...LOGIN, user: 'WRONG' }, 'login', '1'],
    ['socks5', { kind: 'socks5', refuse: 1 }, undefined, 'no-way', '1'],
    ['socks5', { kind: 'socks5', refuse: 2 }, undefined, 'refused', '2'],
    ['socks5', { kind: 'socks5', refuse: 5 }, undefined, 'no-way', '5'],
    ['socks5', { kind: 'socks5', refuse: 99 }, undefined, 'refused', '99'],
  ]
  test.each(REFUSALS)(
    '%s %j asked with %j: %s %s',
    async (scheme, options, login, problem, detail) => {
      await using proxy = await startProxyServer({ ...options, hosts: HOSTS })
      const client = clientOf(urlOf(scheme, proxy.port, login))
      const error = await errorOf(ask(client, `http://${AWAY}:${port}/`))
      expect(error).toEqual({
        code: 'proxy',
        problem,
        proxy: `127.0.0.1:${proxy.port}`,
        host: AWAY,
        detail,
      })
      expect(seen).toEqual([])
    },
  )

  const NOISE: readonly (readonly [string, string, string, string])[] = [
    ['http', 'no such thing\r\n\r\n', 'not-a-proxy', 'EPROTO'],
    ['http', 'x'.repeat(20_000), 'not-a-proxy', 'EPROTO'],
    ['http', 'HTTP/1.1 200 OK\r\n\r\nmore', 'not-a-proxy', 'EPROTO'],
    ['socks5', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'not-a-proxy', 'EPROTO'],
    ['socks5', '\x05\x00\x04\x00\x00\x01', 'not-a-proxy', 'EPROTO'],
    ['socks5', '\x05\x00\x05\x00\x00\x09', 'not-a-proxy', 'EPROTO'],
    ['socks5', `\x05\x00\x05\x00\x00\x01${'\0'.repeat(6)}more`, 'not-a-proxy', 'EPROTO'],
    ['socks5', '\x05\x02', 'login', '2'],
  ]
  test.each(NOISE)('%s, and it says %j', async (scheme, noise, problem, detail) => {
    const other = createNetServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.write(noise, 'latin1'))
    })
    const at = await listening(other)
    const client = clientOf(urlOf(scheme, at))
    expect(await errorOf(ask(client, `http://${AWAY}:${port}/`))).toMatchObject({
      code: 'proxy',
      problem,
      detail,
    })
    client.close()
    await new Promise((done) => other.close(done))
  })

  test('a proxy that is gone, silent, or whose certificate is not trusted', async () => {
    const url = `http://${AWAY}:${port}/`
    const silent = createNetServer((socket) => socket.on('error', () => undefined).resume())
    const silentPort = await listening(silent)
    const slow = openHttpClient({
      proxy: { http: urlOf('socks5', silentPort), https: '', except: '', direct: [] },
      idleMs: 50,
    })
    expect(await errorOf(ask(slow, url))).toMatchObject({
      problem: 'unreachable',
      detail: 'ETIMEDOUT',
    })
    await new Promise((done) => silent.close(done))
    expect(await errorOf(ask(clientOf(urlOf('http', silentPort)), url))).toMatchObject({
      problem: 'unreachable',
      detail: 'ECONNREFUSED',
    })
    await using proxy = await startProxyServer({ tls: TLS, hosts: HOSTS })
    expect(await errorOf(ask(clientOf(urlOf('https', proxy.port)), url))).toMatchObject({
      problem: 'distrust',
      detail: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    expect(proxy.asked).toEqual([])
  })

  test('a target that the proxy cannot reach', async () => {
    await using proxy = await startProxyServer({ kind: 'socks5' })
    const client = clientOf(urlOf('socks5', proxy.port))
    expect(await errorOf(ask(client, `http://${AWAY}:1/`))).toMatchObject({ problem: 'no-way' })
  })

  test('its password is in no error', async () => {
    for (const [scheme, kind] of [
      ['http', 'http'],
      ['socks5', 'socks5'],
    ] as const) {
      await using proxy = await startProxyServer({ kind, login: { user: 'a', password: 'b' } })
      const client = clientOf(urlOf(scheme, proxy.port, LOGIN))
      const cause = await ask(client, `http://${AWAY}:${port}/`).catch((thrown: unknown) => thrown)
      expect(inspect(cause, { depth: 9, showHidden: true })).not.toMatch(/p@ss|p%40ss|cEBzcz/)
    }
    for (const url of [
      `ftp://a:${LOGIN.password}@x`,
      `http://a:${LOGIN.password}@`,
      LOGIN.password,
    ]) {
      const cause = await ask(clientOf(url), `http://${AWAY}:${port}/`).catch((thrown) => thrown)
      expect(inspect(cause, { depth: 9 })).toContain("problem: 'setting'")
      expect(inspect(cause, { depth: 9 })).not.toContain(LOGIN.password)
    }
  })
})
