import { execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { attempted } from '../../electron/core/base/attempt.ts'
import { readSmallFile } from '../../electron/core/store/small-file.ts'
import { fileTexts } from '../../electron/core/store/text-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'cb-small-file-'))
const path = (name: string) => join(folder, name)
const read = (name: string, pipe = false) => attempted(() => readSmallFile(name, 1000, pipe))
const isPosix = process.platform !== 'win32'
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const fifo = (name: string): string => {
  execFileSync('mkfifo', [path(name)])
  return path(name)
}

describe('what is no small file', () => {
  const devices: readonly (readonly [string, () => string])[] = isPosix
    ? [
        ['a pipe that nobody named', () => fifo('pipe')],
        ['a device', () => '/dev/zero'],
        ['a link to a device', () => (symlinkSync('/dev/zero', path('link')), path('link'))],
        ['a link to a pipe', () => (symlinkSync(fifo('behind'), path('link-2')), path('link-2'))],
      ]
    : []
  test.each([...devices, ['a folder', () => (mkdirSync(path('folder')), path('folder'))]] as const)(
    '%s',
    async (_name, make) => {
      const name = make()
      expect(await read(name)).toEqual({
        ok: false,
        error: { code: 'source-unreadable', path: name, reason: 'NOT_A_FILE' },
      })
    },
  )
  test('a device stays one where a pipe was named', async () => {
    if (isPosix)
      expect(await read('/dev/zero', true)).toMatchObject({
        ok: false,
        error: { reason: 'NOT_A_FILE' },
      })
    expect(await read(path('none'), true)).toMatchObject({ ok: false, error: { reason: 'ENOENT' } })
  })
  test('a socket', async () => {
    if (!isPosix) return
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(path('socket'), resolve))
    expect(await read(path('socket'), true)).toMatchObject({
      ok: false,
      error: { reason: 'NOT_A_FILE' },
    })
    server.close()
  })
})

test('up to the limit, and not a byte more; without end it ends at the limit', async () => {
  writeFileSync(path('fits'), Buffer.alloc(1000, 7))
  expect(await read(path('fits'))).toEqual({ ok: true, value: Buffer.alloc(1000, 7) })
  appendFileSync(path('fits'), 'x')
  expect(await read(path('fits'))).toEqual({ ok: false, error: { code: 'too-large', limit: 1000 } })
  writeFileSync(path('huge'), '')
  truncateSync(path('huge'), 2 ** 40)
  expect(await read(path('huge'))).toMatchObject({ ok: false, error: { code: 'too-large' } })
  writeFileSync(path('empty'), '')
  expect(await read(path('empty'))).toEqual({ ok: true, value: Buffer.alloc(0) })
})

test.runIf(isPosix)(
  'a pipe that was named is read to its end, also when it is written to in pieces',
  async () => {
    const name = fifo('named')
    spawn('sh', ['-c', '{ printf one; printf two; } > "$0"', name])
    expect(await read(name, true)).toEqual({ ok: true, value: Buffer.from('onetwo') })
    const endless = spawn('sh', ['-c', 'exec cat /dev/zero > "$0"', name])
    expect(await read(name, true)).toMatchObject({ ok: false, error: { code: 'too-large' } })
    endless.kill()
  },
)

test.runIf(isPosix)(
  'a text of the data folder that became a pipe, a device or endless is not waited for, and is not missing',
  async () => {
    const texts = fileTexts(folder)
    fifo('a.json')
    symlinkSync('/dev/zero', path('b.json'))
    mkdirSync(path('c.json'))
    writeFileSync(path('d.json'), '')
    truncateSync(path('d.json'), 2 ** 40)
    const reasons = await Promise.all(
      ['a', 'b', 'c', 'd'].map(async (name) => attempted(() => texts.load(name))),
    )
    expect(reasons).toMatchObject(
      ['NOT_A_FILE', 'NOT_A_FILE', 'NOT_A_FILE', 'EFBIG'].map((reason) => ({
        ok: false,
        error: { code: 'source-unreadable', reason },
      })),
    )
    expect(await texts.load('none')).toBeNull()
  },
)
