import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  commandMasterKey,
  type CommandParts,
} from '../../electron/core/keys/command/command-master-key.ts'
import { startProblem } from '../../electron/core/keys/command/command-process.ts'
import { proves } from '../../electron/core/keys/key-proof.ts'
import { Failure, type AppError } from '../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../shared/contract/models.ts'

const script = fileURLToPath(new URL('command-program.mjs', import.meta.url))
const never = new AbortController().signal
const how = { algorithm: 'ACME/HSM', payload: 'bytes' } as const

let folder: string
let serial = 0
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'command-key-'))
})
afterEach(async () => {
  // Nothing is left of a program, however it ended.
  await expect.poll(() => pids().filter(isAlive), { interval: 10 }).toEqual([])
  rmSync(folder, { recursive: true })
})

const pids = () =>
  readdirSync(folder)
    .filter((name) => name.startsWith('pid-'))
    .map((name) => Number(name.slice(4)))

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

function keyThat(mode: string, extra: readonly string[] = [], parts: Partial<CommandParts> = {}) {
  return commandMasterKey({
    id: `key-${++serial}` as MasterKeyId,
    name: 'HSM',
    description: '{"desk":"3"}',
    program: process.execPath,
    args: [script, mode, folder, ...extra],
    wrapAlgorithm: 'ACME/HSM',
    timeoutMs: 30_000,
    ...parts,
  })
}

/** The error, with nothing of `secret` in it in any spelling. */
async function errorOf(work: Promise<unknown>, secret: Uint8Array): Promise<AppError> {
  const cause = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (!(cause instanceof Failure)) throw new Error(`no Failure but ${String(cause)}`)
  const told = `${JSON.stringify(cause.error)} ${cause.stack}`
  for (const spelling of ['base64', 'base64url', 'hex', 'latin1'] as const)
    expect(told).not.toContain(Buffer.from(secret).toString(spelling).slice(0, 20))
  return cause.error
}

const failed = (problem: string, detail: unknown = '') => ({
  code: 'command-failed',
  name: 'HSM',
  problem,
  detail,
})

describe('a program that answers', () => {
  test.each([
    'good',
    'tiny pieces',
    'byte order mark',
    'more members',
    'floods stderr',
    'leaves a child with stdout',
  ])('%s: what it wrapped it unwraps', async (mode) => {
    using key = keyThat(mode)
    const secret = randomBytes(32)
    const wrapped = await key.wrap(secret, how, never)
    expect(Buffer.from(wrapped).subarray(0, 4).toString()).toBe('WRAP')
    expect(Buffer.from(await key.unwrap(wrapped, how, never))).toEqual(secret)
  })

  test.each(['closes stdin', 'reads nothing'])('%s: its answer counts', async (mode) => {
    using key = keyThat(mode)
    expect(Buffer.from(await key.unwrap(randomBytes(400_000), how, never)).toString()).toBe('WRAP')
  })

  test('leaves a daemon with stdout: its answer is not waited for any longer', async () => {
    using key = keyThat('leaves a daemon with stdout')
    try {
      expect(await key.unwrap(Uint8Array.of(1, 1, 1, 1, 0x5a), how, never)).toEqual(
        Uint8Array.of(0),
      )
    } finally {
      process.kill(Number(readFileSync(join(folder, 'daemon'), 'utf8')), 'SIGKILL')
    }
  })

  test('passes the proof', async () => {
    using key = keyThat('good')
    expect(await proves(key, never)).toEqual({ ok: true, value: null })
  })

  test('is told version, operation, algorithm, description and bytes; its arguments are never read by a shell', async () => {
    process.env['OSS_ACCESS_KEY_SECRET'] = 'not for programs'
    const args = ['$(id)', 'a b', '"', "'", '*', '', '%PATH%', '; exit 1', 'é']
    using key = keyThat('tells', args)
    const told = JSON.parse(
      Buffer.from(
        await key.unwrap(Uint8Array.of(1, 2, 3), { ...how, algorithm: 'acme/hsm' }, never),
      ).toString(),
    ) as Record<string, unknown>
    delete process.env['OSS_ACCESS_KEY_SECRET']
    expect(told['asked']).toEqual({
      version: 1,
      operation: 'unwrap',
      wrapAlgorithm: 'ACME/HSM',
      keyDescription: '{"desk":"3"}',
      bytes: 'AQID',
    })
    expect(told['argv']).toEqual(args)
    expect(told['cwd']).toBe(dirname(process.execPath))
    const names = Object.keys(told['env'] as object)
    expect(names).toContain('PATH')
    expect(names.filter((name) => /key|secret|token|pass|node|vitest/i.test(name))).toEqual([])
  })
})

const hex = (text: string, encoding: BufferEncoding = 'utf8') => [
  Buffer.from(text, encoding).toString('hex'),
]

describe('a program that misbehaves', () => {
  test.each<[mode: string, extra: readonly string[], operation: 'wrap' | 'unwrap', error: object]>([
    ['floods stdout', [], 'wrap', failed('too-much', '65536')],
    ['says', [], 'wrap', failed('not-json')],
    ['says', hex('hello\n'), 'wrap', failed('not-json')],
    ['says', hex('[]'), 'wrap', failed('not-json')],
    ['says', hex('null'), 'unwrap', failed('not-json')],
    ['says', hex('"bytes"'), 'wrap', failed('not-json')],
    ['says', hex('{}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":5}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":["AAAA"]}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"!!!!"}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AA"}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AB=="}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"_-8="}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AAAA"'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AAAA"} done'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AAAA"}\n{"bytes":"AAAA"}'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AAAA"}\0'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AAAA"}', 'utf16le'), 'wrap', failed('not-json')],
    ['says', hex('{"bytes":"AAAA","\xe9":1}', 'latin1'), 'wrap', failed('not-json')],
    ['says', hex('{"__proto__":{"bytes":"AAAA"}}'), 'wrap', failed('not-json')],
    ['says', hex(`${'['.repeat(60_000)}`), 'wrap', failed('not-json')],
    ['says and exits 3', [], 'wrap', failed('exited', '3')],
    ['no such mode', [], 'wrap', failed('exited', '1')],
    ['tells secrets and dies', [], 'wrap', failed('exited', '1')],
    ['dies of SIGSEGV', [], 'wrap', failed('exited', 'SIGSEGV')],
    ['dies of SIGKILL', [], 'unwrap', failed('exited', 'SIGKILL')],
    ['answers', ['0'], 'wrap', failed('wrong-length', '0')],
    ['answers', ['4097'], 'wrap', failed('wrong-length', '4097')],
    ['answers', ['0'], 'unwrap', failed('wrong-length', '0')],
    ['answers', ['8193'], 'unwrap', failed('wrong-length', '8193')],
    ['echoes', [], 'wrap', failed('not-wrapped')],
    ['echoes in the middle', [], 'wrap', failed('not-wrapped')],
    ['refuses', ['no such slot'], 'unwrap', failed('refused', 'no such slot')],
    ['refuses', ['\u001b[2J one\r\ntwo\u0007\u2028 '], 'unwrap', failed('refused', '[2J one two')],
    ['refuses', [`${'é'.repeat(199)}𝄞x`], 'wrap', failed('refused', `${'é'.repeat(199)}𝄞`)],
    ['refuses', [''], 'wrap', failed('refused', '')],
    ['refuses with what it got', [], 'wrap', failed('refused', 'no: … … …')],
  ])('%s %j on %s', async (mode, extra, operation, error) => {
    using key = keyThat(mode, extra)
    const secret = randomBytes(32)
    expect(await errorOf(key[operation](secret, how, never), secret)).toEqual(error)
  })

  test.each([
    ['answers', '4096', 'wrap'],
    ['answers', '8192', 'unwrap'],
    ['answers', '1', 'unwrap'],
  ] as const)('%s %s on %s: just right', async (mode, length, operation) => {
    using key = keyThat(mode, [length])
    expect((await key[operation](randomBytes(16), how, never)).length).toBe(Number(length))
  })

  test.each([
    ['hangs', 2000],
    ['hangs with a child', 2000],
    ['hangs after its answer', 2000],
    ['hangs and will not end', 4000],
    ['floods stdout when asked to end', 4000],
  ])('%s: ended when its time is over', async (mode, atLeast) => {
    using key = keyThat(mode, [], { timeoutMs: 2000 })
    const secret = randomBytes(16)
    const begun = performance.now()
    expect(await errorOf(key.wrap(secret, how, never), secret)).toEqual(failed('timed-out', '2'))
    const took = performance.now() - begun
    expect(took).toBeGreaterThan(atLeast - 100)
    expect(pids()).not.toEqual([])
  })

  test.each(['hangs', 'hangs with a child', 'hangs and will not end'])(
    '%s: cancelled at once',
    async (mode) => {
      // Without the cancellation, the program would go on for as long as the test may take.
      using key = keyThat(mode, [], { timeoutMs: 3_600_000 })
      const stop = new AbortController()
      const secret = randomBytes(32)
      const work = errorOf(key.wrap(secret, how, stop.signal), secret)
      await expect.poll(pids, { interval: 10 }).toHaveLength(mode === 'hangs with a child' ? 2 : 1)
      stop.abort()
      expect(await work).toEqual({ code: 'cancelled' })
    },
  )

  test('nothing is started for what is cancelled already', async () => {
    using key = keyThat('good')
    expect(
      await errorOf(key.wrap(randomBytes(32), how, AbortSignal.abort()), randomBytes(32)),
    ).toEqual({ code: 'cancelled' })
    expect(pids()).toEqual([])
  })
})

describe('a program that does not start', () => {
  test.each([
    ['is not there', () => join(folder, 'none'), 'ENOENT'],
    ['lies in no folder', () => join(folder, 'none', 'none'), 'ENOENT'],
    ['is a folder', () => folder, 'EACCES'],
    ['may not be run', () => written('plain', 'text', 0o600), 'EACCES'],
    ['has no interpreter', () => written('script', '#!/no/such/interpreter\n', 0o700), 'ENOENT'],
    ['is looked for on the path', () => 'node', 'ENOENT'],
    ['lies below a file', () => join(script, 'x'), 'ENOTDIR'],
  ])('%s', async (_what, program, detail) => {
    using key = keyThat('good', [], { program: program() })
    const secret = randomBytes(32)
    expect(await errorOf(key.wrap(secret, how, never), secret)).toEqual(
      failed('not-started', detail),
    )
  })

  test('arguments longer than the system takes', async () => {
    using key = keyThat('good', ['x'.repeat(4_000_000)])
    expect(await errorOf(key.wrap(randomBytes(32), how, never), randomBytes(32))).toEqual(
      failed('not-started', 'E2BIG'),
    )
  })

  function written(name: string, text: string, mode: number): string {
    const path = join(folder, name)
    writeFileSync(path, text)
    chmodSync(path, mode)
    return path
  }

  test.each([
    ['/keys/wrap.cmd', 'win32', '.cmd'],
    ['/keys/wrap.BAT', 'win32', '.BAT'],
    ['/keys/wrap.cmd. .', 'win32', '.cmd'],
    ['/keys/wrap.cmd.exe', 'win32', null],
    ['/keys/wrap.exe', 'win32', null],
    ['/keys/wrap.cmd', 'linux', null],
    ['wrap', 'linux', 'ENOENT'],
  ] as const)('%s on %s: %s', (program, platform, problem) => {
    expect(startProblem(program, platform)).toBe(problem)
  })
})

test('four processes of one key at a time, whichever handle asks', async () => {
  const parts = { id: 'one-key' as MasterKeyId }
  using first = keyThat('counts its like', [], parts)
  using second = keyThat('counts its like', [], parts)
  const work = Promise.all(
    [0, 1, 2, 3, 4, 5, 6].map((n) =>
      (n % 2 === 0 ? first : second).unwrap(randomBytes(16), how, never),
    ),
  )
  await expect.poll(() => pids().length, { interval: 10 }).toBeGreaterThanOrEqual(4)
  writeFileSync(join(folder, 'go'), '')
  const counts = (await work).map(([count = 0]) => count)
  expect(Math.max(...counts)).toBe(4)
})

test('one broken operation does not keep the next one waiting', async () => {
  using key = keyThat('no such mode')
  const secret = randomBytes(32)
  for (const error of await Promise.all(
    Array.from({ length: 9 }, () => errorOf(key.wrap(secret, how, never), secret)),
  ))
    expect(error).toEqual(failed('exited', '1'))
})

test('is what it says, fits its own algorithm in any case, and is over when it is closed', async () => {
  const key = keyThat('good')
  expect(key).toMatchObject({
    kind: 'command',
    writes: 'v2',
    wrapAlgorithm: 'ACME/HSM',
    canWrap: true,
    canUnwrap: true,
    messages: null,
  })
  expect(['ACME/HSM', 'acme/hsm', ' Acme/HSM '].map((name) => key.fits(name))).toEqual([
    true,
    true,
    true,
  ])
  expect(
    ['ACME', 'KMS/ALICLOUD', 'RSA/NONE/PKCS1Padding', ''].map((name) => key.fits(name)),
  ).toEqual([false, false, false, false])
  const digits = { algorithm: 'ACME/HSM', payload: 'digits' } as const
  expect(await errorOf(key.wrap(randomBytes(2), digits, never), randomBytes(32))).toEqual({
    code: 'unsupported-format',
    format: 'v1',
  })
  key[Symbol.dispose]()
  await expect(key.wrap(randomBytes(32), how, never)).rejects.toThrow('after it was closed')
  await expect(key.unwrap(randomBytes(32), how, never)).rejects.toThrow('after it was closed')
})
