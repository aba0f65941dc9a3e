import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { bridgeOver } from '../../shared/contract/routes/bridge.ts'
import { ok } from '../../shared/contract/errors.ts'
import { openLoopback, type Loopback } from '../../electron/loopback/server.ts'
import { socketPort } from '../../electron/loopback/socket-port.ts'
import { fakeCore, type FakeCore } from './fake-core.ts'

let folder: string
let core: FakeCore
let shell: Loopback
let aborted: (() => void) | null

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopback-'))
  await mkdir(join(folder, 'page/assets'), { recursive: true })
  await writeFile(join(folder, 'page/index.html'), '<!doctype html><title>app</title>')
  await writeFile(join(folder, 'page/assets/a.js'), 'export {}')
  await writeFile(join(folder, 'secret.js'), 'outside the page')
  aborted = null
  core = fakeCore({
    'objects.list': (_input, signal) =>
      new Promise((resolve) =>
        signal.addEventListener('abort', () => {
          aborted?.()
          resolve(ok({ rows: [], cursor: null }))
        }),
      ),
    'keys.list': () => Promise.reject(new Error('a bug with a secret in it')),
  })
  shell = await openLoopback({
    core,
    page: join(folder, 'page'),
    spool: join(folder, 'spool'),
    port: 0,
  })
})
afterEach(async () => {
  await shell.close()
  await rm(folder, { recursive: true, force: true })
})

interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** A request exactly as given: no header is added but Host, and that only when it is not named. */
function ask(
  path: string,
  { method = 'GET', headers = {}, body = '' as string | Buffer } = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port: shell.port, path, method, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        )
      },
    )
    request.on('error', reject).end(body)
  })
}

const origin = (): string => `http://127.0.0.1:${shell.port}`
const tokenPath = (link: string): string => link.slice(link.indexOf('/', 'http://'.length))

async function enter(): Promise<string> {
  const { headers } = await ask(tokenPath(shell.link()))
  return headers['set-cookie']?.[0]?.split(';')[0] ?? ''
}

async function asPage(): Promise<Record<string, string>> {
  return { cookie: await enter(), origin: origin(), 'sec-fetch-site': 'same-origin' }
}

/** Opens the wire, or answers with the HTTP status it was refused with. */
function wire(headers: Record<string, string>, path = '/port'): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${shell.port}${path}`, { headers })
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket))
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0)
      socket.terminate()
    })
    socket.once('error', reject)
  })
}

async function opened(headers: Record<string, string>): Promise<WebSocket> {
  const socket = await wire(headers)
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`)
  return socket
}

describe('the way in', () => {
  it('lets a link in once, and takes the token out of the address', async () => {
    const path = tokenPath(shell.link())
    const first = await ask(path)
    expect(first.status).toBe(303)
    expect(first.headers.location).toBe('/')
    expect(first.headers['set-cookie']).toEqual([
      expect.stringMatching(/^cipherbucket-\d+=[\w-]{43}; HttpOnly; SameSite=Strict; Path=\/$/),
    ])
    const cookie = first.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    expect(cookie).not.toContain(path.slice(path.indexOf('=') + 1))

    const second = await ask(path)
    expect(second.status).toBe(403)
    expect(second.headers['set-cookie']).toBeUndefined()
    expect(second.text).toContain('This link was already used')
    expect((await ask('/', { headers: { cookie } })).text).toContain('<title>app</title>')
  })

  it('ends a link when a newer one is made', async () => {
    const old = tokenPath(shell.link())
    const fresh = tokenPath(shell.link())
    expect((await ask(old)).status).toBe(403)
    expect((await ask(fresh)).status).toBe(303)
  })

  it('sends a link clicked on another site through a page of its own', async () => {
    const reply = await ask(tokenPath(shell.link()), {
      headers: { 'sec-fetch-site': 'cross-site' },
    })
    expect(reply.status).toBe(200)
    expect(reply.headers['set-cookie']).toHaveLength(1)
    expect(reply.text).toContain('http-equiv="refresh" content="0;url=/"')
  })

  it('shows plain words without a cookie, in the language of the browser', async () => {
    const english = await ask('/')
    expect(english.status).toBe(403)
    expect(english.text).toContain('Press Enter in that terminal')
    expect((await ask('/', { headers: { 'accept-language': 'zh-CN,zh;q=0.9' } })).text).toContain(
      '按回车键',
    )
    expect((await ask('/', { headers: { 'accept-language': 'en;q=0.2,zh-TW' } })).text).toContain(
      '按回车键',
    )
  })

  it('shows them in the language that the user chose, whatever the browser wants', async () => {
    Object.assign(core.handlers, {
      'settings.get': () => Promise.resolve(ok({ language: 'zh-CN' })),
    })
    expect((await ask('/', { headers: { 'accept-language': 'en-US' } })).text).toContain('按回车键')
    Object.assign(core.handlers, { 'settings.get': () => Promise.resolve(ok({ language: 'en' })) })
    expect((await ask('/', { headers: { 'accept-language': 'zh-CN' } })).text).toContain(
      'Press Enter in that terminal',
    )
  })

  it('shows them for the cookie of an earlier start', async () => {
    const cookie = await enter()
    const port = shell.port
    await shell.close()
    shell = await openLoopback({
      core,
      page: join(folder, 'page'),
      spool: join(folder, 'spool'),
      port,
    })
    const reply = await ask('/', { headers: { cookie } })
    expect(reply.status).toBe(403)
    expect(reply.text).toContain('Cipherbucket does not know this browser')
    expect(await wire({ cookie, origin: origin() })).toBe(403)
  })

  it('says nothing to another host name, even with the cookie', async () => {
    const cookie = await enter()
    for (const host of [
      `evil.example:${shell.port}`,
      'evil.example',
      `localhost:${shell.port}`,
      '127.0.0.1',
      `[::1]:${shell.port}`,
    ]) {
      expect((await ask('/', { headers: { host, cookie } })).status).toBe(421)
      expect(await wire({ host, cookie, origin: `http://${host}` })).toBe(403)
    }
  })

  it('does not listen beyond this computer', async () => {
    // 127.0.0.2 is this computer too, and still not the address it listens on.
    const refused = await new Promise<boolean>((resolve) => {
      const socket = connect(shell.port, '127.0.0.2', () => resolve(false))
      socket.on('error', () => resolve(true))
    })
    expect(refused).toBe(true)
  })
})

describe('connections that say nothing, or half a request', () => {
  const half = ['', 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n'] as const
  const opened = (says: string): Promise<Socket> =>
    new Promise((resolve, reject) => {
      const socket = connect(shell.port, '127.0.0.1', () => {
        if (says !== '') socket.write(says)
        resolve(socket)
      })
      // Closed from there, while it writes.
      socket.on('error', reject).on('data', () => undefined)
    })

  it('are few, whatever their number, and a page is answered all the same', async () => {
    const sockets: Socket[] = []
    for (let i = 0; i < 600; i++) sockets.push(await opened(half[i % 2] ?? ''))
    const open = (): number =>
      sockets.filter((socket) => !socket.closed && !socket.readableEnded).length
    await expect.poll(open).toBeLessThanOrEqual(128)
    expect((await ask('/')).status).toBeLessThan(500)
    // The newest stay: a page that has only just connected is not turned away.
    expect(sockets.at(-1)?.readableEnded).toBe(false)
    for (const socket of sockets) socket.destroy()
  })

  it('are closed by themselves', async () => {
    const sockets = await Promise.all(half.map(opened))
    await Promise.all(
      sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve))),
    )
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true)
  })
})

describe('the page', () => {
  it('comes under its policy, uncached, and without CORS', async () => {
    const cookie = await enter()
    const reply = await ask('/', { headers: { cookie } })
    expect(reply.headers).toMatchObject({
      'content-security-policy': expect.stringContaining(
        `connect-src 'self' ws://127.0.0.1:${shell.port};`,
      ) as string,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-resource-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
      'content-type': 'text/html; charset=utf-8',
    })
    const script = await ask('/assets/a.js', { headers: { cookie } })
    expect(script.headers['cache-control']).toContain('immutable')
    for (const { headers } of [
      reply,
      script,
      await ask('/'),
      await ask('/', { method: 'OPTIONS', headers: { cookie, origin: origin() } }),
    ]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['content-security-policy']).toContain("default-src 'none'")
    }
  })

  it('is not read by other sites, cookie or not', async () => {
    const cookie = await enter()
    for (const site of ['cross-site', 'same-site'])
      expect(
        (await ask('/assets/a.js', { headers: { cookie, 'sec-fetch-site': site } })).status,
      ).toBe(403)
    expect((await ask('/', { headers: { cookie, origin: 'https://evil.example' } })).status).toBe(
      403,
    )
  })

  for (const path of [
    '/../secret.js',
    '/..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets/../../secret.js',
    '//secret.js',
    'http://127.0.0.1/secret.js',
    '*',
  ]) {
    it(`has no way out by ${path}`, async () => {
      const cookie = await enter()
      const reply = await ask(path, { headers: { cookie } })
      expect(reply.status).toBe(404)
      expect(reply.text).not.toContain('outside the page')
    })
  }
})

describe('the wire', () => {
  it('carries calls, events and cancellation, and is left clean', async () => {
    const socket = await opened(await asPage())
    const bridge = bridgeOver(socketPort(socket))
    const info = await bridge.call('app.info', {})
    expect(info).toEqual(
      ok({
        language: null,
        version: '0',
        shell: 'loopback',
        platform: 'linux',
        practice: null,
        problems: [],
      }),
    )

    const event = new Promise((resolve) => bridge.on('transfers.removed', resolve))
    core.emit('transfers.removed', ['t1'])
    expect(await event).toEqual(['t1'])

    expect(await bridge.call('keys.list', {})).toEqual({
      ok: false,
      error: { code: 'unexpected', reference: 'test' },
    })
    expect(core.bugs).toHaveLength(1)

    const control = new AbortController()
    const stopped = new Promise<void>((resolve) => (aborted = resolve))
    const call = bridge.call(
      'objects.list',
      { profileId: 'p', bucket: 'abc', prefix: '', cursor: null },
      control.signal,
    )
    control.abort()
    expect(await call).toEqual({ ok: false, error: { code: 'cancelled' } })
    await stopped

    expect(core.listeners()).toBeGreaterThan(0)
    socket.terminate()
    await expect.poll(() => core.listeners()).toBe(0)
  })

  it('comes back with the cookie after a reload', async () => {
    const headers = await asPage()
    for (let load = 0; load < 3; load++) {
      const socket = await opened(headers)
      expect((await bridgeOver(socketPort(socket)).call('app.info', {})).ok).toBe(true)
      socket.terminate()
    }
  })

  it('is refused to everyone else', async () => {
    const page = await asPage()
    const tries: readonly (readonly [string, Record<string, string>])[] = [
      ['no cookie', { origin: origin() }],
      [
        'a made-up cookie',
        { origin: origin(), cookie: `cipherbucket-${shell.port}=${'a'.repeat(43)}` },
      ],
      ['another site', { ...page, origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
      ['another port', { ...page, origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-site' }],
      ['no origin', { cookie: page['cookie'] ?? '' }],
      ['a sandboxed frame', { ...page, origin: 'null' }],
    ]
    for (const [name, headers] of tries) expect(await wire(headers), name).toBe(403)
    expect(await wire(page, '/'), 'another path').toBe(403)
    expect(await wire({ origin: origin() }, tokenPath(shell.link())), 'the token').toBe(403)
    expect(core.listeners()).toBe(0)
  })

  for (const [name, message, code] of [
    ['a message beyond the limit', Buffer.alloc(64 * 1024 * 1024 + 1, 0x20).toString(), 1009],
    ['bytes', Buffer.from('{}'), 1003],
    ['text that is no JSON', '{', 1003],
  ] as const) {
    it(`ends at ${name}, and only for that page`, async () => {
      const headers = await asPage()
      const [bad, good] = [await opened(headers), await opened(headers)]
      const closed = new Promise<number>((resolve) => bad.once('close', resolve))
      bad.on('error', () => undefined)
      bad.send(message)
      expect(await closed).toBe(code)
      expect((await bridgeOver(socketPort(good)).call('app.info', {})).ok).toBe(true)
    })
  }
})

describe('dropped files', () => {
  const spool = (drop: string, path: string, more = '&kind=file&modified=1600000000123'): string =>
    `/spool?drop=${drop}&path=${encodeURIComponent(path)}${more}`

  it('are copied privately and become grants, folders and times kept', async () => {
    const headers = await asPage()
    const drop = randomUUID()
    const body = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 251))
    expect(
      (await ask(spool(drop, 'photos', '&kind=folder'), { method: 'POST', headers })).status,
    ).toBe(200)
    expect(
      (await ask(spool(drop, 'photos/empty', '&kind=folder'), { method: 'POST', headers })).status,
    ).toBe(200)
    expect(
      (await ask(spool(drop, 'photos/a <b>?*.bin'), { method: 'POST', headers, body })).status,
    ).toBe(200)
    expect(
      (await ask(spool(drop, '..notes 你好.txt'), { method: 'POST', headers, body: 'x' })).status,
    ).toBe(200)
    const reply = await ask(`/spool/finish?drop=${drop}`, { method: 'POST', headers })
    expect(JSON.parse(reply.text)).toEqual([
      { id: 'grant-1', name: 'photos', kind: 'folder', size: null },
      { id: 'grant-2', name: '..notes 你好.txt', kind: 'file', size: 1 },
    ])
    const [photos, notes] = core.granted.map(({ path }) => path)
    expect(core.granted.every(({ how }) => how === 'spool')).toBe(true)
    expect(await readFile(join(photos ?? '', 'a <b>?*.bin'))).toEqual(body)
    expect(await readdir(join(photos ?? '', 'empty'))).toEqual([])
    expect(Math.round((await stat(notes ?? '')).mtimeMs)).toBe(1600000000123)
    expect((await stat(notes ?? '')).mode & 0o777).toBe(0o600)
    for (const name of [
      join(folder, 'spool'),
      join(folder, 'spool', drop),
      photos ?? '',
      join(photos ?? '', 'empty'),
    ]) {
      expect((await stat(name)).mode & 0o777, name).toBe(0o700)
    }
    await shell.close()
    expect(await stat(join(folder, 'spool')).catch(() => null)).toBeNull()
  })

  for (const path of [
    '',
    '.',
    '..',
    '../x',
    'a/../../x',
    'a/../b',
    '/etc/x',
    'a//b',
    'a/',
    'a\0b',
    `${'n'.repeat(256)}`,
    Array.from({ length: 101 }, () => 'd').join('/'),
  ]) {
    it(`do not go to ${JSON.stringify(path).slice(0, 30)}`, async () => {
      const headers = await asPage()
      const reply = await ask(spool(randomUUID(), path), { method: 'POST', headers, body: 'x' })
      expect(reply.status).toBe(400)
      expect(JSON.parse(reply.text)).toMatchObject({ code: 'bad-request' })
      expect(await readdir(join(folder, 'spool'))).toEqual([])
    })
  }

  for (const drop of [
    '',
    '..',
    'short',
    '../../elsewhere',
    'a/b/c/d/e/f',
    `${'x'.repeat(65)}`,
    'with space',
  ]) {
    it(`have no drop called ${JSON.stringify(drop).slice(0, 20)}`, async () => {
      const headers = await asPage()
      expect(
        (await ask(spool(encodeURIComponent(drop), 'a'), { method: 'POST', headers, body: 'x' }))
          .status,
      ).toBe(400)
      expect(
        (await ask(`/spool/finish?drop=${encodeURIComponent(drop)}`, { method: 'POST', headers }))
          .status,
      ).toBe(400)
      expect(core.granted).toEqual([])
    })
  }

  it('are taken from the page only', async () => {
    const page = await asPage()
    for (const headers of [
      {},
      { ...page, cookie: '' },
      { ...page, origin: 'https://evil.example' },
      { cookie: page['cookie'] ?? '' },
      { ...page, host: `evil.example:${shell.port}` },
      { ...page, 'sec-fetch-site': 'same-site' },
    ]) {
      expect([403, 421]).toContain(
        (await ask(spool(randomUUID(), 'a'), { method: 'POST', headers, body: 'x' })).status,
      )
    }
    expect(await readdir(join(folder, 'spool'))).toEqual([])
  })

  it('that break off are removed whole', async () => {
    const headers = await asPage()
    const drop = randomUUID()
    await ask(spool(drop, 'first'), { method: 'POST', headers, body: 'whole' })
    await new Promise<void>((resolve) => {
      const request = httpRequest({
        host: '127.0.0.1',
        port: shell.port,
        path: spool(drop, 'second'),
        method: 'POST',
        headers: { ...headers, 'content-length': 1000 },
        agent: false,
      })
      request.on('error', () => resolve())
      request.write('half', () => request.destroy())
    })
    await expect.poll(() => readdir(join(folder, 'spool'))).toEqual([])
    expect((await ask(spool(drop, 'third'), { method: 'POST', headers, body: 'x' })).status).toBe(
      409,
    )
    const reply = await ask(`/spool/finish?drop=${drop}`, { method: 'POST', headers })
    expect(JSON.parse(reply.text)).toEqual({ code: 'cancelled' })
    expect(core.granted).toEqual([])
    expect(core.bugs).toEqual([])
  })

  it('that cannot fit the disk are refused before they are sent', async () => {
    const headers = { ...(await asPage()), 'content-length': String(2 ** 52) }
    const reply = await new Promise<Reply>((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: shell.port,
          path: spool(randomUUID(), 'huge'),
          method: 'POST',
          headers,
          agent: false,
        },
        (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => (text += chunk.toString()))
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
          )
        },
      )
      request.on('error', reject)
      request.write('x')
    })
    expect(reply.status).toBe(507)
    expect(JSON.parse(reply.text)).toEqual({ code: 'disk-full', path: 'huge', needed: 2 ** 52 })
  })

  it('of the same name twice are not written over each other', async () => {
    const headers = await asPage()
    const drop = randomUUID()
    await ask(spool(drop, 'a'), { method: 'POST', headers, body: 'one' })
    const reply = await ask(spool(drop, 'a'), { method: 'POST', headers, body: 'two' })
    expect(reply.status).toBe(409)
    expect(JSON.parse(reply.text)).toEqual({ code: 'name-taken', name: 'a' })
  })

  it('left by an earlier start are gone', async () => {
    await shell.close()
    await mkdir(join(folder, 'spool/left'), { recursive: true })
    shell = await openLoopback({
      core,
      page: join(folder, 'page'),
      spool: join(folder, 'spool'),
      port: 0,
    })
    expect(await readdir(join(folder, 'spool'))).toEqual([])
  })
})
