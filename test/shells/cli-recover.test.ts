import { constants, createCipheriv, createPublicKey, publicEncrypt, randomBytes } from 'node:crypto'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { counterAt } from '../../shared/format/counter.ts'
import { keystreamPieces, resplitOf } from '../../shared/format/message/resplit.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { bundleCli, commandEnvironment, records, runCli, type Ran } from './cli-process.ts'

/** Blobs without an envelope, without a key, and damaged ones: what comes out, and how marked. */

const NOTE = 'a note that nobody may lose'
const PREFIX = 'x-oss-meta-client-side-encryption-'
let work: string
let practice: Practice
const path = (...names: readonly string[]): string => join(work, ...names)

const run = (...args: readonly string[]): Promise<Ran> =>
  runCli([...args, '--bucket', practice.bucket, '--json'], {
    cwd: work,
    env: commandEnvironment(work, practice),
  })
const recover = (...args: readonly string[]): Promise<Ran> =>
  run('recover', ...args, '--key', 'key.pem', '--out', 'out/')
const out = (): readonly string[] => (existsSync(path('out')) ? readdirSync(path('out')) : [])
const content = (name: string): string => readFileSync(path('out', name), 'utf8')

/** Uploads content and saves it as stored. Without its envelope unless `keeps`. */
async function blobOf(
  name: string,
  bytes: string | Buffer,
  { seals = true, keeps = false }: { readonly seals?: boolean; readonly keeps?: boolean } = {},
): Promise<Buffer> {
  writeFileSync(path('plain'), bytes)
  const put = ['put', 'plain', '--to', `lost/${name}`, '--key', 'key.pem', '--force']
  expect(await run(...put, ...(seals ? [] : ['--no-seal']))).toMatchObject({ code: 0 })
  rmSync(path('raw'), { recursive: true, force: true })
  expect(await run('get', `lost/${name}`, '--raw', '--out', 'raw/')).toMatchObject({ code: 0 })
  renameSync(path('raw', name), path(name))
  const beside = path('raw', `${name}.ossenv.json`)
  if (keeps) copyFileSync(beside, path(`${name}.ossenv.json`))
  return readFileSync(path(name))
}

/** Encrypts content as a Java SDK does that splits it again, with the envelope beside it. */
function writeResplit(name: string, plain: Buffer, partSize: number): void {
  const [dataKey, counter] = [randomBytes(32), randomBytes(16)]
  counter.fill(0, 8, 12)
  const pem = readFileSync(path('key.pem'))
  const wrap = (bytes: Buffer) =>
    publicEncrypt(
      { key: createPublicKey(pem), padding: constants.RSA_PKCS1_PADDING },
      bytes,
    ).toString('base64')
  const resplit = resplitOf({ format: 'v2', dataSize: plain.length, partSize }, plain.length)
  if (resplit === null) throw new Error('no object of this kind')
  const pieces = keystreamPieces(0, plain.length, resplit).map(({ offset, length, keystream }) => {
    const skip = keystream % 16
    const cipher = createCipheriv('aes-256-ctr', dataKey, counterAt(counter, keystream - skip))
    cipher.update(Buffer.alloc(skip))
    return cipher.update(plain.subarray(offset, offset + length))
  })
  writeFileSync(path(name), Buffer.concat(pieces))
  const headers = {
    [`${PREFIX}key`]: wrap(dataKey),
    [`${PREFIX}start`]: wrap(counter),
    [`${PREFIX}cek-alg`]: 'AES/CTR/NoPadding',
    [`${PREFIX}wrap-alg`]: 'RSA/NONE/PKCS1Padding',
    [`${PREFIX}data-size`]: String(plain.length),
    [`${PREFIX}part-size`]: String(partSize),
  }
  writeFileSync(path(`${name}.ossenv.json`), JSON.stringify(headers))
}

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-recover-'))
  practice = await startPractice({ directory: path('practice') })
  const pem = new URL('../vectors/format-example.pem', import.meta.url)
  writeFileSync(path('key.pem'), readFileSync(pem))
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

describe('an envelope from the vault', () => {
  test('of a sealed object: found by its sum whatever the name, and proven', async () => {
    const bytes = await blobOf('sealed.txt', NOTE)
    writeFileSync(path('renamed'), bytes)
    const ran = await recover('renamed')
    expect(ran.code).toBe(0)
    expect(records(ran)).toMatchObject([
      {
        blob: 'renamed',
        recovered: true,
        proven: true,
        changed: null,
        envelope: { source: 'vault', match: 'sum', key: 'lost/sealed.txt' },
        signature: 'text',
      },
    ])
    expect(content('renamed')).toBe(NOTE)
    // Nothing is ever replaced.
    writeFileSync(path('out', 'renamed'), 'of somebody else')
    expect((await recover('renamed')).code).toBe(0)
    expect([content('renamed'), content('renamed (2)')]).toEqual(['of somebody else', NOTE])
  })

  test('without a seal: a guess, under a name of its own', async () => {
    await blobOf('bare.txt', NOTE, { seals: false })
    const ran = await recover('bare.txt')
    expect(ran).toMatchObject({ code: 0, stderr: expect.stringContaining('.unproven') as string })
    expect(records(ran)).toMatchObject([{ proven: false, changed: null, signature: 'text' }])
    expect(content('bare.txt.unproven')).toBe(NOTE)
    expect(out()).not.toContain('bare.txt')
  })
})

test.each([
  [
    'a flipped bit',
    (b: Buffer) => Buffer.concat([b.subarray(0, 3), Buffer.of((b[3] ?? 0) ^ 1), b.subarray(4)]),
    'content',
  ],
  ['cut', (b: Buffer) => b.subarray(0, 20), 'size-differs'],
  ['longer', (b: Buffer) => Buffer.concat([b, Buffer.alloc(9, 1)]), 'size-differs'],
] as const)('a changed object (%s) comes out marked', async (name, change, reason) => {
  const blob = `changed ${name}`
  const bytes = await blobOf(blob, `${NOTE} ${name}`)
  writeFileSync(path(blob), change(bytes))
  const ran = await recover(blob)
  expect(ran.code).toBe(0)
  expect(records(ran)).toMatchObject([{ proven: false, changed: reason }])
  expect(out()).not.toContain(blob)
  expect(content(`${blob}.unproven`).slice(4, 20)).toBe(`${NOTE} ${name}`.slice(4, 20))
})

test('a Java SDK split it again: repaired, and still not proven', async () => {
  const plain = Buffer.from('0123456789abcdef\n'.repeat(10_000))
  writeResplit('java', plain, 16)
  const ran = await recover('java')
  expect(records(ran)).toMatchObject([{ proven: false, repaired: true, signature: 'text' }])
  expect(content('java.repaired.unproven')).toBe(plain.toString())
})

test('where an undamaged object looks the same, both readings are written', async () => {
  // The shortest object of this kind: 10,000 parts of 10,000 bytes.
  const plain = Buffer.alloc(100_000_000, 'one line of a long file\n')
  writeResplit('both', plain, 10_000)
  const ran = await recover('both')
  expect(records(ran).map(({ repaired }) => repaired)).toEqual([true, false])
  const [repaired, other] = ['both.repaired.unproven', 'both.unproven'].map((name) =>
    readFileSync(path('out', name)),
  )
  expect(repaired?.equals(plain)).toBe(true)
  expect(other?.equals(plain)).toBe(false)
})

test('the key is found among all, and no key is named', async () => {
  await blobOf('whose', NOTE, { keeps: true })
  writeFileSync(path('secrets-pass'), 'the secrets of this computer\n')
  const secrets = ['--secrets-passphrase-file', 'secrets-pass']
  for (const args of [
    ['keys', 'generate', 'Other', '--bits', '2048', '--description', '{"a":"b"}'],
    ['keys', 'import', 'key.pem', '--name', 'Mine', '--description', '{"not":"in the envelope"}'],
  ])
    expect(await run(...args, ...secrets)).toMatchObject({ code: 0 })
  const ran = await run('recover', 'whose', '--out', 'out/', ...secrets)
  expect(records(ran)).toMatchObject([
    { proven: true, key: 'Mine', envelope: { source: 'beside', match: null } },
  ])
  expect(content('whose')).toBe(NOTE)
  rmSync(path('data', 'state', 'vault'), { recursive: true })
  const wrong = await run('recover', 'whose', '--key', 'Other', '--out', 'out/', ...secrets)
  expect(wrong).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('Tried: Other') as string,
  })
  expect(records(wrong)).toMatchObject([
    { blob: 'whose', recovered: false, error: { code: 'wrong-master-key' } },
  ])
})

test.each([
  ['sdk-message', 'inside', true],
  ['sdk-split', 'beside', true],
  ['v2', 'beside', false],
] as const)('under KMS, in the form %s', async (format, source, proven) => {
  const kms = ['--kms-endpoint', practice.kms.endpoint, '--kms-key', practice.kms.cmkId]
  writeFileSync(path('plain'), NOTE)
  const name = `kms-${format}`
  const put = ['put', 'plain', '--to', `kms/${name}`, '--format', format, '--no-seal', ...kms]
  expect(await run(...put)).toMatchObject({ code: 0 })
  expect(await run('get', `kms/${name}`, '--raw', '--out', 'kms/')).toMatchObject({ code: 0 })
  const ran = await run('recover', `kms/${name}`, '--out', 'out/', ...kms)
  expect(records(ran)).toMatchObject([{ proven, envelope: { source }, signature: 'text' }])
  expect(content(proven ? name : `${name}.unproven`)).toBe(NOTE)
})

describe('bad input', () => {
  beforeAll(async () => {
    await blobOf('good', NOTE, { keeps: true })
    await blobOf('other', `${NOTE}, and more`, { keeps: true })
    mkdirSync(path('folder'))
  })
  test.each<readonly [name: string, write: () => readonly string[], code: number, error: string]>([
    ['an empty file', () => one('empty', Buffer.alloc(0)), 4, 'no-envelope'],
    ['random bytes', () => one('random', randomBytes(5000)), 4, 'no-envelope'],
    [
      'random bytes of a size in the vault',
      () => one('sized', randomBytes(NOTE.length)),
      4,
      'no-envelope',
    ],
    ['a file that is gone', () => ['nowhere'], 4, 'source-unreadable'],
    ['no envelope in the file', () => named('good', '{"a": 1}'), 4, 'no-envelope'],
    ['half an envelope', () => named('good', `{"${PREFIX}key": "AAAA"}`), 4, 'envelope-file'],
    ['an envelope file that is gone', () => ['good', '--envelope', 'nowhere.json'], 2, ''],
  ])('%s', async (name, write, code, error) => {
    const before = out()
    const ran = await recover(...write())
    expect(ran.code, name).toBe(code)
    if (error !== '')
      expect(records(ran)).toMatchObject([{ recovered: false, error: { code: error } }])
    expect(out()).toEqual(before)
  })

  test('the envelope of another object: garbage comes out marked, never as the file', async () => {
    const ran = await recover('good', '--envelope', 'other.ossenv.json')
    expect(records(ran)).toMatchObject([
      { proven: false, changed: 'size-differs', signature: null },
    ])
    expect(out()).toContain('good.unproven')
    expect(out()).not.toContain('good')
  })

  test('one lost blob does not stop the others', async () => {
    const ran = await recover('random', 'good')
    expect(ran.code).toBe(4)
    expect(records(ran)).toMatchObject([{ recovered: false }, { recovered: true, proven: true }])
  })

  const one = (name: string, bytes: Buffer): readonly string[] => {
    writeFileSync(path(name), bytes)
    return [name]
  }
  const named = (blob: string, text: string): readonly string[] => {
    writeFileSync(path('strange.json'), text)
    return [blob, '--envelope', 'strange.json']
  }
})
