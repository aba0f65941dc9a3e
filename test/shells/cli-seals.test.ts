import { generateKeyPairSync } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { getRange, headObject, putSmall } from '../../electron/core/oss/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bundleCli, commandEnvironment, records, runCli, type Ran } from './cli-process.ts'

/** Seals as a script meets them: verify, seal, get. */

const never = new AbortController().signal
const OWN = /^(?:x-oss-meta-|content-type$)/
let work: string
let practice: Practice
let http: HttpClient
let oss: Oss

const run = (...args: readonly string[]): Promise<Ran> =>
  runCli(
    [
      ...args,
      '--bucket',
      practice.bucket,
      '--profile',
      'Studio',
      '--secrets-passphrase-file',
      'pass',
    ],
    {
      cwd: work,
      env: commandEnvironment(work, practice),
    },
  )
/** The lines of a run, `key state reason`, and the summary. */
const linesOf = (ran: Ran) => {
  const all = records(ran)
  return {
    lines: all.slice(0, -1).map(({ key, state, reason }) => `${key} ${state} ${reason}`),
    summary: all.at(-1)?.['summary'],
  }
}

/** Writes an object again as a server would that changes it: other bytes, another name. */
async function rewrite(
  from: string,
  to: string,
  change: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Promise<void> {
  const { bucket } = practice
  const { headers } = await headObject(oss, bucket, from, never)
  const { body } = await getRange(
    oss,
    { bucket, key: from, offset: 0, length: null, ifMatch: null },
    never,
  )
  const kept = Object.fromEntries([...headers].filter(([name]) => OWN.test(name)))
  const bytes = change(await buffer(body))
  await putSmall(
    oss,
    { bucket, key: to, headers: kept, body: bytes, forbidOverwrite: false },
    never,
  )
}
const flip = (bytes: Buffer): Buffer => {
  const changed = Buffer.from(bytes)
  changed[3] = (changed[3] ?? 0) ^ 1
  return changed
}

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-seals-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  http = openHttpClient()
  const { endpoint, region, accessKeyId, accessKeySecret } = practice
  const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: null })
  oss = openOss({ endpoint, region, credentials }, http)
  writeFileSync(join(work, 'pass'), 'correct horse\n')
  writeFileSync(join(work, 'note.txt'), 'a note that nobody may change')
  for (const args of [
    ['profiles', 'add', 'Studio'],
    ['keys', 'generate', 'Backups', '--bits', '2048'],
    ['put', 'note.txt', '--key', 'Backups', '--to', 'good/a'],
    ['put', 'note.txt', '--key', 'Backups', '--to', 'good/b'],
    ['put', 'note.txt', '--key', 'Backups', '--to', 'bad/changed'],
    ['put', 'note.txt', '--key', 'Backups', '--to', 'bad/cut'],
    ['put', 'note.txt', '--key', 'Backups', '--no-seal', '--to', 'bare/c'],
  ])
    expect(await run(...args)).toMatchObject({ code: 0 })
  await rewrite('bad/changed', 'bad/changed', flip)
  await rewrite('bad/cut', 'bad/cut', (bytes) => bytes.subarray(1))
  await rewrite('good/a', 'moved/a')
})
afterAll(async () => {
  http.close()
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

test('verify: one line an object, and an exit code for the worst', async () => {
  const good = await run('verify', 'good/', '--json')
  expect(linesOf(good)).toEqual({
    lines: ['good/a intact read', 'good/b intact read'],
    summary: { intact: 2, changed: 0, moved: 0, unsealed: 0, unknown: 0 },
  })
  expect(good.code).toBe(0)
  expect(records(good)[0]).toEqual({ key: 'good/a', state: 'intact', reason: 'read' })

  const all = await run('verify', '--json')
  expect(linesOf(all)).toEqual({
    lines: [
      'bad/changed changed content',
      'bad/cut changed length',
      'bare/c unsealed never-sealed',
      'good/a intact read',
      'good/b intact read',
      'moved/a moved other-name',
    ],
    summary: { intact: 2, changed: 2, moved: 1, unsealed: 1, unknown: 0 },
  })
  expect(all.code).toBe(4)
  expect((await run('verify', 'moved/')).code).toBe(4)
  const words = await run('verify', 'bare/')
  expect(words).toMatchObject({ code: 0, stdout: expect.stringContaining('1 unsealed') as string })
})

test('verify: shards are a partition of the objects', async () => {
  const shares = await Promise.all(
    ['1/2', '2/2'].map(async (shard) => linesOf(await run('verify', '--shard', shard, '--json'))),
  )
  const lines = shares.flatMap((share) => share.lines)
  expect(lines.toSorted()).toEqual(linesOf(await run('verify', '--json')).lines)
})

test('verify: what cannot be known is never a 0', async () => {
  practice.faults.add({
    match: { method: 'GET', key: 'good/a', query: null },
    do: { kind: 'status', status: 403, code: 'InvalidObjectState' },
    times: 9,
  })
  const ran = await run('verify', 'good/', '--json')
  practice.faults.clear()
  expect(linesOf(ran).lines[0]).toBe('good/a unknown archived')
  expect(ran.code).toBe(5)
})

test('get: nothing of a changed or moved object is saved', async () => {
  for (const [key, reason] of [
    ['bad/changed', 'content'],
    ['bad/cut', 'length'],
    ['moved/a', 'other-name'],
  ] as const) {
    const ran = await run('get', key, '--out', 'refused/', '--json')
    expect(ran.code).toBe(4)
    expect(records(ran).at(-1)).toMatchObject({ error: { code: 'seal-refused', reason } })
    expect(ran.stderr).toContain('was kept')
    expect(readdirSync(join(work, 'refused'))).toEqual([])
  }
  const range = await run('get', 'bad/changed', '--range', '10-12', '--out', 'refused/')
  expect(range.code).toBe(4)
  expect(readdirSync(join(work, 'refused'))).toEqual([])
})

test('get: moved objects by a decision, and only sealed ones where that is asked', async () => {
  const moved = await run('get', 'moved/a', '--allow-moved', '--out', 'moved.txt', '--json')
  expect(records(moved)[0]).toMatchObject({ seal: { state: 'moved', reason: 'other-name' } })
  expect(moved.code).toBe(0)
  expect(readFileSync(join(work, 'moved.txt'), 'utf8')).toBe('a note that nobody may change')
  const bare = await run('get', 'bare/c', '--sealed-only', '--out', 'bare.txt', '--json')
  expect(records(bare).at(-1)).toMatchObject({ error: { code: 'not-sealed' } })
  expect(bare.code).toBe(4)
  expect(existsSync(join(work, 'bare.txt'))).toBe(false)
  const sealed = await run('get', 'good/a', '--sealed-only', '--out', 'good.txt')
  expect(sealed.stdout).toContain('intact')
})

test('seal: objects without a seal get one, and the others stay as they are', async () => {
  const ran = await run('seal', '--json')
  expect(records(ran).find(({ key }) => key === 'bare/c')).toMatchObject({ sealed: true })
  expect(records(ran).at(-1)).toMatchObject({ summary: { sealed: 1, failed: 0 } })
  expect(linesOf(await run('verify', 'bare/', '--json')).lines).toEqual([
    'bare/c intact sealed-later',
  ])
})

test('a key file verifies and seals what it encrypted, without a stored profile', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' })
  writeFileSync(join(work, 'file.pem'), pem, { mode: 0o600 })
  writeFileSync(join(work, 'one.txt'), 'one')
  const alone = (...args: readonly string[]): Promise<Ran> =>
    runCli([...args, '--bucket', practice.bucket], {
      cwd: work,
      env: { ...commandEnvironment(work, practice), CIPHERBUCKET_DATA: join(work, 'alone') },
    })
  const key = ['--key', 'file.pem']
  for (const [to, ...more] of [['alone/sealed'], ['alone/bare', '--no-seal']] as const)
    expect(await alone('put', 'one.txt', '--to', to, ...key, ...more)).toMatchObject({ code: 0 })
  expect(linesOf(await alone('verify', 'alone/', '--json')).lines).toEqual([
    'alone/bare unknown no-key',
    'alone/sealed unknown no-key',
  ])
  expect(await alone('seal', 'alone/', ...key)).toMatchObject({ code: 0 })
  const ran = await alone('verify', 'alone/', '--json', ...key)
  expect(ran.code).toBe(0)
  expect(linesOf(ran).lines).toEqual(['alone/bare intact sealed-later', 'alone/sealed intact read'])
})
