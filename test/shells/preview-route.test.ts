import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLoopback, type Loopback } from '../../electron/loopback/server.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { fakeCore } from './fake-core.ts'

/** The content of previews in the browser shell: behind its cookie, by range, and never stored. */

const ID = 'ab'.repeat(24)
const CONTENT = Buffer.from('0123456789')
let folder: string
let shell: Loopback
let cookie: string
/** Set by a test whose content breaks off after its first byte. */
let breaks: Failure | null
let left: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preview-route-'))
  await mkdir(join(folder, 'page'))
  await writeFile(join(folder, 'page/index.html'), 'page')
  breaks = null
  left = 0
  shell = await openLoopback({
    core: {
      ...fakeCore({}),
      previews: {
        find: (id) =>
          id === ID ? { size: CONTENT.length, type: 'text/html', name: 'a page.html' } : null,
        async *read(_id, offset, length) {
          try {
            yield CONTENT.subarray(offset, offset + 1)
            if (breaks !== null) throw breaks
            yield CONTENT.subarray(offset + 1, offset + length)
          } finally {
            left += 1
          }
        },
      },
    },
    page: join(folder, 'page'),
    spool: join(folder, 'spool'),
    port: 0,
  })
  const entered = await fetch(shell.link(), { redirect: 'manual' })
  cookie = (entered.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
})
afterEach(async () => {
  await shell.close()
  await rm(folder, { recursive: true, force: true })
})

const ask = (headers: Readonly<Record<string, string>>, path = `/preview/${ID}`) =>
  fetch(`http://127.0.0.1:${shell.port}${path}`, { headers: { cookie, ...headers } })

test('the page gets a range, sandboxed, unstored, and as no page', async () => {
  const answer = await ask({ range: 'bytes=2-5', 'sec-fetch-site': 'same-origin' })
  expect([answer.status, await answer.text()]).toEqual([206, '2345'])
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-range': 'bytes 2-5/10',
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': "attachment; filename*=UTF-8''a%20page.html",
    'content-security-policy': "sandbox; default-src 'none'",
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  })
})

test.each<[string, Readonly<Record<string, string>>, number]>([
  ['without the cookie', { cookie: '' }, 403],
  ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
  ['another port of this computer', { 'sec-fetch-site': 'same-site' }, 403],
  ['an address that was typed', { 'sec-fetch-site': 'none' }, 403],
  ['another origin', { origin: 'https://evil.example' }, 403],
])('%s gets nothing', async (_who, headers, status) => {
  const answer = await ask(headers)
  expect([answer.status, (await answer.text()).includes('0123')]).toEqual([status, false])
  expect(left).toBe(0)
})

test('a preview that is not open is 404; several ranges are 416', async () => {
  expect((await ask({}, `/preview/${'cd'.repeat(24)}`)).status).toBe(404)
  expect((await ask({ range: 'bytes=0-1,4-5' })).status).toBe(416)
})

test('content that breaks off ends the connection, so that a part never passes for the whole', async () => {
  breaks = new Failure({ code: 'object-changed', key: 'o' })
  await expect(ask({}).then((answer) => answer.text())).rejects.toThrow()
  expect(left).toBe(1)
})
