import { generateKeyPairSync } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { bundleCli, records, runCli, type Ran } from './cli-process.ts'

/** More than any list of such things holds: the 1,000 of a plan, the 200 rows, the 100 pairs. */
const MANY = 1500
const onLinux = process.platform === 'linux'

let work: string
let practice: Practice
/** Lists nothing, and refuses every object with this code. */
let refusing: Server
let [refusal, refused] = ['', 0]
let cb: (args: readonly string[], endpoint?: string) => Promise<Ran>
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-each-'))
  practice = await startPractice({ directory: join(work, 'practice') })
  const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
  refusing = createServer((request, response) => {
    const isPut = request.method === 'PUT'
    if (isPut) refused += 1
    request.resume()
    response
      .writeHead(isPut ? 403 : 200, { 'content-type': 'application/xml' })
      .end(
        isPut
          ? `<Error><Code>${refusal}</Code></Error>`
          : `<ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated></ListBucketResult>`,
      )
  })
  await new Promise<void>((resolve) => refusing.listen(0, '127.0.0.1', resolve))
  const env = {
    CIPHERBUCKET_DATA: join(work, 'data'),
    CIPHERBUCKET_SECRETS: 'file',
    HOME: work,
    OSS_ACCESS_KEY_ID: accessKeyId,
    OSS_ACCESS_KEY_SECRET: accessKeySecret,
  }
  cb = (args, other = endpoint) =>
    runCli([...args, '--json', '--endpoint', other, '--region', region, '--bucket', bucket], {
      cwd: work,
      env,
    })
  for (const name of ['k.pem', 'other.pem'])
    writeFileSync(
      join(work, name),
      generateKeyPairSync('rsa', {
        modulusLength: 2048,
        privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        publicKeyEncoding: { type: 'spki', format: 'pem' },
      }).privateKey,
    )
  for (const folder of ['links', 'left', 'files', 'a/two', 'b/two'])
    mkdirSync(join(work, folder), { recursive: true })
  for (let i = 0; i < MANY; i++) {
    symlinkSync('/nowhere', join(work, 'links', `l${i}`))
    writeFileSync(join(work, 'left', `${'z'.repeat(240)}${i}`), '')
    for (const folder of ['files', 'a/two', 'b/two'])
      writeFileSync(join(work, folder, `n${i}`), 'x')
  }
})
afterAll(async () => {
  refusing.close()
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

const numbers = (names: readonly unknown[]): ReadonlySet<unknown> =>
  new Set(names.map((name) => /\d+$/.exec(String(name))?.[0]))
const code = (one: Record<string, unknown>): unknown =>
  (one['error'] as { readonly code?: string } | undefined)?.code

/**
 * Each kind of what does not go: how it is asked for, the exit code, and which records name one of
 * them.
 */
const KINDS: readonly (readonly [
  string,
  readonly string[],
  number,
  (one: Record<string, unknown>) => unknown,
])[] = [
  [
    'links',
    ['put', 'links', '--key', 'k.pem'],
    0,
    (one) => one['reason'] === 'symlink' && one['leftOut'],
  ],
  [
    'names that are too long',
    ['put', 'left', '--key', 'k.pem', '--to', `${'p'.repeat(800)}/`],
    2,
    (one) => one['reason'] === 'name-too-long' && one['leftOut'],
  ],
  [
    'two files of one key',
    ['put', 'a/two', 'b/two', '--key', 'k.pem'],
    2,
    (one) => code(one) === 'one-key-for-two' && one['key'],
  ],
  [
    'files that are not there',
    ['put', ...Array.from({ length: MANY }, (_, i) => `gone${i}`), '--key', 'k.pem'],
    2,
    (one) => code(one) === 'source-unreadable' && (one['error'] as { readonly path?: string }).path,
  ],
  ['files that go', ['put', 'files', '--key', 'k.pem'], 0, () => null],
  [
    'files whose names exist',
    ['put', 'files', '--key', 'k.pem'],
    2,
    (one) => code(one) === 'object-exists' && one['key'],
  ],
  [
    'files that are skipped',
    ['put', 'files', '--key', 'k.pem', '--existing', 'skip'],
    0,
    (one) => one['skipped'] === true && one['key'],
  ],
  [
    'objects that are not saved',
    ['get', 'files/', '--key', 'other.pem', '--out', 'out/'],
    3,
    (one) => one['kind'] === 'download' && one['error'] !== undefined && one['key'],
  ],
  [
    'objects that are saved',
    ['get', 'files/', '--raw', '--out', 'raw/'],
    0,
    (one) => one['kind'] === 'download-raw' && one['savedAs'] !== null && one['key'],
  ],
  [
    'objects that are moved',
    ['mv', 'files/', 'moved/'],
    0,
    (one) => one['kind'] === 'move' && one['checksum'] === 'matches' && one['key'],
  ],
  [
    'objects that are not there',
    ['rm', ...Array.from({ length: MANY }, (_, i) => `gone${i}`)],
    5,
    (one) => code(one) === 'not-found' && one['key'],
  ],
]
test.skipIf(!onLinux).each(KINDS)(
  '1,500 of a kind have a record each: %s',
  async (name, args, exit, named) => {
    const ran = await cb(args)
    const found = records(ran)
      .map(named)
      .filter((name) => typeof name === 'string')
    const all = name === 'files that go' ? 0 : MANY
    expect([ran.code, found.length, numbers(found).size], ran.stderr.slice(-1000)).toEqual([
      exit,
      all,
      all,
    ])
  },
)

/**
 * Why a server refuses them all; how many it was asked for: of what all would meet, the rest is
 * told of without a try.
 */
const REFUSALS = [
  ['AccessDenied', 'access-denied', 5, MANY],
  ['InvalidAccessKeyId', 'bad-credentials', 5, 1100],
] as const
test.skipIf(!onLinux).each(REFUSALS)(
  '1,500 files that are refused with %s have a record each, and few are named to people',
  async (refuses, error, exit, most) => {
    ;[refusal, refused] = [refuses, 0]
    const ran = await cb(
      ['put', 'files', '--key', 'k.pem'],
      `http://127.0.0.1:${(refusing.address() as AddressInfo).port}`,
    )
    const found = records(ran)
      .filter((one) => code(one) === error)
      .map((one) => one['key'])
    expect([ran.code, found.length, numbers(found).size]).toEqual([exit, MANY, MANY])
    expect(records(ran).at(-1)).toMatchObject({
      kind: 'upload',
      total: MANY,
      done: 0,
      failed: MANY,
    })
    expect(refused).toBeLessThanOrEqual(most)
    expect(ran.stderr.split('\n').filter((line) => line.startsWith('cipherbucket:'))).toHaveLength(
      1000,
    )
    expect(ran.stderr).toMatch(/Failed: 500 more, 1500 in all/)
    expect(ran.stderr).toMatch(/Not done: 1500 of 1500: .* 1490 more/)
  },
)
