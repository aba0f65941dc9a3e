import { constants, createPublicKey, verify } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss, type Oss } from '../../electron/core/oss/client.ts'
import { buffer } from 'node:stream/consumers'
import { getRange, headObject, putSmall } from '../../electron/core/oss/objects.ts'
import { ok } from '../../shared/contract/errors.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bundleCli, commandEnvironment, records, runCli, type Ran } from './cli-process.ts'

/** Drills: the copy of a key opens what the bucket holds, and a signed report says so. */

let work: string
let practice: Practice
let http: HttpClient
let oss: Oss
const path = (...names: readonly string[]): string => join(work, ...names)

const bare = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--bucket', practice.bucket, '--json'], {
    cwd: work,
    env: commandEnvironment(work, practice),
  })
const run = (...args: readonly string[]): Promise<Ran> =>
  bare(...args, '--secrets-passphrase-file', 'pass')
const summaryOf = (ran: Ran) => records(ran).at(-1) as Record<string, unknown>

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-drill-'))
  practice = await startPractice({ directory: path('practice') })
  writeFileSync(
    path('key.pem'),
    readFileSync(new URL('../vectors/format-example.pem', import.meta.url)),
  )
  writeFileSync(path('pass'), 'correct horse\n')
  writeFileSync(path('note'), 'a note that is worth a drill')
  writeFileSync(path('large'), Buffer.alloc(2_000_000, 3))
  for (const args of [
    ['keys', 'import', 'key.pem', '--name', 'arch'],
    ['keys', 'generate', 'Other', '--bits', '2048'],
    ['put', 'note', '--key', 'arch', '--to', 'all/a'],
    ['put', 'note', '--key', 'arch', '--to', 'all/b', '--no-seal'],
    ['put', 'large', '--key', 'arch', '--to', 'all/c'],
    ['put', 'note', '--key', 'Other', '--to', 'foreign/d'],
    ['put', 'note', '--key', 'arch', '--to', 'foreign/e'],
    ['keys', 'escrow', 'arch', '--out', 'sheet.png', '--passphrase-out', 'words'],
    ['keys', 'escrow', 'arch', '--out', 's.png', '--shares', '3', '--threshold', '2'],
  ])
    expect(await run(...args), args.join(' ')).toMatchObject({ code: 0 })
  http = openHttpClient()
  const { endpoint, region, accessKeyId, accessKeySecret, bucket } = practice
  const credentials = async () => ok({ accessKeyId, accessKeySecret, securityToken: null })
  oss = openOss({ endpoint, region, credentials }, http)
  await putSmall(
    oss,
    { bucket, key: 'plain/p', headers: {}, body: Buffer.from('plain'), forbidOverwrite: true },
    new AbortController().signal,
  )
})
afterAll(async () => {
  http.close()
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

describe('the copy alone opens the objects', () => {
  // The keys of the list stay locked in all of these.
  test.each<readonly [name: string, copy: readonly string[], source: string]>([
    ['a key file', ['key.pem'], 'file'],
    ['a sheet and its passphrase', ['sheet.png', '--passphrase-file', 'words'], 'sheet'],
    ['two of three shares', ['s-1.png', 's-3.png'], 'shares'],
  ])('%s', async (_, copy, source) => {
    const before = readdirSync(work).toSorted()
    const ran = await bare('drill', 'all/', '--sample', '5', '--key-from', ...copy)
    expect(ran.code).toBe(0)
    expect(records(ran).slice(0, -1)).toMatchObject([
      { key: 'all/a', state: 'opened', seal: 'intact', checksum: 'matches', error: null },
      { key: 'all/b', state: 'opened', seal: null, checksum: 'matches', error: null },
      { key: 'all/c', state: 'opened', seal: 'intact', checksum: 'matches', error: null },
    ])
    expect(summaryOf(ran)).toMatchObject({
      savedAs: null,
      summary: {
        key: { name: 'arch', source, bits: 2048 },
        listed: { objects: 3, bytes: 2_000_056 },
        opened: { objects: 3, bytes: 2_000_056 },
        failed: { objects: 0, bytes: 0 },
      },
    })
    // Nothing is kept.
    expect(readdirSync(work).toSorted()).toEqual(before)
  })

  test('a sample is as large as asked', async () => {
    const ran = await bare('drill', '--sample', '2', '--key-from', 'key.pem')
    expect(records(ran)).toHaveLength(3)
  })
})

test('an object that does not open, and a plain one, are told; the code says so', async () => {
  const ran = await bare('drill', 'foreign/', '--key-from', 'key.pem')
  expect(ran.code).toBe(4)
  expect(records(ran).slice(0, -1)).toMatchObject([
    { key: 'foreign/d', state: 'failed', error: { code: 'wrong-master-key' } },
    { key: 'foreign/e', state: 'opened' },
  ])
  const plain = await bare('drill', 'plain/', '--key-from', 'key.pem')
  expect(records(plain)).toMatchObject([
    { key: 'plain/p', state: 'plain' },
    { summary: { plain: { objects: 1 }, opened: { objects: 0 } } },
  ])
  // A drill that opened nothing proves nothing.
  expect(plain.code).toBe(4)
  expect((await bare('drill', 'nothing/', '--key-from', 'key.pem')).code).toBe(4)
})

test('an object that was changed does not count as opened', async () => {
  const never = new AbortController().signal
  const { bucket } = practice
  const { headers } = await headObject(oss, bucket, 'all/a', never)
  const whole = { bucket, key: 'all/a', offset: 0, length: null, ifMatch: null }
  const body = await buffer((await getRange(oss, whole, never)).body)
  body[3] = (body[3] ?? 0) ^ 1
  const kept = Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-oss-meta-')))
  const object = { bucket, headers: kept, body, forbidOverwrite: true }
  await putSmall(oss, { ...object, key: 'changed/a' }, never)
  const ran = await bare('drill', 'changed/', '--key-from', 'key.pem')
  expect(ran.code).toBe(4)
  expect(records(ran)[0]).toMatchObject({
    key: 'changed/a',
    state: 'failed',
    seal: 'moved',
    error: { code: 'seal-refused' },
  })
})

test('objects above 64 MiB are read in pieces, with a seal and without', async () => {
  writeFileSync(path('huge'), Buffer.alloc(70_000_000, 'huge'))
  for (const more of [['huge/sealed'], ['huge/bare', '--no-seal']])
    expect(await bare('put', 'huge', '--key', 'key.pem', '--to', ...more)).toMatchObject({
      code: 0,
    })
  const ran = await bare('drill', 'huge/', '--key-from', 'key.pem')
  expect(records(ran).slice(0, -1)).toMatchObject([
    { key: 'huge/bare', state: 'opened', seal: 'unsealed', checksum: 'matches' },
    { key: 'huge/sealed', state: 'opened', seal: 'intact' },
  ])
  expect(ran.code).toBe(0)
})

describe('the report', () => {
  test.each(['r.json', 'r.html'])('%s is signed by the drilled key, and no other', async (name) => {
    const ran = await bare('drill', 'all/', '--key-from', 'key.pem', '--out', name)
    expect(summaryOf(ran)).toMatchObject({ savedAs: path(name) })
    expect(await bare('drill', '--check', name, '--key', 'key.pem')).toMatchObject({ code: 0 })
    const other = await run('drill', '--check', name, '--key', 'Other')
    expect(other).toMatchObject({ code: 4 })
    expect(records(other)).toMatchObject([
      { error: { code: 'drill-report', problem: 'not-signed' } },
    ])
    const text = readFileSync(path(name), 'utf8')
    writeFileSync(
      path(`changed-${name}`),
      text.replace(/"failed": \{\s*"objects": 0/, '"failed":{"objects":1'),
    )
    const changed = await bare('drill', '--check', `changed-${name}`, '--key', 'key.pem')
    expect(records(changed)).toMatchObject([{ error: { problem: 'not-signed' } }])
    // An earlier report is never replaced by accident.
    expect(await bare('drill', 'all/', '--key-from', 'key.pem', '--out', name)).toMatchObject({
      code: 2,
    })
    expect(readFileSync(path(name), 'utf8')).toBe(text)
  })

  test('anybody can check it from FORMAT.md alone', () => {
    const { signature, ...report } = JSON.parse(readFileSync(path('r.json'), 'utf8')) as {
      readonly signature: string
    }
    const sorted = (value: unknown): unknown =>
      Array.isArray(value)
        ? value.map(sorted)
        : typeof value === 'object' && value !== null
          ? Object.fromEntries(
              Object.entries(value)
                .toSorted(([a], [b]) => (a < b ? -1 : 1))
                .map(([key, one]) => [key, sorted(one)]),
            )
          : value
    const key = createPublicKey(readFileSync(path('key.pem')))
    const padding = constants.RSA_PKCS1_PSS_PADDING
    expect(
      verify(
        'sha256',
        Buffer.from(JSON.stringify(sorted(report))),
        { key, padding, saltLength: 32 },
        Buffer.from(signature, 'base64'),
      ),
    ).toBe(true)
  })

  test('drills are listed, the newest first', async () => {
    const [newest, ...others] = records(await bare('drill', '--list'))
    expect(newest).toMatchObject({ prefix: 'all/', key: { name: 'arch', source: 'file' } })
    expect(others.length).toBeGreaterThan(3)
    const stored = readFileSync(path('data', 'state', 'drills.json'), 'utf8')
    expect(JSON.parse(stored)).toMatchObject({ version: 1 })
    expect(stored).not.toContain('PRIVATE')
    // A text of a later version is set aside, and nothing of it is overwritten.
    const later = stored.replace('"version":1', '"version":2')
    writeFileSync(path('data', 'state', 'drills.json'), later)
    const [told, ...listed] = records(await bare('drill', '--list'))
    expect([told, listed]).toMatchObject([{ error: { code: 'file-damaged' } }, []])
    const error = told?.['error'] as { readonly kept: string } | undefined
    expect(readFileSync(error?.kept ?? '', 'utf8')).toBe(later)
  })
})

test.each<readonly [name: string, args: readonly string[], code: number]>([
  ['no copy', ['drill', 'all/'], 2],
  ['a report of another kind', ['drill', '--key-from', 'key.pem', '--out', 'r.txt'], 2],
  ['a copy that is gone', ['drill', '--key-from', 'nowhere.pem'], 2],
  ['a copy that is no key', ['drill', '--key-from', 'note'], 3],
  ['a sheet without its passphrase', ['drill', '--key-from', 'sheet.png'], 3],
  ['a wrong passphrase', ['drill', '--key-from', 'sheet.png', '--passphrase-file', 'note'], 3],
  ['one share of two', ['drill', '--key-from', 's-1.png'], 3],
  ['a report that is none', ['drill', '--check', 'note', '--key', 'key.pem'], 4],
  ['a check without a key', ['drill', '--check', 'r.json'], 2],
])('%s', async (_, args, code) => {
  expect(await bare(...args)).toMatchObject({ code })
  expect(existsSync(path('r.txt'))).toBe(false)
})
