import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { bundleCli, records, runCli, commandEnvironment, type Account } from './cli-process.ts'

let work: string
let practice: Practice
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-keys-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  writeFileSync(join(work, 'secrets-pass'), 'the secrets of this computer\n')
  writeFileSync(join(work, 'backup-pass'), 'for the backup\n')
  writeFileSync(join(work, 'file'), 'plain words')
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

const run = (args: readonly string[], account: Account | null = null) =>
  runCli(args, { cwd: work, env: commandEnvironment(work, account) })
/** With the passphrase of the secret file. */
const open = (...args: readonly string[]) =>
  run([...args, '--secrets-passphrase-file', 'secrets-pass'], practice)

test('a key from its making to its removal', async () => {
  expect(await run(['keys', 'generate', 'archive'])).toMatchObject({ code: 2, stdout: '' })
  const made = await open(
    'keys',
    'generate',
    'archive',
    '--bits',
    '2048',
    '--description',
    '{"desc": "archive"}',
    '--json',
  )
  expect(made.code).toBe(0)
  expect(records(made)).toMatchObject([
    {
      name: 'archive',
      bits: 2048,
      description: '{"desc":"archive"}',
      state: 'active',
      origin: 'generated',
    },
  ])
  expect(
    await open('keys', 'generate', 'other', '--description', '{"desc":"archive"}'),
  ).toMatchObject({ code: 2 })
  expect(await open('keys', 'generate', 'other', '--description', 'no json')).toMatchObject({
    code: 2,
  })

  expect(
    await open('put', 'file', '--to', 'o', '--key', 'archive', '--bucket', practice.bucket),
  ).toMatchObject({ code: 0, stderr: '' })
  expect(await open('get', 'o', '--out', 'back', '--bucket', practice.bucket)).toMatchObject({
    code: 0,
    stderr: '',
  })
  expect(readFileSync(join(work, 'back'), 'utf8')).toBe('plain words')
  const closed = await run(['get', 'o', '--out', 'closed', '--bucket', practice.bucket], practice)
  expect(closed).toMatchObject({ code: 2, stdout: '' })
  expect(closed.stderr).toContain('--secrets-passphrase-file')
  expect(
    records(await open('ls', '--encryption', '--json', '--bucket', practice.bucket)),
  ).toMatchObject([{ key: 'o', encryption: { state: 'encrypted', keyName: 'archive' } }])

  expect(await open('keys', 'export', 'archive', '--out', 'public.pem')).toMatchObject({ code: 0 })
  expect(readFileSync(join(work, 'public.pem'), 'utf8')).toMatch(/^-----BEGIN PUBLIC KEY-----/)
  expect(await open('keys', 'export', 'archive', '--out', 'public.pem')).toMatchObject({ code: 2 })
  expect(await open('keys', 'export', 'archive', '--out', 'public.pem', '--force')).toMatchObject({
    code: 0,
  })
  expect(readdirSync(work).filter((name) => name.includes('(2)'))).toEqual([])
  expect(await open('keys', 'export', 'archive', '--private', '--out', 'backup.pem')).toMatchObject(
    { code: 2 },
  )
  expect(
    await open(
      'keys',
      'export',
      'archive',
      '--private',
      '--out',
      'backup.pem',
      '--passphrase-file',
      'backup-pass',
    ),
  ).toMatchObject({ code: 0 })
  expect(
    createPrivateKey({
      key: readFileSync(join(work, 'backup.pem'), 'utf8'),
      passphrase: 'for the backup',
    }).asymmetricKeyDetails?.modulusLength,
  ).toBe(2048)

  expect(await open('keys', 'remove', 'archive')).toMatchObject({ code: 2 })
  expect(await open('keys', 'remove', 'archive', '--confirm', 'Archive')).toMatchObject({ code: 2 })
  const confirmed = ['keys', 'remove', 'archive', '--confirm', 'archive']
  expect(await open(...confirmed)).toMatchObject({ code: 2 })
  expect(await open(...confirmed, '--objects', '1')).toMatchObject({ code: 0, stderr: '' })
  expect(records(await open('keys', 'list', '--json'))).toEqual([])
  expect(await open('get', 'o', '--out', 'gone', '--bucket', practice.bucket)).toMatchObject({
    code: 3,
  })
  // The backup is what is left, and it is enough.
  expect(
    await open(
      'keys',
      'import',
      'backup.pem',
      '--name',
      'again',
      '--passphrase-file',
      'backup-pass',
      '--description',
      '{"desc":"archive"}',
    ),
  ).toMatchObject({ code: 0, stderr: '' })
  expect(await open('get', 'o', '--out', 'again', '--bucket', practice.bucket)).toMatchObject({
    code: 0,
    stderr: '',
  })
})

test('a key without a description is made, and the price is told', async () => {
  const { publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  writeFileSync(join(work, 'half.pem'), publicKey)
  const made = await open('keys', 'import', 'half.pem')
  expect(made.code).toBe(0)
  expect(made.stderr).toContain('no description')
  expect(
    records(await open('keys', 'list', '--json')).find((key) => key['name'] === 'half'),
  ).toMatchObject({ hasPrivate: false, description: '' })
})

test('oss2 calls its files by an ending alone: the key is named after it', async () => {
  const { publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  writeFileSync(join(work, '.public_key.pem'), publicKey)
  expect(records(await open('keys', 'import', '.public_key.pem', '--json'))).toMatchObject([
    { name: 'public_key', hasPrivate: false },
  ])
})

test('a profile stands in for endpoint, region and access key', async () => {
  expect(await open('profiles', 'add', 'studio', '--bucket', practice.bucket)).toMatchObject({
    code: 0,
    stderr: '',
  })
  expect(await open('profiles', 'add', 'studio')).toMatchObject({ code: 2 })
  const listed = await run(['profiles', 'list', '--json'])
  expect(records(listed)).toMatchObject([
    {
      name: 'studio',
      endpoint: practice.endpoint,
      region: practice.region,
      accessKeyId: practice.accessKeyId,
      buckets: [practice.bucket],
    },
  ])
  expect(listed.stdout).not.toContain(practice.accessKeySecret)
  for (const [rules, stored] of [
    [['--no-seal', '--sealed-only'], { sealsNew: false, sealedOnly: true }],
    [['--seal'], { sealsNew: true, sealedOnly: true }],
    [['--no-sealed-only'], { sealsNew: true, sealedOnly: false }],
  ] as const) {
    expect(await open('profiles', 'set', 'studio', ...rules)).toMatchObject({ code: 0, stderr: '' })
    expect(records(await run(['profiles', 'list', '--json']))).toMatchObject([
      { name: 'studio', accessKeyId: practice.accessKeyId, buckets: [practice.bucket], ...stored },
    ])
  }
  expect(await open('profiles', 'set', 'studio')).toMatchObject({ code: 2 })
  expect(
    await run(['ls', '--profile', 'studio', '--secrets-passphrase-file', 'secrets-pass']),
  ).toMatchObject({ code: 0, stderr: '' })
  expect(
    await run(['ls', '--profile', 'studio', '--secrets-passphrase-file', 'backup-pass']),
  ).toMatchObject({ code: 3 })
  expect(await run(['ls', '--profile', 'studio'])).toMatchObject({ code: 2 })
  expect(await open('profiles', 'remove', 'studio')).toMatchObject({ code: 0, stderr: '' })
  expect(await open('profiles', 'remove', 'studio')).toMatchObject({ code: 2 })
})

test('no secret lies readable in the data folder', () => {
  const all = readdirSync(join(work, 'data'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    .join('\n')
  expect(all.length).toBeGreaterThan(100)
  expect(all).not.toContain(practice.accessKeySecret)
  expect(all).not.toContain('PRIVATE KEY')
  expect(all).not.toContain('the secrets of this computer')
})
