import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { bundleCli, runCli, type Ran } from './cli-process.ts'

/**
 * The command line as a user runs it: what it prints, what it leaves behind, and the numbers
 * scripts rely on.
 */
const home = mkdtempSync(join(tmpdir(), 'cb-cli-secrets-'))
const at = (...names: string[]): string => join(home, ...names)
const PASSPHRASES = {
  secrets: 'correct-horse-secrets',
  key: 'battery-staple-key',
  backup: 'tr0ubador-backup',
}
const STS_TOKEN = `CAIS${'stsTokenOfASession'.repeat(6)}`
const keys = generateKeyPairSync('rsa', { modulusLength: 2048 })
const encrypted = keys.privateKey.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: PASSPHRASES.key,
})
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString()

let practice: Practice
let temporary: ReturnType<Practice['issueToken']>
const ran: Ran[] = []
beforeAll(async () => {
  await bundleCli()
  practice = await startPractice({ directory: at('practice') })
  temporary = practice.issueToken({ expiresInMs: 3_600_000 })
  mkdirSync(at('work'))
  writeFileSync(at('key.pem'), encrypted)
  writeFileSync(at('other.pem'), other)
  writeFileSync(at('public.pem'), keys.publicKey.export({ type: 'spki', format: 'pem' }))
  writeFileSync(at('file.txt'), 'the content of the file')
  for (const [name, passphrase] of Object.entries(PASSPHRASES))
    writeFileSync(at(`${name}.pass`), `${passphrase}\n`)
})
afterAll(async () => {
  await practice.close()
  rmSync(home, { recursive: true, force: true })
})

async function cli(args: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Ran> {
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    CIPHERBUCKET_DATA: at('data'),
    CIPHERBUCKET_SECRETS: 'file',
    OSS_ACCESS_KEY_ID: practice.accessKeyId,
    OSS_ACCESS_KEY_SECRET: practice.accessKeySecret,
    OSS_REGION: practice.region,
    OSS_ENDPOINT: practice.endpoint,
    ...more,
  }
  const one = await runCli(args, { env, cwd: at('work') })
  ran.push(one)
  return one
}
const B = ['--bucket', 'practice-bucket']
const K = [
  '--key',
  at('key.pem'),
  '--passphrase-file',
  at('key.pass'),
  '--description',
  '{"purpose":"key"}',
]
const S = ['--secrets-passphrase-file', at('secrets.pass')]

test('exit codes 0, 2, 3, 4 and 5, and nothing under a real name unless it is the plain text', async () => {
  expect(await cli(['put', at('file.txt'), '--to', 'in/', ...B, ...K])).toMatchObject({
    code: 0,
    stderr: '',
  })
  expect(
    (
      await cli([
        'get',
        'in/file.txt',
        '--out',
        'good.txt',
        ...B,
        '--key',
        at('key.pem'),
        '--passphrase-file',
        at('key.pass'),
      ])
    ).code,
  ).toBe(0)
  expect((await cli(['get', 'in/file.txt', '--raw', '--out', 'raw.bin', ...B])).code).toBe(0)
  expect(readFileSync(at('work', 'good.txt'), 'utf8')).toBe('the content of the file')
  const byToken = {
    OSS_ACCESS_KEY_ID: temporary.accessKeyId,
    OSS_ACCESS_KEY_SECRET: temporary.accessKeySecret,
    OSS_SESSION_TOKEN: temporary.securityToken,
  }
  expect(await cli(['ls', 'in/', ...B], byToken)).toMatchObject({ code: 0, stderr: '' })
  const envelope = JSON.parse(readFileSync(at('work', 'raw.bin.ossenv.json'), 'utf8')) as {
    headers: Record<string, string>
  }
  const broken = (name: string, change: (headers: Record<string, string>) => void): string => {
    const headers = { ...envelope.headers }
    change(headers)
    writeFileSync(at(name), JSON.stringify({ ...envelope, headers }))
    return at(name)
  }
  const P = 'x-oss-meta-client-side-encryption-'
  const flip = (headers: Record<string, string>, name: string): void => {
    const bytes = Buffer.from(headers[P + name] ?? '', 'base64')
    bytes[100] = (bytes[100] ?? 0) ^ 1
    headers[P + name] = bytes.toString('base64')
  }
  const decrypt = (file: string, key: string): string[] => [
    'decrypt',
    'raw.bin',
    '--envelope',
    file,
    '--key',
    key,
    '--passphrase-file',
    at('key.pass'),
    '--out',
    'out.txt',
  ]
  const rows: readonly (readonly [string, readonly string[], number, NodeJS.ProcessEnv?])[] = [
    ['wrong key', ['get', 'in/file.txt', '--out', 'out.txt', ...B, '--key', at('other.pem')], 3],
    [
      'public half only',
      ['get', 'in/file.txt', '--out', 'out.txt', ...B, '--key', at('public.pem')],
      3,
    ],
    ['unknown key', ['get', 'in/file.txt', '--out', 'out.txt', ...B, ...S], 3],
    ['no key to encrypt with', ['put', at('file.txt'), ...B, ...S], 3],
    [
      'wrong passphrase of a key file',
      ['put', at('file.txt'), ...B, '--key', at('key.pem'), '--passphrase-file', at('backup.pass')],
      3,
    ],
    [
      'offline, wrong key',
      decrypt(
        broken('e.json', () => undefined),
        at('other.pem'),
      ),
      3,
    ],
    ...['key', 'start', 'cek-alg', 'wrap-alg'].map(
      (name) =>
        [
          `offline, ${name} missing`,
          decrypt(
            broken(`${name}.json`, (headers) => delete headers[P + name]),
            at('key.pem'),
          ),
          4,
        ] as const,
    ),
    [
      'offline, a bit of the key',
      decrypt(
        broken('flip-key.json', (headers) => flip(headers, 'key')),
        at('key.pem'),
      ),
      4,
    ],
    [
      'offline, a bit of the counter',
      decrypt(
        broken('flip-start.json', (headers) => flip(headers, 'start')),
        at('key.pem'),
      ),
      4,
    ],
    ['offline, no envelope', decrypt(at('file.txt'), at('key.pem')), 4],
    [
      'offline, half an envelope file',
      (writeFileSync(
        at('half.json'),
        readFileSync(at('work', 'raw.bin.ossenv.json')).subarray(0, 300),
      ),
      decrypt(at('half.json'), at('key.pem'))),
      4,
    ],
    ['no such object', ['get', 'nothing', '--out', 'out.txt', ...B, ...K.slice(0, 4)], 5],
    ['wrong secret', ['ls', ...B], 5, { OSS_ACCESS_KEY_SECRET: 'WrongSecretOfASession0123456789' }],
    ['a token that is none', ['ls', ...B], 5, { OSS_SESSION_TOKEN: STS_TOKEN }],
    ['nobody there', ['ls', ...B], 5, { OSS_ENDPOINT: 'http://127.0.0.1:9' }],
    ['http elsewhere', ['ls', ...B], 2, { OSS_ENDPOINT: 'http://example.com' }],
    ['an existing target', ['get', 'in/file.txt', '--out', 'good.txt', ...B, ...K.slice(0, 4)], 2],
    ['an existing object', ['put', at('file.txt'), '--to', 'in/', ...B, ...K], 2],
  ]
  for (const [name, args, code, more] of rows) {
    const one = await cli(args, more)
    expect([name, one.code, one.stderr]).toEqual([
      name,
      code,
      expect.stringMatching(/^cipherbucket: .{20,} \[[a-z-]+(, request \w+)?\]\n$/s),
    ])
    expect([name, readdirSync(at('work')).sort()]).toEqual([
      name,
      ['good.txt', 'raw.bin', 'raw.bin.ossenv.json'],
    ])
  }
})

test('stored keys and profiles: made, used, backed up, and failing with each of them', async () => {
  expect(
    await cli([
      'keys',
      'import',
      at('key.pem'),
      '--name',
      'mine',
      '--description',
      '{"purpose":"key"}',
      '--passphrase-file',
      at('key.pass'),
      ...S,
    ]),
  ).toMatchObject({ code: 0 })
  expect(
    await cli([
      'keys',
      'generate',
      'made',
      '--bits',
      '2048',
      '--description',
      '{"purpose":"made"}',
      ...S,
    ]),
  ).toMatchObject({ code: 0 })
  expect(
    await cli([
      'keys',
      'export',
      'mine',
      '--private',
      '--out',
      'backup.pem',
      '--passphrase-file',
      at('backup.pass'),
      ...S,
    ]),
  ).toMatchObject({ code: 0 })
  expect(await cli(['profiles', 'add', 'work', ...B, ...S])).toMatchObject({ code: 0 })
  expect(
    await cli(['profiles', 'add', 'token', ...B, ...S], { OSS_SESSION_TOKEN: STS_TOKEN }),
  ).toMatchObject({ code: 0 })
  const without = {
    OSS_ACCESS_KEY_ID: '',
    OSS_ACCESS_KEY_SECRET: '',
    OSS_ENDPOINT: '',
    OSS_REGION: '',
  }
  expect(
    await cli(
      ['get', 'in/file.txt', '--out', 'by-profile.txt', '--profile', 'work', ...S],
      without,
    ),
  ).toMatchObject({ code: 0 })
  for (const args of [
    ['ls', '--profile', 'token', ...S],
    ['ls', '--profile', 'work', '--secrets-passphrase-file', at('backup.pass')],
    ['ls', '--profile', 'work'],
    ['ls', '--profile', 'none', ...S],
  ]) {
    expect((await cli([...args, '--json'], without)).code).not.toBe(0)
  }
})

test('no secret is printed by any of these commands, and none lies in the data folder or beside the files', () => {
  const secrets = new Map<string, string>([
    ['AccessKey secret', practice.accessKeySecret],
    ['secret of a token', temporary.accessKeySecret],
    ['token', temporary.securityToken],
    ['wrong secret', 'WrongSecretOfASession0123456789'],
    ['STS token', STS_TOKEN],
    ...Object.entries(PASSPHRASES),
    ...[
      keys.privateKey.export({ type: 'pkcs8', format: 'der' }),
      keys.privateKey.export({ type: 'pkcs1', format: 'der' }),
    ].flatMap((der, i): (readonly [string, string])[] => {
      // Wherever it may begin in a longer base64 text: three cuts of a piece out of its middle.
      const piece = der.subarray(400, 448)
      return [
        [`private key ${i}`, piece.toString('latin1')],
        ...[0, 1, 2].map(
          (cut) =>
            [
              `private key ${i}, base64 ${cut}`,
              piece.subarray(cut).toString('base64').slice(0, 40),
            ] as const,
        ),
        [`private key ${i}, hex`, piece.toString('hex')],
      ]
    }),
    ['private key file', encrypted.toString().split('\n').slice(2, 4).join('\n')],
  ])
  expect(ran.length).toBeGreaterThan(25)
  for (const [name, secret] of secrets) {
    for (const { stdout, stderr } of ran)
      expect([name, stdout.includes(secret) || stderr.includes(secret)]).toEqual([name, false])
    for (const folder of ['data', 'work'])
      for (const path of files(at(folder)))
        expect([name, path, readFileSync(path).includes(Buffer.from(secret, 'latin1'))]).toEqual([
          name,
          path,
          false,
        ])
  }
  // No bug was met on the way either.
  expect(files(at('data')).filter((path) => path.endsWith('bugs.log'))).toEqual([])
  expect(files(at('data')).filter((path) => /\.new$|\.lock$|-part$/.test(path))).toEqual([])
})

const files = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
