import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startPractice, type Practice } from '../tools/practice.ts'
import { send } from '../practice/harness.ts'
import { bundleCli, records, runCli, type Ran, commandEnvironment } from './cli-process.ts'

/** A change of master keys as a script runs it. */

let work: string
let practice: Practice
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-rewrap-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  for (const name of ['old', 'new', 'other']) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    writeFileSync(join(work, `${name}.pem`), privateKey)
    writeFileSync(join(work, `${name}.pub.pem`), publicKey)
  }
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

const run = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--bucket', practice.bucket], {
    cwd: work,
    env: commandEnvironment(work, practice),
  })
const good = async (...args: readonly string[]): Promise<Ran> => {
  const ran = await run(...args)
  expect({ args, ran }).toMatchObject({ ran: { code: 0 } })
  return ran
}
const put = async (key: string, master: string, text: string): Promise<void> => {
  writeFileSync(join(work, 'file.txt'), text)
  await good('put', 'file.txt', '--to', key, '--key', `${master}.pem`, '--existing', 'replace')
}
const rewrap = (...args: readonly string[]): Promise<Ran> =>
  run('rewrap', '--to-key', 'new.pem', '--from-key', 'old.pem', '--json', ...args)
const reportOf = (ran: Ran): Readonly<Record<string, unknown>> =>
  records(ran).find((one) => 'report' in one)?.['report'] as Readonly<Record<string, unknown>>

beforeEach(async () => {
  await practice.reset()
  for (const name of ['a/1', 'a/2', 'b/3']) await put(name, 'old', `text of ${name}`)
  await put('a/other', 'other', 'of another key')
})

test('a plan, a dry run, a run with its proof, and a second run that has nothing to do', async () => {
  const unasked = await rewrap('a/')
  expect(unasked.code).toBe(2)
  expect(unasked.stderr).toContain('--yes')

  practice.log.clear()
  const dry = await rewrap('a/', '--dry-run')
  expect(dry).toMatchObject({ code: 0 })
  expect(records(dry)[0]).toMatchObject({ plan: { objects: 3, dryRun: true, archived: 0 } })
  expect(reportOf(dry)).toMatchObject({ would: 2, rewrapped: 0, left: { 'other-key': 1 } })
  const written = practice.log.entries().filter(({ method }) => !['GET', 'HEAD'].includes(method))
  expect(written).toEqual([])

  const ran = await rewrap('a/', '--yes')
  expect(ran).toMatchObject({ code: 0 })
  expect(reportOf(ran)).toMatchObject({
    rewrapped: 2,
    crc64Equal: 2,
    already: 0,
    failed: 0,
    left: { 'other-key': 1 },
    oldKeys: [{ tried: 2, opens: 0 }],
  })
  await good('get', 'a/1', '--key', 'new.pem', '--out', 'got')
  expect(readFileSync(join(work, 'got'), 'utf8')).toBe('text of a/1')
  expect((await run('get', 'a/1', '--key', 'old.pem', '--out', 'not')).code).toBe(3)
  await good('get', 'b/3', '--key', 'old.pem', '--out', 'got-b')

  const again = await rewrap('a/', '--yes')
  expect(reportOf(again)).toMatchObject({
    rewrapped: 0,
    already: 2,
    oldKeys: [{ tried: 2, opens: 0 }],
  })
  const clear = await run('rewrap', 'a/', '--to-key', 'new.pem', '--dry-run')
  expect(clear.stdout).toContain('already: 2.')
  // Without an old key, the object of the other key is one that nothing here opens.
  expect(clear.code).toBe(3)
  expect(clear.stderr).toContain('a/other')
})

test('shards together change every object once', async () => {
  const counts: unknown[] = []
  for (const shard of ['1/3', '2/3', '3/3']) {
    const ran = await rewrap('--yes', '--shard', shard)
    counts.push(reportOf(ran)['rewrapped'])
  }
  expect(counts.map(Number).reduce((a, b) => a + b)).toBe(3)
})

test('fresh makes other bytes', async () => {
  const before = records(await good('head', 'a/1', '--json'))[0]?.['crc64']
  expect((await rewrap('a/', '--yes', '--mode', 'fresh')).code).toBe(0)
  expect(records(await good('head', 'a/1', '--json'))[0]?.['crc64']).not.toBe(before)
  await good('get', 'a/1', '--key', 'new.pem', '--out', 'fresh')
  expect(readFileSync(join(work, 'fresh'), 'utf8')).toBe('text of a/1')
})

test('a second key by its public half: verified, shown, read, and left behind', async () => {
  const add = (...args: readonly string[]): Promise<Ran> =>
    run(
      'rewrap',
      'a/',
      '--to-key',
      'new.pub.pem',
      '--from-key',
      'old.pem',
      '--mode',
      'second',
      ...args,
    )
  const told = await add('--yes')
  expect(told).toMatchObject({ code: 0 })
  expect(told.stderr).toContain('This revokes nothing.')
  expect(told.stdout).toContain('Verified, and given a second key: 2')
  expect(told.stdout).toContain('Equal CRC-64: 2.')
  const [facts] = records(await good('head', 'a/1', '--json'))
  expect(facts?.['secondKey']).toMatchObject({
    fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
  })
  expect((await good('head', 'a/1')).stdout).toContain('second key')
  for (const master of ['old', 'new']) {
    await good('get', 'a/1', '--key', `${master}.pem`, '--out', `by-${master}`)
    expect(readFileSync(join(work, `by-${master}`), 'utf8')).toBe('text of a/1')
    await good('verify', 'a/1', '--key', `${master}.pem`)
  }
  await good('get', 'a/1', '--raw', '--out', 'raw')
  await good(
    'decrypt',
    'raw',
    '--envelope',
    'raw.ossenv.json',
    '--key',
    'new.pem',
    '--out',
    'offline',
  )
  expect(readFileSync(join(work, 'offline'), 'utf8')).toBe('text of a/1')
  expect((await add('--yes', '--remove-old-versions', '1')).code).toBe(2)
  const again = await run('rewrap', 'a/', '--to-key', 'other.pem', '--from-key', 'new.pem', '--yes')
  expect(again.code).toBe(0)
  expect((await run('get', 'a/1', '--key', 'other.pem', '--out', 'x')).code).toBe(3)
  // An object without a seal gets none.
  writeFileSync(join(work, 'bare.txt'), 'bare')
  await good('put', 'bare.txt', '--to', 'a/bare', '--key', 'old.pem', '--no-seal')
  const bare = await add('--yes', '--json')
  expect(bare.code).toBe(2)
  expect(reportOf(bare)).toMatchObject({ left: { 'not-sealed': 1, 'other-key': 1 } })
})

test('the new key is not an old one, and keys that are not here are named', async () => {
  const same = await run('rewrap', '--to-key', 'new.pem', '--from-key', 'new.pem', '--yes')
  expect(same.code).toBe(2)
  expect((await run('rewrap', '--to-key', 'nobody', '--yes')).code).toBe(3)
})

test('old versions are listed, and removed with their number', async () => {
  await send(practice, {
    method: 'PUT',
    query: { versioning: null },
    body: '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>',
  })
  await put('a/1', 'old', 'a second text')
  const ran = await rewrap('a/', '--yes')
  const versions = records(ran).flatMap((one) => one['oldVersion'] ?? [])
  // Both texts of a/1 and the one of a/2, under the old key.
  expect(versions).toHaveLength(3)
  expect(versions).toEqual(
    expect.arrayContaining([expect.objectContaining({ key: 'a/2', isReplaced: true })]),
  )
  expect((await rewrap('a/', '--yes', '--remove-old-versions')).code).toBe(2)
  const wrong = await rewrap('a/', '--yes', '--remove-old-versions', '2')
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('There are 3 old versions')
  const right = await rewrap('a/', '--yes', '--remove-old-versions', '3')
  expect(records(right).at(-1)).toEqual({ removedVersions: 3 })
  const left = await rewrap('a/', '--yes')
  expect(records(left).flatMap((one) => one['oldVersion'] ?? [])).toEqual([])
  await good('get', 'a/1', '--key', 'new.pem', '--out', 'second')
  expect(readFileSync(join(work, 'second'), 'utf8')).toBe('a second text')
  await good('get', 'a/other', '--key', 'other.pem', '--out', 'other')
})
