import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startPractice, type Practice } from '../tools/practice.ts'
import { freshPractice, send } from '../practice/harness.ts'
import { bundleCli, records, runCli, type Ran, commandEnvironment } from './cli-process.ts'

/** cp and mv as a script uses them: within a bucket, to another one, and to another account. */

let work: string
let mine: Practice
let theirs: Practice
const content = randomBytes(400_001)

beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-copy-'))
  mine = await startPractice({ directory: join(work, 'practice') })
  theirs = await freshPractice()
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(join(work, 'key.pem'), privateKey)
  writeFileSync(join(work, 'file.bin'), content)
  writeFileSync(join(work, 'pass'), 'correct horse\n')
  expect(
    await on(
      theirs,
      'profiles',
      'add',
      'theirs',
      '--bucket',
      theirs.bucket,
      '--secrets-passphrase-file',
      'pass',
    ),
  ).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await Promise.all([mine.close(), theirs.close()])
  rmSync(work, { recursive: true, force: true })
})
beforeEach(async () => {
  await Promise.all([mine.reset(), theirs.reset()])
  expect((await send(mine, { method: 'PUT', bucket: 'second-bucket' })).status).toBe(200)
  expect(
    await here('put', 'file.bin', '--to', 'docs/one', '--key', 'key.pem', '--part-size', '102400'),
  ).toMatchObject({ code: 0 })
})

/** With the account of this server in the environment. */
function on(practice: Practice, ...args: readonly string[]): Promise<Ran> {
  return runCli(args, { env: commandEnvironment(work, practice), cwd: work })
}
const here = (...args: readonly string[]): Promise<Ran> =>
  on(mine, ...args, '--bucket', mine.bucket)
const keysIn = async (
  practice: Practice,
  bucket: string,
  prefix = '',
): Promise<readonly unknown[]> =>
  records(await on(practice, 'ls', prefix, '--json', '--bucket', bucket))
    .filter((row) => row['error'] === undefined)
    .map((row) => row['key'])
const elsewhere = ['--to-profile', 'theirs', '--secrets-passphrase-file', 'pass'] as const

/** `more`: options of the download. */
async function opens(
  practice: Practice,
  bucket: string,
  key: string,
  ...more: readonly string[]
): Promise<void> {
  expect(
    await on(
      practice,
      'get',
      key,
      '--bucket',
      bucket,
      '--out',
      'back',
      '--key',
      'key.pem',
      '--force',
      ...more,
    ),
  ).toMatchObject({ code: 0, stderr: '' })
  expect(readFileSync(join(work, 'back')).equals(content)).toBe(true)
}

test('cp within a bucket is done by OSS; without --force nothing is replaced', async () => {
  const ran = await here('cp', 'docs/one', 'docs/two', '--json', '--key', 'key.pem')
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(records(ran)).toEqual([
    {
      kind: 'copy',
      bucket: mine.bucket,
      key: 'docs/two',
      savedAs: null,
      bytes: content.length,
      encrypted: true,
      checksum: 'matches',
      tag: 'none',
      oddCounter: false,
      skipped: false,
      keyName: null,
      inside: true,
    },
  ])
  await opens(mine, mine.bucket, 'docs/two')
  const refused = await here('cp', 'docs/one', 'docs/two')
  expect(refused).toMatchObject({ code: 2, stdout: '' })
  expect(refused.stderr).toContain('docs/two already exists in the bucket')
  expect(await here('cp', 'docs/one', 'docs/two', '--force')).toMatchObject({ code: 0 })
})

test('mv to another bucket, into a folder, under its name', async () => {
  const ran = await here(
    'mv',
    'docs/one',
    'kept/',
    '--to-bucket',
    'second-bucket',
    '--key',
    'key.pem',
  )
  expect(ran).toMatchObject({
    code: 0,
    stderr: '',
    stdout: 'one → second-bucket/kept/one  (400 kB, as stored, inside OSS, checksum matches)\n',
  })
  expect(await keysIn(mine, mine.bucket, 'docs/')).toEqual([])
  await opens(mine, 'second-bucket', 'kept/one')
})

test('mv to another account passes through this computer, and needs no key', async () => {
  const ran = await here('mv', 'docs/one', 'two', ...elsewhere)
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(ran.stdout).toContain('as stored, through this computer, checksum matches')
  expect(await keysIn(mine, mine.bucket)).toEqual([])
  // Without a key, the seal stays that of the old name.
  const refused = ['get', 'two', '--bucket', theirs.bucket, '--out', 'no', '--key', 'key.pem']
  const got = await on(theirs, ...refused)
  expect(got).toMatchObject({ code: 4, stdout: '' })
  expect(got.stderr).toContain('--allow-moved')
  await opens(theirs, theirs.bucket, 'two', '--allow-moved')
})

test('a folder goes whole, and takes the name it is given', async () => {
  expect(await here('put', 'file.bin', '--to', 'docs/deep/two', '--key', 'key.pem')).toMatchObject({
    code: 0,
  })
  expect(await here('mv', 'docs/', 'archive', ...elsewhere)).toMatchObject({ code: 0, stderr: '' })
  expect([
    await keysIn(mine, mine.bucket),
    await keysIn(theirs, theirs.bucket, 'archive/'),
  ]).toEqual([[], ['archive/deep/', 'archive/one']])
})

test('a deletion that OSS refuses leaves both, says so, and fails', async () => {
  mine.faults.add({
    match: { method: 'DELETE', key: 'docs/one' },
    do: { kind: 'status', status: 403, code: 'AccessDenied' },
  })
  const ran = await here('mv', 'docs/one', 'two')
  expect(ran).toMatchObject({ code: 5, stdout: '' })
  expect(ran.stderr).toContain(
    'The copy is complete, but OSS did not delete docs/one. Both exist now.',
  )
  expect(ran.stderr).toMatch(/\[source-kept, request \S+\]/)
  expect(await keysIn(mine, mine.bucket)).toEqual(['docs/', 'two'])
})

test.each([
  ['an object that is not there', ['cp', 'nothing', 'x'], 5, 'nothing'],
  ['a folder that is not there', ['cp', 'nothing/', 'x/'], 5, 'nothing/'],
  ['onto itself', ['mv', 'docs/one', 'docs/one'], 2, 'docs/one'],
  ['a folder into itself', ['mv', 'docs/', 'docs/deep/'], 2, 'docs/deep/'],
  ['a profile that is not there', ['cp', 'docs/one', 'x', '--to-profile', 'nobody'], 2, 'nobody'],
  [
    'a bucket that is not there',
    ['cp', 'docs/one', 'x', '--to-bucket', 'no-such-bucket'],
    5,
    'no-such-bucket',
  ],
] as const)('%s is told as such', async (_name, args, code, said) => {
  const ran = await here(...args)
  expect(ran).toMatchObject({ code, stdout: '' })
  expect(ran.stderr).toContain(said)
  expect(await keysIn(mine, mine.bucket, 'docs/')).toEqual(['docs/one'])
})
