import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import {
  existsSync,
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
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPractice, type Practice } from '../tools/practice.ts'
import {
  bundleCli,
  records,
  runCli,
  type Ran,
  type RunOptions,
  commandEnvironment,
} from './cli-process.ts'

let base: string
let practice: Practice
let work: string
const folders: string[] = []

const pem = (bits: number) =>
  generateKeyPairSync('rsa', {
    modulusLength: bits,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
const key = pem(2048)
const content = randomBytes(300_001)

beforeAll(async () => {
  await bundleCli()
  base = mkdtempSync(join(tmpdir(), 'cipherbucket-cli-'))
  practice = await startPractice({ directory: join(base, 'practice') })
})

afterAll(async () => {
  await practice.close()
  rmSync(base, { recursive: true, force: true })
})

beforeEach(async () => {
  await practice.reset()
  work = mkdtempSync(join(base, 'work-'))
  folders.push(work)
  writeFileSync(join(work, 'key.pem'), key.privateKey)
  writeFileSync(join(work, 'file.bin'), content)
  writeFileSync(join(work, 'pass'), 'correct horse\n')
})

const environment = (change: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  ...commandEnvironment(work, practice),
  ...change,
})
const cli = (
  args: readonly string[],
  change: NodeJS.ProcessEnv = {},
  more: Partial<RunOptions> = {},
): Promise<Ran> => runCli(args, { env: environment(change), cwd: work, ...more })
/** The same, in the practice bucket. */
const here = (...args: readonly string[]) => cli([...args, '--bucket', practice.bucket])
const stored = (file: string) => readFileSync(join(work, file))

/** A run that ended as it should, with what was said on stderr when it did not. */
function expectCode(ran: Ran, code: number): void {
  expect({ code: ran.code, stderr: ran.code === code ? '' : ran.stderr }).toEqual({
    code,
    stderr: '',
  })
  if (code !== 0)
    expect(ran.stderr).toMatch(/^(cipherbucket: .*\[[a-z-]+(, request \S+)?\]|error: .*)\n/m)
}

describe('up and down again', () => {
  test('put, ls, head, get, rm', async () => {
    const put = await here(
      'put',
      'file.bin',
      '--to',
      'a/',
      '--key',
      'key.pem',
      '--description',
      '{"desc":"cli"}',
    )
    expectCode(put, 0)
    expect(put.stdout).toContain('encrypted with key.pem')
    expect(put.stderr).toBe('')

    const list = await here('ls', 'a/', '--json')
    expect(records(list)).toMatchObject([{ key: 'a/file.bin', kind: 'file', size: content.length }])
    const [facts] = records(await here('head', 'a/file.bin', '--json'))
    expect(facts).toMatchObject({
      key: 'a/file.bin',
      size: content.length,
      encryption: {
        state: 'nokey',
        facts: { description: '{"desc":"cli"}', wrapBits: 2048, plaintextMd5: false },
      },
    })

    const got = await here('get', 'a/file.bin', '--out', 'back.bin', '--key', 'key.pem', '--json')
    expectCode(got, 0)
    expect(records(got)).toMatchObject([
      {
        kind: 'download',
        savedAs: join(work, 'back.bin'),
        encrypted: true,
        checksum: 'matches',
        bytes: content.length,
      },
    ])
    expect(stored('back.bin').equals(content)).toBe(true)

    expectCode(await here('rm', 'a/file.bin'), 0)
    expect((await here('ls', '--json')).stdout).toBe('')
  })

  // Parts of a sealed upload are whole MiB.
  test.each([
    ['sealed', [], 1024 ** 2],
    ['without a seal', ['--no-seal'], 102_400],
  ] as const)('in parts, several at a time, %s', async (_name, more, partSize) => {
    const big = randomBytes(2_500_003)
    writeFileSync(join(work, 'big.bin'), big)
    expectCode(
      await here(
        'put',
        'big.bin',
        '--to',
        'big',
        '--key',
        'key.pem',
        '--part-size',
        '102400',
        '--parallel',
        '3',
        '--force',
        ...more,
      ),
      0,
    )
    const [facts] = records(await here('head', 'big', '--json'))
    expect(facts).toMatchObject({
      encryption: { facts: { dataSize: big.length, partSize } },
    })
    expectCode(await here('get', 'big', '--key', 'key.pem', '--out', 'big.back', '--force'), 0)
    expect(stored('big.back').equals(big)).toBe(true)
  })

  test('a folder, with an empty file, an empty folder and odd names', async () => {
    mkdirSync(join(work, 'tree', 'empty'), { recursive: true })
    writeFileSync(join(work, 'tree', 'nothing'), '')
    writeFileSync(join(work, 'tree', '密钥 <b>🔑</b>.txt'.replaceAll('/', '_')), 'odd')
    expectCode(await here('put', 'tree', '--to', 'up/', '--key', 'key.pem'), 0)
    // The folder to save in is made.
    expectCode(await here('get', 'up/tree/', '--out', 'down', '--key', 'key.pem'), 0)
    expect(readdirSync(join(work, 'down', 'tree')).sort()).toEqual(
      ['empty', 'nothing', '密钥 <b>🔑<_b>.txt'].sort(),
    )
    expect(statSync(join(work, 'down', 'tree', 'nothing')).size).toBe(0)
  })

  test.each([
    ['0-0', 0, 1],
    ['15-17', 15, 18],
    ['299999-', 299_999, undefined],
    ['-5', content.length - 5, undefined],
    ['100-999999', 100, undefined],
  ] as const)('range %s', async (range, from, to) => {
    expectCode(await here('put', 'file.bin', '--to', 'r', '--key', 'key.pem'), 0)
    expectCode(await here('get', 'r', '--range', range, '--out', 'piece', '--key', 'key.pem'), 0)
    expect(stored('piece').equals(content.subarray(from, to))).toBe(true)
  })

  test('a range that begins after the end is told as such', async () => {
    expectCode(await here('put', 'pass', '--to', 'r', '--key', 'key.pem'), 0)
    const beyond = await here('get', 'r', '--range', '14-', '--out', 'piece', '--key', 'key.pem')
    expectCode(beyond, 2)
    expect(beyond.stderr).toContain('r has 14 bytes')
    expect(existsSync(join(work, 'piece'))).toBe(false)
  })

  test('raw, and decrypted without a network', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'docs/r.bin', '--key', 'key.pem'), 0)
    expectCode(await here('get', 'docs/r.bin', '--raw', '--out', 'blob'), 0)
    expect(stored('blob').equals(content)).toBe(false)
    const nowhere = { OSS_ENDPOINT: 'http://127.0.0.1:1' }
    expectCode(
      await cli(
        ['decrypt', 'blob', '--envelope', 'blob.ossenv.json', '--key', 'key.pem', '--out', 'plain'],
        nowhere,
      ),
      0,
    )
    expect(stored('plain').equals(content)).toBe(true)
    const bare = Object.fromEntries(
      Object.entries(
        (JSON.parse(stored('blob.ossenv.json').toString()) as { headers: Record<string, string> })
          .headers,
      ).map(([name, value]) => [name.replace('x-oss-meta-', '').toUpperCase(), value]),
    )
    writeFileSync(join(work, 'bare.json'), JSON.stringify(bare))
    expectCode(
      await cli(
        ['decrypt', 'blob', '--envelope', 'bare.json', '--key', 'key.pem', '--out', 'plain2'],
        nowhere,
      ),
      0,
    )
    expect(stored('plain2').equals(content)).toBe(true)
  })

  test('copies and moves keep the envelope', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'one', '--key', 'key.pem'), 0)
    expectCode(await here('cp', 'one', 'two', '--key', 'key.pem'), 0)
    expectCode(await here('mv', 'two', 'folder/', '--key', 'key.pem'), 0)
    expect(
      records(await here('ls', '--json'))
        .map((row) => row['key'])
        .sort(),
    ).toEqual(['folder/', 'one'])
    expectCode(await here('get', 'folder/two', '--out', 'two', '--key', 'key.pem'), 0)
    expect(stored('two').equals(content)).toBe(true)
  })

  test('encrypted key files, PKCS#12 aside: a passphrase from a file', async () => {
    const closed = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: {
        type: 'pkcs8',
        format: 'pem',
        cipher: 'aes-256-cbc',
        passphrase: 'correct horse',
      },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    writeFileSync(join(work, 'closed.pem'), closed.privateKey)
    writeFileSync(join(work, 'wrong'), 'something else')
    expectCode(
      await here(
        'put',
        'file.bin',
        '--to',
        'c',
        '--key',
        'closed.pem',
        '--passphrase-file',
        'pass',
      ),
      0,
    )
    expectCode(
      await here('get', 'c', '--out', 'c', '--key', 'closed.pem', '--passphrase-file', 'pass'),
      0,
    )
    expect(stored('c').equals(content)).toBe(true)
    expectCode(
      await here('get', 'c', '--out', 'd', '--key', 'closed.pem', '--passphrase-file', 'wrong'),
      3,
    )
    expectCode(await here('get', 'c', '--out', 'd', '--key', 'closed.pem'), 3)
    expect(existsSync(join(work, 'd'))).toBe(false)
  })
})

describe('nothing is replaced without --force', () => {
  test('a rule besides it, or one that is none, is refused before anything is sent', async () => {
    for (const wrong of [
      ['--existing', 'same', '--force'],
      ['--existing', 'ask'],
      ['--existing', 'always'],
    ]) {
      expectCode(await here('put', 'file.bin', '--to', 'o', '--key', 'key.pem', ...wrong), 2)
    }
    expect(await practice.bytes()).toBe(0)
  })

  test('an object', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'o', '--key', 'key.pem'), 0)
    writeFileSync(join(work, 'other'), 'other')
    expectCode(await here('put', 'other', '--to', 'o', '--key', 'key.pem'), 2)
    expectCode(await here('put', 'other', 'file.bin', '--to', 'x/', '--key', 'key.pem'), 0)
    expectCode(await here('put', 'other', '--to', 'x/', '--key', 'key.pem'), 2)
    expectCode(await here('cp', 'x/other', 'o'), 2)
    expectCode(await here('get', 'o', '--out', 'first', '--key', 'key.pem'), 0)
    expect(stored('first').equals(content)).toBe(true)
    expectCode(await here('put', 'other', '--to', 'o', '--key', 'key.pem', '--force'), 0)
    expectCode(await here('get', 'o', '--out', 'second', '--key', 'key.pem'), 0)
    expect(stored('second').toString()).toBe('other')
  })

  test('a file', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'o', '--key', 'key.pem'), 0)
    writeFileSync(join(work, 'mine'), 'mine')
    const refused = await here('get', 'o', '--out', 'mine', '--key', 'key.pem', '--json')
    expectCode(refused, 2)
    expect(records(refused).at(-1)).toMatchObject({ error: { code: 'target-exists' } })
    expectCode(await here('get', 'o', '--raw', '--out', 'mine'), 2)
    expect(stored('mine').toString()).toBe('mine')
    expectCode(await here('get', 'o', '--out', 'mine', '--key', 'key.pem', '--force'), 0)
    expect(stored('mine').equals(content)).toBe(true)
    expect(readdirSync(work).filter((name) => /tmp|part|\.cipherbucket/.test(name))).toEqual([])
  })
})

describe('exit codes', () => {
  test('2: usage', async () => {
    for (const args of [
      [],
      ['nothing'],
      ['get'],
      ['put'],
      ['put', 'file.bin', '--part-size', 'many'],
      ['put', 'file.bin', '--part-size', '1'],
      ['--unknown'],
      ['get', 'x', '--range', '9-1', '--bucket', practice.bucket],
      ['get', 'x', '--range', 'all', '--bucket', practice.bucket],
      ['get', 'x'],
      ['ls', '--profile', 'nobody'],
      ['decrypt', 'file.bin'],
      ['decrypt', 'file.bin', '--envelope', 'pass'],
      ['keys', 'generate', 'k', '--bits', '1024'],
      ['rm', 'all/', '--bucket', practice.bucket],
      ['put', 'missing.bin', '--key', 'key.pem', '--bucket', practice.bucket],
      ['put', 'file.bin', 'pass', '--to', 'one', '--key', 'key.pem', '--bucket', practice.bucket],
    ]) {
      const ran = await cli(args)
      expect({ args, code: ran.code, stdout: ran.stdout }).toEqual({ args, code: 2, stdout: '' })
      expect(ran.stderr, args.join(' ')).not.toBe('')
    }
    expect((await cli(['ls', '--bucket', 'B'])).stderr).toContain(
      'The bucket name has fewer than 3 characters.',
    )
    const none = { OSS_ACCESS_KEY_ID: undefined, OSS_ACCESS_KEY_SECRET: undefined }
    expectCode(await cli(['ls', '--bucket', practice.bucket], none), 2)
    expectCode(
      await cli(['ls', '--endpoint', 'http://example.com', '--bucket', practice.bucket]),
      2,
    )
  })

  test('0: help and version', async () => {
    const help = await cli(['--help'])
    expect(help.code).toBe(0)
    expect(help.stdout).toContain('decrypt')
    const { version } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string }
    expect(await cli(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` })
  })

  test('3: no or wrong master key', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'k'), 3)
    expectCode(await here('put', 'file.bin', '--to', 'k', '--key', 'nowhere.pem'), 3)
    expectCode(await here('put', 'file.bin', '--to', 'k', '--key', 'pass'), 3)
    expectCode(
      await here(
        'put',
        'file.bin',
        '--to',
        'k',
        '--key',
        'key.pem',
        '--description',
        '{"desc":"a"}',
      ),
      0,
    )
    expectCode(await here('get', 'k', '--out', 'k'), 3)
    writeFileSync(join(work, 'other.pem'), pem(2048).privateKey)
    writeFileSync(join(work, 'public.pem'), key.publicKey)
    for (const wrong of ['other.pem', 'public.pem']) {
      const ran = await here('get', 'k', '--out', 'k', '--key', wrong)
      expectCode(ran, 3)
    }
    expect(existsSync(join(work, 'k'))).toBe(false)
    writeFileSync(join(work, 'weak.pem'), pem(1024).privateKey)
    expectCode(await here('put', 'file.bin', '--to', 'w', '--key', 'weak.pem'), 3)
    expectCode(await here('put', 'file.bin', '--to', 'w', '--key', 'weak.pem', '--allow-weak'), 0)
  })

  test('4: damaged, unsupported, or a check that failed', async () => {
    expectCode(await here('put', 'file.bin', '--to', 'd', '--key', 'key.pem'), 0)
    expectCode(await here('get', 'd', '--raw', '--out', 'blob'), 0)
    const envelope = JSON.parse(stored('blob.ossenv.json').toString()) as {
      size: number
      crc64: string
      headers: Record<string, string>
    }
    const name = (suffix: string) => `x-oss-meta-client-side-encryption-${suffix}`
    const cases: Record<string, unknown> = {
      gcm: {
        ...envelope,
        headers: { ...envelope.headers, [name('cek-alg')]: 'AES/GCM/NoPadding' },
      },
      'v1 without its counter': { headers: { 'x-oss-meta-oss-crypto-key': 'AAAA' } },
      plain: { headers: { 'content-type': 'text/plain' } },
      size: { ...envelope, size: envelope.size + 1 },
      crc: { ...envelope, crc64: '1' },
      ...Object.fromEntries(
        ['key', 'start', 'cek-alg', 'wrap-alg'].map((suffix) => [
          `without-${suffix}`,
          { ...envelope, headers: { ...envelope.headers, [name(suffix)]: undefined } },
        ]),
      ),
    }
    writeFileSync(join(work, 'no-json'), 'nothing of the kind')
    for (const [file, value] of Object.entries(cases))
      writeFileSync(join(work, file), JSON.stringify(value))
    for (const file of [...Object.keys(cases), 'no-json']) {
      const ran = await cli([
        'decrypt',
        'blob',
        '--envelope',
        file,
        '--key',
        'key.pem',
        '--out',
        'out',
      ])
      expect({ file, code: ran.code, stderr: ran.code === 4 ? '' : ran.stderr }).toEqual({
        file,
        code: 4,
        stderr: '',
      })
      expect(existsSync(join(work, 'out'))).toBe(false)
    }
    // Whole envelopes of other kinds of keys: another key is needed, which is 3.
    writeFileSync(
      join(work, 'kms'),
      JSON.stringify({
        ...envelope,
        headers: { ...envelope.headers, [name('wrap-alg')]: 'KMS/ALICLOUD' },
      }),
    )
    writeFileSync(
      join(work, 'v1'),
      JSON.stringify({
        headers: {
          'x-oss-meta-oss-crypto-key': Buffer.alloc(256, 1).toString('base64'),
          'x-oss-meta-oss-crypto-start': Buffer.alloc(256, 2).toString('base64'),
        },
      }),
    )
    for (const file of ['kms', 'v1'])
      expectCode(
        await cli(['decrypt', 'blob', '--envelope', file, '--key', 'key.pem', '--out', 'out']),
        3,
      )
  })

  test('5: OSS and the network', async () => {
    expectCode(await here('get', 'nothing', '--out', 'n'), 5)
    expectCode(await cli(['ls', '--bucket', 'no-such-bucket']), 5)
    expectCode(
      await cli(['ls', '--bucket', practice.bucket], { OSS_ACCESS_KEY_SECRET: 'wrong' }),
      5,
    )
    const silent = await cli(['ls', '--bucket', practice.bucket, '--json'], {
      OSS_ENDPOINT: 'http://127.0.0.1:1',
    })
    expectCode(silent, 5)
    expect(records(silent)).toMatchObject([{ error: { code: 'unreachable' } }])
  })

  test('130: cancelled by Ctrl+C, and nothing half-done stays', async () => {
    practice.faults.add({
      match: { method: 'PUT', key: 'slow' },
      do: { kind: 'delay', ms: 20_000 },
      times: 50,
    })
    practice.log.clear()
    const ran = await cli(
      [
        'put',
        'file.bin',
        '--to',
        'slow',
        '--key',
        'key.pem',
        '--part-size',
        '102400',
        '--bucket',
        practice.bucket,
      ],
      {},
      {
        started: (child) => {
          const timer = setInterval(() => {
            if (
              practice.log
                .entries()
                .some(({ method, key: name }) => method === 'PUT' && name === 'slow')
            )
              child.kill('SIGINT')
            else if (child.exitCode === null) return
            clearInterval(timer)
          }, 20)
        },
      },
    )
    expectCode(ran, 130)
    practice.faults.clear()
    expect((await here('ls', '--json')).stdout).toBe('')
    expect(await practice.bytes()).toBe(0)
  })
})

test('secrets are never taken from the arguments, and never printed', async () => {
  const help = (await cli(['--help'])).stdout + (await cli(['profiles', 'add', '--help'])).stdout
  expect(help).not.toMatch(/--(access-key-)?secret[ =]|--passphrase[ =]|--token/)
  const ran = await here('put', 'file.bin', '--to', 's', '--key', 'key.pem', '--json')
  expect(ran.stdout + ran.stderr).not.toContain(practice.accessKeySecret)
})

test('practice: the first line says how to reach it, SIGTERM ends it', async () => {
  let line = ''
  const ran = await cli(
    ['practice', '--data', join(work, 'own'), '--port', '0'],
    {},
    {
      started: (child) =>
        child.stdout?.on('data', (chunk: Buffer) => {
          line += chunk.toString()
          if (line.includes('\n')) child.kill('SIGTERM')
        }),
    },
  )
  expectCode(ran, 0)
  const access = JSON.parse(line.split('\n')[0] ?? '') as Record<string, string>
  expect(Object.keys(access)).toEqual([
    'endpoint',
    'region',
    'accessKeyId',
    'accessKeySecret',
    'bucket',
    'kmsEndpoint',
    'cmkId',
  ])
  for (const name of ['endpoint', 'kmsEndpoint'])
    expect(access[name]).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

test('the same file twice: other ciphertext each time', async () => {
  const hashes = new Set<string>()
  for (const name of ['one', 'two']) {
    expectCode(await here('put', 'file.bin', '--to', name, '--key', 'key.pem'), 0)
    expectCode(await here('get', name, '--raw', '--out', `${name}.blob`), 0)
    hashes.add(
      createHash('sha256')
        .update(stored(`${name}.blob`))
        .digest('hex'),
    )
  }
  expect(hashes.size).toBe(2)
})

test.each([
  ['the terminal speaks Chinese', { LANG: 'zh_CN.UTF-8' }, '账号配置 nobody'],
  [
    'of any kind, and LC_ALL comes first',
    { LC_ALL: 'zh_TW', LANG: 'en_US.UTF-8' },
    '账号配置 nobody',
  ],
  ['it speaks English', { LANG: 'en_US.UTF-8' }, 'The profile nobody'],
])('an error is said in the language of the terminal: %s', async (_name, change, words) => {
  const ran = await cli(['ls', '--profile', 'nobody'], change)
  expect(ran.stderr).toContain(words)
  expect(ran.code).not.toBe(0)
})
