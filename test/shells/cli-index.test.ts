import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bundleCli, records, runCli, type Ran, commandEnvironment } from './cli-process.ts'

/** index sync, find and du as a script uses them. */

let work: string
let practice: Practice
const OBJECTS = 3000

const run = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--bucket', practice.bucket], {
    cwd: work,
    env: commandEnvironment(work, practice),
  })
const stored = (...args: readonly string[]): Promise<Ran> =>
  run(...args, '--profile', 'Studio', '--secrets-passphrase-file', 'pass')

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-index-'))
  practice = await startPractice({ directory: join(work, 'practice'), madeUp: OBJECTS })
  writeFileSync(join(work, 'pass'), 'correct horse\n')
  const added = await run('profiles', 'add', 'Studio', '--secrets-passphrase-file', 'pass')
  expect(added).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

test('a sync of a stored profile stays, and find answers from it without a listing', async () => {
  const synced = await stored('index', 'sync', '--json')
  expect(synced).toMatchObject({ code: 0 })
  expect(records(synced)).toMatchObject([{ objects: OBJECTS }])
  expect(readdirSync(join(work, 'data', 'index')).some((name) => name.endsWith('.db'))).toBe(true)
  practice.log.clear()
  const found = await stored(
    'find',
    'camera/',
    '--name',
    '*0001?.JPG',
    '--sort',
    'size',
    '--desc',
    '--json',
  )
  expect(found).toMatchObject({ code: 0 })
  const sizes = records(found).map(({ size }) => Number(size))
  expect(sizes).toHaveLength(10)
  expect(sizes).toEqual(sizes.toSorted((a, b) => b - a))
  expect(found.stderr).toContain('index sync')
  expect(practice.log.entries()).toEqual([])
})

test('without a profile the index ends with the command', async () => {
  const found = await run('find', 'photos/1990/01/01/', '--regex', '^(scan|plan) 4', '--json')
  expect(found).toMatchObject({ code: 0 })
  expect(records(found).map(({ key }) => key)).toEqual([
    'photos/1990/01/01/Plan 4.pdf',
    'photos/1990/01/01/Scan 4.pdf',
  ])
  const left = readdirSync(join(work, 'data', 'index'))
  expect(left.filter((name) => name.startsWith('session-'))).toEqual([])
})

test('find keeps to its conditions, and asks for states where they are wanted', async () => {
  const one = await stored(
    'find',
    '--class',
    'Archive',
    '--smaller',
    '1000',
    '--older',
    '2020-01-01',
    '--limit',
    '3',
    '--json',
  )
  expect(records(one).length).toBeGreaterThan(0)
  for (const { storageClass, size, modified } of records(one)) {
    expect([storageClass, Number(size) < 1000]).toEqual(['Archive', true])
    expect(Date.parse(String(modified))).toBeLessThan(Date.UTC(2020, 0, 1))
  }
  const plain = await stored('find', '--text', 'IMG_0000000', '--state', 'plain', '--json')
  expect(records(plain)).toHaveLength(10)
  const none = await stored('find', '--text', 'IMG_0000000', '--state', 'encrypted', '--json')
  expect([none.code, none.stdout]).toEqual([0, ''])
})

test('find says how many states it could not find out, and does not end with 0', async () => {
  const key = 'camera/unreadable.bin'
  practice.fill([key])
  practice.faults.add({
    match: { method: 'HEAD', key },
    do: { kind: 'status', status: 403, code: 'AccessDenied' },
    times: Infinity,
  })
  const found = await run('find', 'camera/unreadable', '--state', 'plain', '--json')
  expect([found.code, found.stdout]).toEqual([5, ''])
  expect(found.stderr).toContain('Objects of unknown state: 1.')
})

test('du sums up folders', async () => {
  const sums = records(await stored('du', '--depth', '1', '--json'))
  expect(sums.map(({ prefix, objects }) => [prefix, objects])).toEqual([
    ['camera/', OBJECTS / 2],
    ['photos/', OBJECTS / 2],
    ['', OBJECTS],
  ])
  const [camera, photos, all] = sums.map(({ bytes }) => Number(bytes)) as [number, number, number]
  expect(camera + photos).toBe(all)
})

test('wrong usage ends with 2', async () => {
  for (const args of [
    ['--regex', '('],
    ['--newer', 'soon'],
    ['--larger', '-1'],
    ['--state', 'x'],
  ])
    expect(await run('find', ...args)).toMatchObject({ code: 2 })
  expect(await run('find', '--key', 'No such key')).toMatchObject({ code: 3 })
})
