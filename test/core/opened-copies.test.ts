import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Core } from '../../electron/core/app/core.ts'
import { wouldRun } from '../../electron/core/app/opened/would-run.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { ENDED } from '../../shared/contract/transfer-phases.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { send } from '../practice/harness.ts'
import { composeIn } from './core-fixture.ts'
import { namesIn } from './app-kit.ts'

const never = new AbortController().signal
const WELCOME = 'welcome (encrypted).txt'
const at = { profileId: 'practice', bucket: 'practice-bucket', keyIds: [] }
let home: string
let practice: Practice
let core: Core
/** The paths that the system was asked to open, and its answer. */
let opened: string[]
let answer: string

const start = () =>
  composeIn(home, practice, async (path) => {
    opened.push(path)
    return answer
  })
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'opened-'))
  practice = await startPractice({ directory: join(home, 'practice') })
  opened = []
  answer = ''
  core = await start()
})
afterEach(async () => {
  await core.close()
  await practice.close()
  await rm(home, { recursive: true, force: true })
})
const copies = () => join(home, 'data', 'opened')

/** Opens an object, or copies it for a drag; resolves when its transfer has ended. */
async function open(
  key: string,
  route: 'files.open' | 'files.copy' = 'files.open',
): Promise<Transfer> {
  const ended = new Promise<Transfer>((resolve) => {
    const off = core.events.on('transfers.changed', (transfers) => {
      const over = transfers.find(({ phase }) => ENDED.has(phase))
      if (over === undefined) return
      off()
      resolve(over)
    })
  })
  valueOf(await core.handlers[route]({ ...at, key }, never))
  return ended
}

test('a copy is private and read-only, the system opens it, and the end of the app removes it', async () => {
  expect(await open(WELCOME)).toMatchObject({ phase: 'done' })
  await expect.poll(() => opened.length).toBe(1)
  const [path = ''] = opened
  expect(path.startsWith(copies())).toBe(true)
  expect(path.endsWith(WELCOME)).toBe(true)
  expect(await readFile(path, 'utf8')).toContain('This file is encrypted in the bucket.')
  expect((await stat(path)).mode & 0o777).toBe(0o400)
  for (const folder of [copies(), join(path, '..')])
    expect((await stat(folder)).mode & 0o777).toBe(0o700)
  await core.close()
  expect(await namesIn(copies())).toEqual([])
  core = await start()
})

test('copies of a start that crashed are removed at the next one', async () => {
  await core.close()
  await mkdir(join(copies(), 'old'), { recursive: true })
  await writeFile(join(copies(), 'old', 'secret.txt'), 'secret', { mode: 0o400 })
  core = await start()
  expect(await namesIn(copies())).toEqual([])
})

test('an object that does not open leaves no copy, and the system is not asked', async () => {
  expect(await open('key-went-missing.txt')).toMatchObject({ phase: 'needs-master-key' })
  expect(opened).toEqual([])
  const files = (await namesIn(copies())).filter((name) => name.includes('.txt'))
  expect(files).toEqual([])
})

test('the app says it where no program opens the copy', async () => {
  answer = 'no application'
  const problem = new Promise((resolve) => void core.events.on('app.problem', resolve))
  await open(WELCOME)
  expect(await problem).toEqual({ code: 'not-opened', name: WELCOME })
})

test('a file that the system would run is refused before anything is fetched', async () => {
  expect(await core.handlers['files.open']({ ...at, key: 'a/setup.exe' }, never)).toEqual({
    ok: false,
    error: { code: 'would-run', name: 'setup.exe' },
  })
  expect(await readdir(copies()).catch(() => [])).toEqual([])
})

describe('a copy to drag out', () => {
  test('is private and read-only, opens in no program, and ends with the app', async () => {
    const { id } = await open(WELCOME, 'files.copy')
    const [path = ''] = (await core.copies?.pathsOf([id])) ?? []
    expect(path.startsWith(copies())).toBe(true)
    expect(await readFile(path, 'utf8')).toContain('This file is encrypted in the bucket.')
    expect((await stat(path)).mode & 0o777).toBe(0o400)
    expect(opened).toEqual([])
    await core.close()
    expect(await namesIn(copies())).toEqual([])
    core = await start()
    expect(await core.copies?.pathsOf([id])).toBeNull()
  })

  test('is handed over only when every one of them is whole', async () => {
    const whole = await open(WELCOME, 'files.copy')
    const failed = await open('key-went-missing.txt', 'files.copy')
    expect(failed.phase).toBe('needs-master-key')
    const isOpened = await open('anyone-can-read-this.txt')
    expect(await core.copies?.pathsOf([whole.id])).toHaveLength(1)
    for (const ids of [[], ['none'], [whole.id, failed.id], [isOpened.id], [whole.id, 'none']])
      expect(await core.copies?.pathsOf(ids)).toBeNull()
  })

  test('of an object that was changed is not made', async () => {
    const { profileId, bucket } = at
    const looked = { profileId, bucket, objects: [{ key: WELCOME, etag: '', modified: '' }] }
    const [state] = valueOf(await core.handlers['objects.encryption'](looked, never))
    expect(state?.state).toBe('encrypted')
    // The object loses its encryption headers, as another program would replace it.
    const answer = await send(practice, { method: 'PUT', key: WELCOME, body: 'plain now' })
    expect(answer.status).toBe(200)
    const after = await open(WELCOME, 'files.copy')
    expect(after.phase).not.toBe('done')
    expect(await core.copies?.pathsOf([after.id])).toBeNull()
  })
})

describe('files that run', () => {
  test.each([
    ['setup.exe', 'linux', true],
    ['SETUP.EXE', 'win32', true],
    ['setup.exe ', 'win32', true],
    ['setup.exe.', 'win32', true],
    ['report.pdf.lnk', 'win32', true],
    ['a.command', 'darwin', true],
    ['a.desktop', 'linux', true],
    ['a.inetloc', 'darwin', true],
    ['a.fileloc', 'darwin', true],
    ['a.diagcab', 'win32', true],
    ['a.library-ms', 'win32', true],
    ['a.flatpakref', 'linux', true],
    ['a.js', 'win32', true],
    ['a.js', 'linux', false],
    ['exe', 'win32', false],
    ['a.exe.txt', 'win32', false],
    ['a.pdf', 'win32', false],
    ['README', 'linux', false],
  ] as const)('%j on %s: %s', (name, platform, runs) => expect(wouldRun(name, platform)).toBe(runs))
})
