import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { ok } from '../../shared/contract/errors.ts'
import { bundleCli, records, runCli, type Ran } from './cli-process.ts'

const PROGRAM = fileURLToPath(new URL('../core/command-program.mjs', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'cb-cli-kms-'))
const content = randomBytes(260_001)
const path = (name: string) => join(work, name)
const read = (name: string) => readFileSync(path(name))
let practice: Practice
let kms: readonly string[]
let cmk: readonly string[]

const cli = (args: readonly string[], change: NodeJS.ProcessEnv = {}): Promise<Ran> =>
  runCli(args, {
    cwd: work,
    env: {
      CIPHERBUCKET_DATA: path('data'),
      CIPHERBUCKET_SECRETS: 'file',
      HOME: work,
      OSS_ENDPOINT: practice.endpoint,
      OSS_REGION: practice.region,
      OSS_ACCESS_KEY_ID: practice.accessKeyId,
      OSS_ACCESS_KEY_SECRET: practice.accessKeySecret,
      ...change,
    },
  })
const here = (...args: readonly string[]) => cli([...args, '--bucket', practice.bucket])
function expectCode(ran: Ran, code: number): Ran {
  expect({ code: ran.code, said: ran.code === code ? '' : ran.stderr + ran.stdout }).toEqual({
    code,
    said: '',
  })
  return ran
}
const same = (name: string) =>
  createHash('sha256').update(read(name)).digest('hex') ===
  createHash('sha256').update(content).digest('hex')

beforeAll(async () => {
  await bundleCli()
  practice = await startPractice({ directory: path('practice') })
  kms = ['--kms-endpoint', practice.kms.endpoint]
  cmk = [...kms, '--kms-key', practice.kms.cmkId]
  writeFileSync(path('file.bin'), content)
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  writeFileSync(path('key.pem'), privateKey)
  writeFileSync(path('pass'), 'secret of oss2\n')
  writeFileSync(path('secrets-pass'), 'of the secrets here\n')
})
beforeEach(() => practice.kms.reset())
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

describe('every format, there and back', () => {
  test.each([
    ['v2', 'v2-kms'],
    ['v2-kms-b', 'v2-kms'],
    ['v1', 'v1'],
    ['sdk-split', 'sdk-split'],
    ['sdk-message', 'sdk-message'],
  ])('%s', async (format, seen) => {
    expectCode(
      await here(
        'put',
        'file.bin',
        '--to',
        format,
        '--format',
        format,
        '--part-size',
        '102400',
        ...cmk,
      ),
      0,
    )
    const [head] = records(expectCode(await here('head', format, '--json', ...kms), 0))
    expect(head).toMatchObject({
      encryption: { state: 'encrypted', keyKind: 'kms', facts: { format: seen } },
    })
    const got = expectCode(await here('get', format, '--out', `got-${format}`, '--json', ...kms), 0)
    const gcm = format.startsWith('sdk')
    expect(records(got)).toMatchObject([
      { encrypted: true, checksum: 'matches', tag: gcm ? 'verified' : 'none' },
    ])
    expect([same(`got-${format}`), got.stderr.includes('is a message')]).toEqual([
      true,
      format === 'sdk-message',
    ])
    expectCode(
      await here('get', format, '--out', 'range', '--force', '--range', '1001-2000', ...kms),
      0,
    )
    expect(read('range').equals(content.subarray(1001, 2001))).toBe(true)
    expectCode(await here('get', format, '--raw', '--out', `raw-${format}`), 0)
    writeFileSync(path('empty'), '')
    writeFileSync(path('braces'), '{}')
    const envelopes =
      format === 'sdk-message'
        ? [[], ['--envelope', 'empty'], ['--envelope', 'braces']]
        : [[], ['--envelope', `raw-${format}.ossenv.json`]]
    for (const envelope of envelopes) {
      const ran = expectCode(
        await cli(['decrypt', `raw-${format}`, ...envelope, '--out', 'plain', '--force', ...kms], {
          OSS_ENDPOINT: 'http://127.0.0.1:1',
        }),
        0,
      )
      expect([same('plain'), ran.stderr]).toEqual([
        true,
        'KMS is called to unwrap its data key. Nothing else leaves this computer.\n',
      ])
    }
  })

  test.each([
    ['v2-oaep', 'v2-oaep'],
    ['v1', 'v1'],
  ])('%s under an RSA file, without KMS', async (format, seen) => {
    expectCode(
      await here(
        'put',
        'file.bin',
        '--to',
        `rsa-${format}`,
        '--format',
        format,
        '--key',
        'key.pem',
      ),
      0,
    )
    expect(records(await here('head', `rsa-${format}`, '--json'))).toMatchObject([
      { encryption: { state: 'nokey', facts: { format: seen } } },
    ])
    expectCode(await here('get', `rsa-${format}`, '--out', 'rsa', '--force', '--key', 'key.pem'), 0)
    expect([same('rsa'), practice.kms.log.entries()]).toEqual([true, []])
  })
})

test('a message is not decrypted, and not passed on, in silence', async () => {
  expectCode(await here('put', 'file.bin', '--to', 'm', '--format', 'sdk-message', ...cmk), 0)
  const plain = expectCode(await here('get', 'm', '--out', 'm-as-is'), 0)
  expect([plain.stderr, same('m-as-is')]).toEqual([
    expect.stringContaining('decrypt it with --message'),
    false,
  ])
  expectCode(await here('get', 'm', '--message', '--out', 'm-none'), 3)
  expect(existsSync(path('m-none'))).toBe(false)
  const asked = expectCode(await here('get', 'm', '--message', '--out', 'm-got', ...cmk), 0)
  expect([asked.stderr, same('m-got')]).toEqual(['', true])
  expectCode(await here('get', 'm', '--out', 'm-end', '--range', '-10', ...kms), 2)
  writeFileSync(path('text'), 'no message')
  expectCode(await here('get', 'm', '--raw', '--out', 'cut', '--force'), 0)
  writeFileSync(path('cut'), read('cut').subarray(0, -1))
  for (const [blob, said] of [
    ['cut', '1 B shorter'],
    ['text', '--envelope'],
  ] as const) {
    const ran = expectCode(await cli(['decrypt', blob, '--out', 'never', ...kms]), 4)
    expect(ran.stderr).toContain(said)
  }
  const flipped = Buffer.from(read('m-as-is'))
  flipped[flipped.length - 30] = (flipped.at(-30) ?? 0) ^ 1
  writeFileSync(path('flipped'), flipped)
  expect(
    expectCode(await cli(['decrypt', 'flipped', '--out', 'never', ...kms]), 4).stderr,
  ).toContain('[message-damaged]')
  expect(existsSync(path('never'))).toBe(false)
})

test.each(['sdk-message', 'sdk-split'])(
  '%s takes a context with characters that no header carries',
  async (format) => {
    const context = ['--kms-context', '{"a":"x\\ty","\u2028":"\\u007f"}']
    expectCode(
      await here(
        'put',
        'file.bin',
        '--to',
        `odd-${format}`,
        '--format',
        format,
        ...cmk,
        ...context,
      ),
      0,
    )
    expectCode(
      await here(
        'get',
        `odd-${format}`,
        '--out',
        `odd-${format}`,
        ...kms,
        ...context,
        ...(format === 'sdk-message' ? ['--message'] : []),
      ),
      0,
    )
    expect(same(`odd-${format}`)).toBe(true)
  },
)

test('an object that is told to be a message, or begins as one, and is none: refused, and no file', async () => {
  const wire = openHttpClient()
  const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
  const oss = openOss(
    {
      endpoint,
      region,
      credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
    },
    wire,
  )
  const put = (key: string, body: Buffer) =>
    putSmall(
      oss,
      { bucket, key, headers: {}, body, forbidOverwrite: false },
      new AbortController().signal,
    )
  expectCode(await here('put', 'file.bin', '--to', 'whole', '--format', 'sdk-message', ...cmk), 0)
  expectCode(await here('get', 'whole', '--raw', '--out', 'whole'), 0)
  await put('all/cut', read('whole').subarray(0, -1))
  await put('text', Buffer.from('text'))
  wire.close()
  for (const [key, options, said] of [
    ['text', ['--message'], 'message-damaged'],
    ['all/cut', ['--message'], 'size-differs'],
    ['all/cut', [], 'size-differs'],
    ['all/', ['--message'], 'size-differs'],
  ] as const) {
    expect(
      expectCode(await here('get', key, '--out', 'none', ...options, ...kms), 4).stderr,
    ).toContain(`[${said}]`)
    expect(
      existsSync(path('none')) &&
        readdirSync(path('none'), { recursive: true }).some((name) => String(name).includes('cut')),
    ).toBe(false)
  }
  expectCode(await here('get', 'text', '--out', 'text-as-is', ...kms), 0)
  expect(read('text-as-is').toString()).toBe('text')
})

test('context and passphrase: from the options and a file, and without them nothing opens', async () => {
  const bound = [
    ['--context', '{"team":"a"}'],
    ['--kms-passphrase-file', 'pass'],
  ] as const
  for (const [i, how] of bound.entries()) {
    expectCode(await here('put', 'file.bin', '--to', `bound-${i}`, ...cmk, ...how), 0)
    const [option, text] = how
    expectCode(
      await here(
        'get',
        `bound-${i}`,
        '--out',
        `bound-${i}`,
        ...kms,
        option === '--context' ? '--kms-context' : option,
        text,
      ),
      0,
    )
    expect(same(`bound-${i}`)).toBe(true)
    const ran = expectCode(await here('get', `bound-${i}`, '--out', 'never', '--json', ...kms), 3)
    expect(records(ran)).toMatchObject([{ error: { code: 'kms-key', problem: 'cannot-open' } }])
  }
  expectCode(
    await here(
      'put',
      'file.bin',
      '--to',
      'x',
      ...cmk,
      '--context',
      '{"a":"b"}',
      '--kms-passphrase-file',
      'pass',
    ),
    2,
  )
  expectCode(await here('put', 'file.bin', '--to', 'x', ...cmk, '--context', 'a=b'), 2)
  expect(existsSync(path('never'))).toBe(false)
})

/** The passphrases that earlier versions read from a file; `bound` reads the same today. */
const oldReadings: readonly (readonly [name: string, file: Buffer, bound: Buffer, put: number])[] =
  [
    [
      'a byte order mark',
      Buffer.from('\ufeffold secret\n'),
      Buffer.from('\ufeff\ufeffold secret\n'),
      0,
    ],
    ['bytes that are no UTF-8', Buffer.from('gr\xfcn\n', 'latin1'), Buffer.from('gr\ufffdn\n'), 2],
  ]
test.each(oldReadings)(
  'what the old reading of a passphrase file bound still opens: %s',
  async (name, file, bound, code) => {
    const key = name.replaceAll(' ', '-')
    writeFileSync(path('pass-file'), file)
    writeFileSync(path('pass-bound'), bound)
    expectCode(
      await here('put', 'file.bin', '--to', key, ...cmk, '--kms-passphrase-file', 'pass-bound'),
      0,
    )
    expectCode(await here('get', key, '--raw', '--out', key), 0)
    for (const where of [kms, cmk]) {
      expectCode(
        await here(
          'get',
          key,
          '--out',
          `${key}-got`,
          '--force',
          ...where,
          '--kms-passphrase-file',
          'pass-file',
        ),
        0,
      )
      expect(same(`${key}-got`)).toBe(true)
      expectCode(
        await cli([
          'decrypt',
          key,
          '--out',
          `${key}-plain`,
          '--force',
          ...where,
          '--kms-passphrase-file',
          'pass-file',
        ]),
        0,
      )
      expect(same(`${key}-plain`)).toBe(true)
      expectCode(
        await here('get', key, '--out', 'never', ...where, '--kms-passphrase-file', 'pass'),
        3,
      )
    }
    expectCode(
      await here(
        'put',
        'file.bin',
        '--to',
        `${key}-new`,
        ...cmk,
        '--kms-passphrase-file',
        'pass-file',
      ),
      code,
    )
    expect(existsSync(path('never'))).toBe(false)
  },
)

describe('credentials and regions', () => {
  const none = { OSS_ACCESS_KEY_ID: undefined, OSS_ACCESS_KEY_SECRET: undefined }
  test('of KMS first, then those of OSS; half of a pair is a mistake', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'c', ...cmk), 0)
    expectCode(await here('get', 'c', '--raw', '--out', 'c'), 0)
    const decrypt = (env: NodeJS.ProcessEnv) =>
      cli(['decrypt', 'c', '--out', 'c-plain', '--force', ...kms], env)
    const own = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: practice.accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: practice.accessKeySecret,
    }
    expectCode(await decrypt({ ...none, ...own }), 0)
    expectCode(await decrypt({}), 0)
    expectCode(await decrypt({ ...own, ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'wrong' }), 5)
    expectCode(await decrypt({ ALIBABA_CLOUD_ACCESS_KEY_ID: 'only' }), 2)
    expectCode(await decrypt(none), 2)
    const { accessKeyId, accessKeySecret, securityToken } = practice.issueToken({
      expiresInMs: 600_000,
    })
    expectCode(
      await decrypt({
        ...none,
        ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
        ALIBABA_CLOUD_SECURITY_TOKEN: securityToken,
      }),
      0,
    )
    expect(same('c-plain')).toBe(true)
    expectCode(await cli(['decrypt', 'c', '--out', 'x', ...kms], { OSS_REGION: undefined }), 2)
    expectCode(
      await cli(
        ['decrypt', 'c', '--out', 'c-plain', '--force', ...kms, '--kms-region', 'cn-hangzhou'],
        { OSS_REGION: undefined },
      ),
      0,
    )
  })

  test('down, throttled, disabled, another region: code and exit code', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'e', '--format', 'sdk-split', ...cmk), 0)
    const got = async (code: number, error: object, ...args: readonly string[]) =>
      expect(
        records(expectCode(await here('get', 'e', '--out', 'never', '--json', ...args), code)).at(
          -1,
        ),
      ).toMatchObject({ error })
    await got(5, { code: 'unreachable' }, '--kms-endpoint', 'http://127.0.0.1:1')
    await got(3, { code: 'unknown-master-key' }, ...kms, '--kms-region', 'cn-beijing')
    await got(
      3,
      { code: 'unknown-master-key', description: practice.kms.cmkArn },
      ...kms,
      '--kms-key',
      practice.kms.createKey().id,
    )
    await got(2, { code: 'insecure-endpoint' }, '--kms-endpoint', 'http://kms.example')
    practice.kms.setState(practice.kms.cmkId, 'Disabled')
    await got(3, { code: 'kms-key', problem: 'disabled' }, ...kms)
    practice.kms.reset()
    practice.kms.faults.add({
      match: { action: 'Decrypt' },
      do: { kind: 'status', status: 429, code: 'Rejected.Throttling' },
      times: 99,
    })
    await got(5, { code: 'kms', kmsCode: 'Rejected.Throttling' }, ...kms)
    expect(existsSync(path('never'))).toBe(false)
    // A user who names nothing of KMS learns what is missing.
    expect(expectCode(await here('get', 'e', '--out', 'never'), 3).stderr).toContain('--kms-region')
  })
})

test('usage: one master key for an object, formats, and names', async () => {
  for (const args of [
    ['put', 'file.bin', '--key', 'key.pem', ...cmk],
    ['put', 'file.bin', '--format', 'v3', ...cmk],
    ['put', 'file.bin', '--to', 'x', '--format', 'sdk-split', '--key', 'key.pem'],
    ['put', 'file.bin', '--to', 'x', '--format', 'v2-oaep', ...cmk],
    ['keys', 'add-kms', 'k'],
    ['keys', 'add-command', 'k', '--program', PROGRAM],
    ['decrypt', 'file.bin'],
    ['keys', 'add-command', 'k', '--program', process.execPath, '--wrap-algorithm', 'KMS/ALICLOUD'],
  ])
    expect({ args, code: (await here(...args)).code }).toEqual({ args, code: 2 })
})

test('keys of the catalog: in KMS, and a program', async () => {
  const withSecrets = (...args: readonly string[]) =>
    here(...args, '--secrets-passphrase-file', 'secrets-pass')
  const [listed] = records(expectCode(await here('keys', 'list-kms', '--json', ...kms), 0)).filter(
    ({ id }) => id === practice.kms.cmkId,
  )
  expect(listed).toEqual({
    id: practice.kms.cmkId,
    arn: practice.kms.cmkArn,
    aliases: ['alias/practice'],
  })
  const added = expectCode(
    await withSecrets(
      'keys',
      'add-kms',
      'cloud',
      '--cmk',
      'alias/practice',
      '--format',
      'sdk-split',
      '--description',
      '{"kms":"1"}',
      '--kms-context',
      '{"a":"b"}',
      '--json',
      ...kms,
    ),
    0,
  )
  expect(records(added)).toMatchObject([
    {
      name: 'cloud',
      kind: 'kms',
      writes: 'sdk-split',
      kms: { arn: practice.kms.cmkArn, context: { a: 'b' }, profileId: null },
    },
  ])
  expectCode(
    await withSecrets(
      'keys',
      'add-kms',
      'again',
      '--cmk',
      practice.kms.cmkId,
      '--kms-context',
      '{"a":"b"}',
      ...kms,
    ),
    3,
  )
  expectCode(
    await here(
      'keys',
      'add-command',
      'tool',
      '--program',
      process.execPath,
      '--arg',
      PROGRAM,
      '--arg',
      'good',
      '--arg',
      work,
      '--wrap-algorithm',
      'X/TEST',
      '--timeout',
      '30',
      '--description',
      '{"tool":"1"}',
    ),
    0,
  )
  expectCode(
    await here(
      'keys',
      'add-command',
      'bad',
      '--program',
      process.execPath,
      '--arg',
      PROGRAM,
      '--arg',
      'no such mode',
      '--arg',
      work,
      '--wrap-algorithm',
      'X/TEST',
    ),
    3,
  )
  const list = expectCode(await withSecrets('keys', 'list'), 0).stdout
  expect(list).toMatch(/^cloud +KMS cn-hangzhou +/m)
  expect(list).toMatch(/^tool +program +active +/m)
  for (const name of ['cloud', 'tool']) {
    expectCode(await withSecrets('keys', 'test', name), 0)
    expectCode(await withSecrets('put', 'file.bin', '--to', `by-${name}`, '--key', name), 0)
    expectCode(await withSecrets('get', `by-${name}`, '--out', `by-${name}`), 0)
    expect(same(`by-${name}`)).toBe(true)
    expectCode(await withSecrets('keys', 'export', name, '--out', 'k.pem'), 3)
  }
  practice.kms.setState(practice.kms.cmkId, 'Disabled')
  expectCode(await withSecrets('keys', 'test', 'cloud'), 3)
  practice.kms.reset()
  for (const name of ['cloud', 'tool'])
    expectCode(await withSecrets('keys', 'remove', name, '--confirm', name), 0)
  expect(expectCode(await here('keys', 'list'), 0).stdout).toBe('')
})

test('no secret in an argument is needed, and none is said', async () => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(request.url ?? '')
    response.writeHead(500).end('{"Code":"InternalFailure","Message":"secret-of-a-message"}')
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const ran = expectCode(await here('keys', 'list-kms', '--kms-endpoint', endpoint), 5)
    expect(ran.stderr).not.toContain('secret-of-a-message')
    expect([ran.stderr, ...seen].join(' ')).not.toContain(practice.accessKeySecret)
    expect(seen.length).toBeGreaterThan(1)
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
