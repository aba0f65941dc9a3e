import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { request as httpRequest, type ClientRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openLoopback, type Loopback } from '../../electron/loopback/server.ts'
import { fakeCore, type FakeCore } from './fake-core.ts'

/** Drops that are uploaded while they come. */

let folder: string
let core: FakeCore
let shell: Loopback
let headers: Record<string, string>
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopback-drop-'))
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page/index.html'), '<!doctype html>')
  core = fakeCore()
  shell = await openLoopback({
    core,
    page: join(folder, 'page'),
    spool: join(folder, 'spool'),
    port: 0,
  })
  const link = new URL(shell.link())
  const cookie = await new Promise<string>((resolve, reject) => {
    httpRequest(
      link,
      (response) => (
        response.resume(),
        resolve(response.headers['set-cookie']?.[0]?.split(';')[0] ?? '')
      ),
    )
      .on('error', reject)
      .end()
  })
  headers = { cookie, origin: `http://127.0.0.1:${shell.port}`, 'sec-fetch-site': 'same-origin' }
})
afterEach(async () => {
  await shell.close()
  await rm(folder, { recursive: true, force: true })
})

interface Reply {
  readonly status: number
  readonly value: unknown
}
function post(
  path: string,
  body: string | Buffer = '',
  more: Record<string, string> = {},
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: shell.port,
        path,
        method: 'POST',
        headers: { ...headers, ...more },
        agent: false,
      },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, value: JSON.parse(text) as unknown }),
        )
      },
    )
    request.on('error', reject).end(body)
  })
}

const THINGS = [
  { name: 'photos', kind: 'folder', size: null },
  { name: 'one.txt', kind: 'file', size: null },
  { name: '', kind: 'files', size: null },
]
/** To a drop that has ended. */
const OVER = { status: 200, value: { code: 'cancelled' } }
interface Open {
  readonly drop: string
  readonly grants: unknown
  /** The last line, when it is over. */
  readonly over: Promise<unknown>
  readonly request: ClientRequest
}
function open(things: unknown = THINGS, drop = randomUUID()): Promise<Open> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port: shell.port,
        path: `/spool/open?drop=${drop}`,
        method: 'POST',
        headers,
        agent: false,
      },
      (response) => {
        let text = ''
        const over = new Promise<unknown>((end) =>
          response.on('close', () =>
            end(
              text.includes('\n', text.indexOf('\n') + 1)
                ? JSON.parse(text.slice(text.indexOf('\n')))
                : 'cut off',
            ),
          ),
        )
        response.on('error', () => undefined)
        response.on('data', (chunk: Buffer) => {
          text += chunk.toString()
          if (text.includes('\n'))
            resolve({ drop, grants: JSON.parse(text.slice(0, text.indexOf('\n'))), over, request })
        })
        response.on('end', () => text.includes('\n') || reject(new Error(text)))
      },
    )
    request.on('error', reject).end(JSON.stringify(things))
  })
}
function frame(path: string, kind: string, bytes = ''): Buffer {
  const head = Buffer.from(
    JSON.stringify({ path, kind, size: Buffer.byteLength(bytes), modified: 1_600_000_000_123 }),
  )
  const length = Buffer.alloc(4)
  length.writeUInt32BE(head.length)
  return Buffer.concat([length, head, Buffer.from(bytes)])
}
const many = (drop: string, ...frames: Buffer[]) =>
  post(`/spool/many?drop=${drop}`, Buffer.concat(frames))
const filesIn = (drop: string) => join(folder, 'spool', drop, 'all', 'files')
const inSpool = () => readdir(join(folder, 'spool')).catch(() => [])

describe('a drop that is uploaded while it comes', () => {
  test('has its grants at once, many files a request, large ones alone, and an end', async () => {
    const { drop, grants, over } = await open()
    expect(grants).toEqual(THINGS.map((thing, i) => ({ id: `arriving-${i}`, ...thing })))
    expect(
      await many(
        drop,
        frame('photos', 'folder'),
        frame('photos/a <b>?.txt', 'file', 'small'),
        frame('photos/empty', 'empty'),
        frame('photos/closed', 'unreadable'),
      ),
    ).toEqual({ status: 200, value: null })
    expect(
      await many(drop, frame('one.txt', 'file', 'one'), frame('你好.txt', 'file', '')),
    ).toEqual({ status: 200, value: null })
    expect(
      (
        await post(
          `/spool?drop=${drop}&path=photos/deep/large&kind=file&modified=1600000000123`,
          Buffer.alloc(300_000),
        )
      ).status,
    ).toBe(200)
    expect(await post(`/spool/finish?drop=${drop}`)).toEqual({ status: 200, value: [] })
    expect(await over).toBeNull()
    const at = 1_600_000_000_123
    expect(core.arrived).toEqual([
      ['folder', 0],
      ['file', 0, 'a <b>?.txt', 5, at],
      ['folder', 0],
      ['file', 0, 'empty/', 0, 0],
      ['left', 0, 'photos/closed'],
      ['file', 1, '', 3, at],
      ['file', 2, '你好.txt', 0, at],
      ['file', 0, 'deep/large', 300_000, at],
      ['end', null],
    ])
    const small = join(filesIn(drop), 'photos/a <b>?.txt')
    expect(await readFile(small, 'utf8')).toBe('small')
    expect(Math.round((await stat(small)).mtimeMs)).toBe(at)
    expect((await stat(small)).mode & 0o777).toBe(0o600)
    for (const path of [
      filesIn(drop),
      join(filesIn(drop), 'photos'),
      join(filesIn(drop), 'photos/deep'),
    ])
      expect((await stat(path)).mode & 0o777).toBe(0o700)
    expect(await many(drop, frame('photos/late', 'file', 'x'))).toEqual(OVER)
  })

  for (const [name, bytes] of [
    ['above the drop', frame('../x', 'file', 'x')],
    ['above its thing', frame('photos/../../x', 'file', 'x')],
    ['at a path of the system', frame('/etc/x', 'file', 'x')],
    ['in the place of its folder', frame('photos', 'file', 'x')],
    ['below a file', frame('one.txt/x', 'file', 'x')],
    ['in a folder nobody dropped', frame('other/x', 'file', 'x')],
    ['as a folder nobody dropped', frame('other', 'folder')],
    ['without a name', frame('', 'file', 'x')],
    ['under a name with NUL', frame('photos/a\0b', 'file', 'x')],
    ['with a head that is none', Buffer.from([0, 0, 0, 1, 0x7b])],
  ] as const) {
    test(`does not come ${name}, and such a page is not listened to any longer`, async () => {
      const { drop, over } = await open()
      expect((await many(drop, bytes)).value).toMatchObject({ code: 'bad-request' })
      expect(await over).toMatchObject({ code: 'bad-request' })
      expect(core.arrived).toEqual([['end', expect.objectContaining({ code: 'bad-request' })]])
      expect(await readdir(filesIn(drop), { recursive: true })).toEqual([])
      expect(await many(drop, frame('photos/x', 'file', 'x'))).toEqual(OVER)
    })
  }

  for (const [name, things] of [
    ['nothing', []],
    ['no list', 5],
    ['a path', [{ name: 'a/b', kind: 'folder', size: null }]],
    ['its own folder', [{ name: '..', kind: 'folder', size: null }]],
    ['one name twice', [THINGS[0], THINGS[0]]],
    ['loose files under a name', [{ name: 'x', kind: 'files', size: null }]],
    ['a folder without one', [{ name: '', kind: 'folder', size: null }]],
    ['an unknown kind', [{ name: 'x', kind: 'link', size: null }]],
  ] as const) {
    test(`is not begun with ${name}`, async () => {
      await expect(open(things)).rejects.toThrow('bad-request')
      expect(await inSpool()).toEqual([])
      expect(core.granted).toEqual([])
    })
  }

  test('takes no name twice', async () => {
    const { drop, over } = await open()
    await many(drop, frame('photos/a', 'file', 'one'))
    expect((await many(drop, frame('photos/a', 'file', 'two'))).value).toEqual({
      code: 'name-taken',
      name: '',
    })
    expect(await over).toMatchObject({ code: 'name-taken' })
    expect(await readFile(join(filesIn(drop), 'photos/a'), 'utf8')).toBe('one')
  })

  test('ends when its page goes away, and tells how many came', async () => {
    const { drop, request } = await open()
    await many(drop, frame('photos/a', 'file', 'one'))
    request.destroy()
    await expect
      .poll(() => core.arrived.at(-1))
      .toEqual(['end', { code: 'drop-broken-off', files: 1, why: 'page' }])
    // The upload decides how long its files stay.
    expect(await readdir(join(filesIn(drop), 'photos'))).toEqual(['a'])
    expect(core.bugs).toEqual([])
  })

  test('outlives a file that breaks off, of which nothing stays', async () => {
    const { drop } = await open()
    await new Promise<void>((resolve) => {
      const half = httpRequest({
        host: '127.0.0.1',
        port: shell.port,
        path: `/spool?drop=${drop}&path=photos/half&kind=file&modified=1`,
        method: 'POST',
        headers: { ...headers, 'content-length': 1000 },
        agent: false,
      })
      half.on('error', () => resolve())
      half.write('half', () => half.destroy())
    })
    await expect.poll(() => readdir(join(filesIn(drop), 'photos')).catch(() => null)).toEqual([])
    expect(
      (await many(drop, frame('photos/half', 'unreadable'), frame('photos/b', 'file', 'x'))).status,
    ).toBe(200)
    expect(core.arrived).toEqual([
      ['left', 0, 'photos/half'],
      ['file', 0, 'b', 1, 1_600_000_000_123],
    ])
  })

  test('ends at a full disk', async () => {
    const { drop, over } = await open()
    const reply = await new Promise<Reply>((resolve, reject) => {
      const request = httpRequest(
        {
          host: '127.0.0.1',
          port: shell.port,
          path: `/spool/many?drop=${drop}`,
          method: 'POST',
          headers: { ...headers, 'content-length': String(2 ** 52) },
          agent: false,
        },
        (response) => {
          let text = ''
          response.on('data', (chunk: Buffer) => (text += chunk.toString()))
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, value: JSON.parse(text) as unknown }),
          )
        },
      )
      request.on('error', reject)
      request.write('x')
    })
    expect(reply).toMatchObject({ status: 507, value: { code: 'disk-full' } })
    expect(await over).toEqual({ code: 'drop-broken-off', files: 0, why: 'disk-full' })
  })

  test('is told to its page when nobody wants it any more, and is gone', async () => {
    const { drop, over } = await open()
    await many(drop, frame('photos/a', 'file', 'one'))
    core.unwanted()
    expect(await over).toEqual({ code: 'cancelled' })
    expect(await many(drop, frame('photos/b', 'file', 'two'))).toEqual(OVER)
  })

  test('ends with the app', async () => {
    const { drop, over } = await open()
    await many(drop, frame('photos/a', 'file', 'one'))
    await shell.close()
    expect(await over).not.toBeNull()
    expect(core.arrived.at(-1)).toMatchObject(['end', { code: 'drop-broken-off', files: 1 }])
    expect(await inSpool()).toEqual([])
  })
})
