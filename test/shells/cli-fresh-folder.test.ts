import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { bundleCli, runCli, type Ran } from './cli-process.ts'

/** Every command that may need secrets, in a data folder without a passphrase file. */

let work: string
let practice: Practice
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cb-cli-fresh-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(join(work, 'k.pem'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
  writeFileSync(join(work, 'k.pub'), publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(join(work, 'words'), 'correct horse battery\n')
  writeFileSync(join(work, 'weak'), '1234\n')
  writeFileSync(join(work, 'in'), 'a line')
  copyFileSync(join(import.meta.dirname, '../core/command-program.mjs'), join(work, 'program.mjs'))
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

const cli = (args: readonly string[], data: string): Promise<Ran> =>
  runCli(args, {
    cwd: work,
    env: {
      PATH: process.env['PATH'],
      HOME: work,
      CIPHERBUCKET_DATA: data,
      CIPHERBUCKET_SECRETS: 'file',
      OSS_ENDPOINT: practice.endpoint,
      OSS_REGION: practice.region,
      OSS_ACCESS_KEY_ID: practice.accessKeyId,
      OSS_ACCESS_KEY_SECRET: practice.accessKeySecret,
    },
  })
const freshFolder = (): string => mkdtempSync(join(work, 'data-'))
const hasSecrets = (data: string): boolean =>
  readdirSync(data, { recursive: true }).some((name) => String(name).includes('secrets-file'))

/** Commands that store a secret. The function returns what depends on the servers. */
const STORING: readonly (readonly [string, () => readonly string[]])[] = [
  ['keys generate', () => ['K', '--bits', '2048']],
  ['keys import', () => ['k.pem']],
  [
    'keys add-kms',
    () => ['M', '--kms-endpoint', practice.kms.endpoint, '--cmk', practice.kms.cmkId],
  ],
  ['profiles add', () => ['P']],
]
test.each(STORING)('%s takes a new passphrase from a file, or asks for one', async (name, rest) => {
  const data = freshFolder()
  const args = [...name.split(' '), ...rest()]
  const asked = await cli(args, data)
  expect([asked.code, asked.stdout, hasSecrets(data)], asked.stderr).toEqual([2, '', false])
  expect(asked.stderr).toContain('no passphrase was chosen yet')
  expect(asked.stderr).toContain('--secrets-passphrase-file')
  expect(asked.stderr).not.toContain('locked')
  const weak = await cli([...args, '--secrets-passphrase-file', 'weak'], data)
  expect([weak.code, hasSecrets(data)], weak.stderr).toEqual([2, false])
  const done = await cli([...args, '--secrets-passphrase-file', 'words'], data)
  expect([done.code, hasSecrets(data)], done.stderr).toEqual([0, true])
  // The passphrase is chosen now, and another command needs it.
  const locked = await cli(['keys', 'generate', 'again'], data)
  expect([locked.code, locked.stderr.includes('The passphrase file is locked.')]).toEqual([2, true])
})

test('commands without a secret make no passphrase file, and ask for none', async () => {
  const data = freshFolder()
  const bucket = ['--bucket', practice.bucket]
  for (const [args, code] of [
    [['keys', 'import', 'k.pub', '--name', 'public'], 0],
    [
      [
        'keys',
        'add-command',
        'C',
        '--program',
        process.execPath,
        '--wrap-algorithm',
        'x',
        ...[join(work, 'program.mjs'), 'good', work].flatMap((arg) => ['--arg', arg]),
      ],
      0,
    ],
    [['keys', 'list'], 0],
    [['profiles', 'list'], 0],
    [['put', 'in', '--key', 'k.pem', ...bucket], 0],
    [['put', 'in', '--to', 'for public', '--key', 'public', ...bucket], 0],
    [['get', 'in', '--key', 'k.pem', '--out', 'out', ...bucket], 0],
    [['ls', '--encryption', ...bucket], 0],
    [['keys', 'import', 'in', '--name', 'no key'], 3],
    [['keys', 'test', 'nobody'], 3],
    [['keys', 'remove', 'public', '--confirm', 'public', '--objects', '1'], 0],
    [['profiles', 'remove', 'nobody'], 2],
  ] as const) {
    const ran = await cli(args, data)
    expect([args, ran.code, hasSecrets(data)], ran.stderr).toEqual([args, code, false])
    expect(ran.stderr).not.toMatch(/passphrase/i)
  }
})
