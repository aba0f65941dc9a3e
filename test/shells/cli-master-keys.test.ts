import { generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { KMS_PATIENCE } from '../../electron/core/keys/kms/kms-call.ts'
import { bundleCli, records, runCli, type Ran, type RunOptions } from './cli-process.ts'

/** Master keys on the command line: KMS, its region and account, and programs. */

const PROGRAM = fileURLToPath(new URL('../core/command-program.mjs', import.meta.url))
const work = mkdtempSync(join(tmpdir(), 'cb-cli-master-keys-'))
const path = (name: string) => join(work, name)
let practice: Practice
let kms: readonly string[]

const cli = (
  args: readonly string[],
  { env = {}, ...options }: Partial<RunOptions> = {},
): Promise<Ran> =>
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
      ...env,
    },
    ...options,
  })
const here = (...args: readonly string[]) => cli([...args, '--bucket', practice.bucket])
const actions = () => practice.kms.log.entries().map(({ action }) => action)
function expectCode(ran: Ran, code: number): Ran {
  expect({ code: ran.code, said: ran.code === code ? '' : ran.stderr + ran.stdout }).toEqual({
    code,
    said: '',
  })
  return ran
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch {
    return false
  }
  // Ended, and nobody has asked how.
  return (
    !existsSync(`/proc/${pid}/stat`) ||
    !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'))
  )
}

beforeAll(async () => {
  await bundleCli()
  practice = await startPractice({ directory: path('practice') })
  kms = ['--kms-endpoint', practice.kms.endpoint]
  writeFileSync(path('file.bin'), 'some content')
  writeFileSync(path('pass'), 'secret of oss2\n')
  writeFileSync(
    path('key.pem'),
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    }),
  )
})
beforeEach(() => practice.kms.reset())
afterAll(async () => {
  await practice.close()
  rmSync(work, { recursive: true, force: true })
})

describe('Ctrl+C', () => {
  const hangs: readonly (readonly [string, (response: ServerResponse) => void])[] = [
    ['says nothing', () => undefined],
    [
      'never ends',
      (response) => {
        const dripping = setInterval(() => response.write(' '), 100)
        response.on('close', () => clearInterval(dripping))
      },
    ],
  ]
  test.each(hangs)('while KMS %s: 130, and at once', async (_, answer) => {
    let asked = (): void => undefined
    const begun = new Promise<void>((resolve) => void (asked = resolve))
    const server = createServer((_request, response) => {
      answer(response)
      asked()
    })
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
    try {
      let signalled = 0
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      const ran = await cli(['keys', 'list-kms', '--kms-endpoint', endpoint], {
        started: (child) =>
          void begun.then(() => ((signalled = performance.now()), child.kill('SIGINT'))),
      })
      const waited = performance.now() - signalled
      expect(expectCode(ran, 130).stderr).toContain('[cancelled]')
      expect(waited).toBeLessThan(KMS_PATIENCE.silenceMs)
    } finally {
      server.closeAllConnections()
      server.close()
    }
  })
})

test('what binds KMS calls is never left out in silence', async () => {
  const cmk = [...kms, '--kms-key', practice.kms.cmkId]
  for (const args of [
    ['put', 'file.bin', '--to', 'x', '--key', 'key.pem', '--kms-context', '{"a":"b"}'],
    ['put', 'file.bin', '--to', 'x', '--key', 'key.pem', '--context', '{"a":"b"}'],
    ['put', 'file.bin', '--to', 'x', '--key', 'key.pem', ...kms, '--kms-passphrase-file', 'pass'],
    ['put', 'file.bin', '--to', 'x', '--kms-passphrase-file', 'pass'],
    [
      'put',
      'file.bin',
      '--to',
      'x',
      ...cmk,
      '--context',
      '{"a":"b"}',
      '--kms-context',
      '{"a":"c"}',
    ],
    ['get', 'x', '--key', 'key.pem', '--kms-context', '{"a":"b"}'],
    ['decrypt', 'file.bin', '--key', 'key.pem', '--kms-passphrase-file', 'pass'],
  ])
    expect({ args, code: (await here(...args)).code }).toEqual({ args, code: 2 })
  expectCode(
    await here(
      'put',
      'file.bin',
      '--to',
      'bound',
      ...cmk,
      '--context',
      '{"a":"b"}',
      '--kms-context',
      '{"a":"b"}',
    ),
    0,
  )
  expectCode(await here('get', 'bound', '--out', 'bound', ...kms, '--kms-context', '{"a":"b"}'), 0)
})

test('KMS is not asked for what an RSA key opens, whatever is said of KMS', async () => {
  expectCode(await here('put', 'file.bin', '--to', 'rsa', '--key', 'key.pem'), 0)
  expectCode(await here('get', 'rsa', '--raw', '--out', 'raw'), 0)
  for (const key of [[], ['--kms-key', 'alias/practice'], ['--kms-key', practice.kms.cmkId]]) {
    expectCode(
      await cli([
        'decrypt',
        'raw',
        '--key',
        'key.pem',
        '--out',
        'plain',
        '--force',
        ...kms,
        ...key,
      ]),
      0,
    )
    expectCode(
      await here('get', 'rsa', '--key', 'key.pem', '--out', 'plain', '--force', ...kms, ...key),
      0,
    )
    expectCode(await here('head', 'rsa', ...kms, ...key), 0)
    expectCode(await here('ls', '--encryption', ...kms, ...key), 0)
  }
  expect([readFileSync(path('plain'), 'utf8'), actions()]).toEqual(['some content', []])
})

test('the ARN of a key says in which region it is', async () => {
  const beijing = await practice.openKms('cn-beijing')
  const region = ['--kms-endpoint', beijing.endpoint, '--kms-key', beijing.cmkArn]
  expectCode(await here('put', 'file.bin', '--to', 'arn', '--format', 'sdk-split', ...region), 0)
  expectCode(await here('get', 'arn', '--out', 'arn', ...region), 0)
  const [told] = records(
    expectCode(
      await here(
        'keys',
        'add-kms',
        'beijing',
        '--cmk',
        beijing.cmkArn,
        '--kms-endpoint',
        beijing.endpoint,
        '--secrets-passphrase-file',
        'pass',
        '--json',
      ),
      0,
    ),
  )
  expect(told).toMatchObject({ kms: { region: 'cn-beijing', arn: beijing.cmkArn } })
  expectCode(
    await here(
      'keys',
      'remove',
      'beijing',
      '--confirm',
      'beijing',
      '--secrets-passphrase-file',
      'pass',
    ),
    0,
  )
})

describe('a program as master key', () => {
  const add = (name: string, program: string, ...args: readonly string[]) =>
    here(
      'keys',
      'add-command',
      name,
      '--program',
      program,
      '--wrap-algorithm',
      `X/${name}`,
      '--json',
      ...args.flatMap((arg) => ['--arg', arg]),
    )

  test('is named from where one stands, and kept by the name it was given, not by what a link leads to today', async () => {
    mkdirSync(path('bin'))
    writeFileSync(
      path('bin/tool-1.0'),
      `#!${process.execPath}\nimport(${JSON.stringify(PROGRAM)})\n`,
      { mode: 0o755 },
    )
    symlinkSync('tool-1.0', path('bin/tool'))
    const [told] = records(
      expectCode(await add('linked', relative(work, path('bin/tool')), 'good', work), 0),
    )
    expect(told).toMatchObject({ command: { program: path('bin/tool') } })
    // A new version takes the place of the old one.
    writeFileSync(path('bin/tool-1.1'), readFileSync(path('bin/tool-1.0')), { mode: 0o755 })
    rmSync(path('bin/tool'))
    rmSync(path('bin/tool-1.0'))
    symlinkSync('tool-1.1', path('bin/tool'))
    expectCode(await here('keys', 'test', 'linked'), 0)
    expectCode(await here('keys', 'remove', 'linked', '--confirm', 'linked'), 0)
  })

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'that hangs does not outlive a command that is ended by %s',
    async (signal) => {
      const flag = path(`hang-${signal}`)
      const script = `import { existsSync, writeFileSync } from 'node:fs'
if (existsSync(${JSON.stringify(flag)})) {
  setInterval(() => undefined, 1000)
  writeFileSync(${JSON.stringify(flag)}, String(process.pid))
} else {
  process.argv.splice(2, 0, 'good', ${JSON.stringify(work)})
  await import(${JSON.stringify(PROGRAM)})
}`
      writeFileSync(path(`hang-${signal}.mjs`), script)
      expectCode(await add(signal, process.execPath, path(`hang-${signal}.mjs`)), 0)
      writeFileSync(flag, '')
      const pid = () => readFileSync(flag, 'utf8')
      let looking: NodeJS.Timeout | undefined
      const ran = await cli(['keys', 'test', signal], {
        started: (child) =>
          void (looking = setInterval(() => {
            if (pid() === '') return
            clearInterval(looking)
            child.kill(signal)
          }, 20)),
      })
      expect(pid()).toMatch(/^\d+$/)
      expectCode(ran, 130)
      await expect.poll(() => isAlive(Number(pid()))).toBe(false)
      expectCode(await here('keys', 'remove', signal, '--confirm', signal), 0)
    },
  )

  test('that cannot be run is no key', async () => {
    writeFileSync(path('no-program'), 'text', { mode: 0o644 })
    chmodSync(path('no-program'), 0o644)
    for (const [program, code] of [
      ['no-program', 3],
      ['bin', 2],
      ['nowhere', 2],
    ] as const)
      expectCode(await add('bad', program), code)
    expect(expectCode(await here('keys', 'list'), 0).stdout).toBe('')
  })
})
