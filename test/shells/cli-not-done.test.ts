import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { ok } from '../../shared/contract/errors.ts'
import { bundleCli, records, runCli, type Ran } from './cli-process.ts'

/** A request that was not carried out never ends with exit code 0, and is named. */

let work: string
let practice: Practice
let cb: (...args: readonly (string | NodeJS.ProcessEnv)[]) => Promise<Ran>
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-not-done-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
  const env = {
    CIPHERBUCKET_DATA: join(work, 'data'),
    CIPHERBUCKET_SECRETS: 'file',
    HOME: work,
    OSS_ACCESS_KEY_ID: accessKeyId,
    OSS_ACCESS_KEY_SECRET: accessKeySecret,
  }
  cb = (...args) =>
    runCli(
      [
        ...args.filter((one) => typeof one === 'string'),
        '--endpoint',
        endpoint,
        '--region',
        region,
        '--bucket',
        bucket,
      ],
      {
        cwd: work,
        env: Object.assign(
          {},
          env,
          ...args.filter((one) => typeof one !== 'string'),
        ) as NodeJS.ProcessEnv,
      },
    )
  writeFileSync(
    join(work, 'k.pem'),
    generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    }).privateKey,
  )
  writeFileSync(join(work, 'in'), 'a secret line')
  mkdirSync(join(work, 'twice'))
  writeFileSync(join(work, 'twice', 'in'), 'another line')
  const wire = openHttpClient()
  const oss = openOss(
    {
      endpoint,
      region,
      credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
    },
    wire,
  )
  for (const [key, words] of [
    ['f/plain', 'plain'],
    ['only/', ''],
    ['tree/a', 'a'],
    ['tree/b', 'b'],
  ] as const)
    await putSmall(
      oss,
      { bucket, key, headers: {}, body: Buffer.from(words), forbidOverwrite: true },
      new AbortController().signal,
    )
  wire.close()
  expect(await cb('put', 'in', '--to', 'f/sealed', '--key', 'k.pem')).toMatchObject({ code: 0 })
})
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

test('with a named key what is not encrypted is left out and named, and the rest is saved', async () => {
  const ran = await cb('get', 'f/', '--key', 'k.pem', '--out', 'named/', '--json')
  expect([
    ran.code,
    records(ran).map((one) => [one['key'], (one['error'] as { code?: string } | undefined)?.code]),
  ]).toEqual([
    4,
    [
      ['f/plain', 'not-encrypted'],
      ['f/sealed', undefined],
    ],
  ])
  expect(ran.stderr).toMatch(
    /f\/plain is not encrypted.*--allow-plain[^]*Not done: 1 of 2: f\/plain/,
  )
  expect(readdirSync(join(work, 'named', 'f'))).toEqual(['sealed'])
  expect(readFileSync(join(work, 'named', 'f', 'sealed'), 'utf8')).toBe('a secret line')
  expect(
    await cb('get', 'f/', '--key', 'k.pem', '--allow-plain', '--out', 'allowed/'),
  ).toMatchObject({ code: 0 })
  expect(readdirSync(join(work, 'allowed', 'f')).sort()).toEqual(['plain', 'sealed'])
})

test.each([
  [['get', 'no/such/', '--out', 'none/'], 5, 'no/such/'],
  [['get', 'no/such', '--out', 'none/'], 5, 'no/such'],
  [['ls', 'no/such/'], 5, 'no/such/'],
  [['ls', 'no/such'], 5, 'no/such'],
  [['rm', '--recursive', 'no/such/'], 5, 'no/such/'],
  [['cp', 'no/such/', 'x/'], 5, 'no/such/'],
  [['mv', 'no/such', 'x/'], 5, 'no/such'],
  [['get', 'only/', '--out', 'marker/'], 0, ''],
  [['ls', 'only/'], 0, ''],
] as const)('%j ends with %i', async (args, code, named) => {
  const ran = await cb(...args)
  expect([ran.code, ran.stderr.includes(named)]).toEqual([code, true])
})

test('rm deletes what is there, and names what was not', async () => {
  const ran = await cb('rm', 'tree/a', 'tree/gone', '--json')
  expect([ran.code, records(ran)]).toEqual([
    5,
    [
      { removed: 1 },
      { key: 'tree/gone', error: { code: 'not-found', what: 'object', name: 'tree/gone' } },
    ],
  ])
  expect((await cb('ls', 'tree/')).stdout).toMatch(/^\s*1 B .* tree\/b\n$/)
})

test.skipIf(process.platform === 'win32')(
  'a pipe is never replaced, whatever command writes there',
  async () => {
    execFileSync('mkfifo', [join(work, 'pipe')])
    expect(
      await cb('keys', 'import', 'k.pem', '--name', 'K', '--secrets-passphrase-file', 'in'),
    ).toMatchObject({ code: 0 })
    expect(await cb('get', 'f/sealed', '--raw', '--out', 'blob')).toMatchObject({ code: 0 })
    for (const args of [
      ['get', 'f/sealed', '--key', 'k.pem'],
      ['decrypt', 'blob', '--key', 'k.pem'],
      ['keys', 'export', 'K'],
    ]) {
      for (const force of [['--force'], []]) {
        const ran = await cb(...args, '--out', 'pipe', ...force)
        expect([
          args[0],
          ran.code,
          ran.stderr.includes(join(work, 'pipe')),
          ran.stderr.includes('--force'),
        ]).toEqual([args[0], 2, true, false])
        expect(statSync(join(work, 'pipe')).isFIFO()).toBe(true)
      }
    }
  },
)

test("a promise that is never kept ends with a sentence and 1, and not with Node's own 13 and nothing", async () => {
  // The look at the file hangs here; nothing else keeps the process alive.
  writeFileSync(
    join(work, 'stands-still.mjs'),
    "import fs from 'node:fs/promises'\nimport { syncBuiltinESMExports } from 'node:module'\nfs.stat = () => new Promise(() => undefined)\nsyncBuiltinESMExports()\n",
  )
  const ran = await cb('get', 'f/sealed', '--out', 'still', {
    NODE_OPTIONS: `--import=${pathToFileURL(join(work, 'stands-still.mjs')).href}`,
  })
  expect([ran.code, ran.stdout]).toEqual([1, ''])
  expect(ran.stderr).toContain('[unexpected]')
})

test('an existing name and --existing rename: both are there, under two names, for a file, a folder and an object key', async () => {
  for (const args of [
    ['in', '--to', 'r/'],
    ['in', '--to', 'r/'],
    ['twice', '--to', 'r/'],
    ['twice', '--to', 'r/'],
    ['twice/in', '--to', 'r/key'],
    ['in', '--to', 'r/key'],
  ]) {
    expect(await cb('put', ...args, '--key', 'k.pem', '--existing', 'rename')).toMatchObject({
      code: 0,
    })
  }
  expect(await cb('get', 'r/', '--key', 'k.pem', '--out', 'renamed/')).toMatchObject({ code: 0 })
  const texts = (folder: string) =>
    readdirSync(join(work, 'renamed', folder))
      .filter((name) => name !== 'twice')
      .sort()
      .map((name) => [name, readFileSync(join(work, 'renamed', folder, name), 'utf8')])
  expect(texts('r')).toEqual([
    ['in', 'a secret line'],
    ['in (2)', 'a secret line'],
    ['key', 'another line'],
    ['key (2)', 'a secret line'],
  ])
  expect(texts('r/twice')).toEqual([
    ['in', 'another line'],
    ['in (2)', 'another line'],
  ])
})

test.each([
  ['a key file that is not there', ['--key', 'none.pem'], 3, 'none.pem'],
  ['a key file that is a folder', ['--key', 'twice'], 2, 'twice'],
  [
    'a passphrase file that is not there',
    ['--key', 'k.pem', '--passphrase-file', 'none.txt'],
    2,
    'none.txt',
  ],
  ['a target below a file', ['--key', 'k.pem', '--out', 'in/x'], 1, 'in'],
  ['a target that is a folder of files', ['--key', 'k.pem', '--out', 'k.pem/'], 1, 'k.pem'],
] as const)(
  'get with %s: the path is named, and nothing is written',
  async (_name, args, code, named) => {
    const before = readdirSync(work).sort()
    const ran = await cb('get', 'f/sealed', ...args)
    expect([ran.code, ran.stdout, ran.stderr.includes(named)], ran.stderr).toEqual([code, '', true])
    expect(readdirSync(work).sort()).toEqual(before)
  },
)
