import fc from 'fast-check'
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { FaultAction, FaultMatch } from '../tools/oss-faults.ts'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { errorOf, never } from './oss-practice.ts'
import {
  kit,
  noOpeners,
  openersOf,
  openIndependently,
  PART,
  plaintext,
  testKey,
  readRange,
} from './transfer-kit.ts'

const k = kit()
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const META = 'x-oss-meta-client-side-encryption-'

/** Puts `plain` sealed under `key`, and answers with the path a download goes to. */
const put = async (plain: Buffer, key = 'o'): Promise<string> => {
  const path = join(k.dir, 'up.bin')
  await writeFile(path, plain)
  await k.up(path, { key, replace: true })
  return join(k.dir, 'down', 'file.bin')
}
const putRaw = (headers: Record<string, string>, body: Buffer, key = 'o'): Promise<unknown> =>
  putSmall(k.oss, { bucket: k.bucket, key, headers, body, forbidOverwrite: false }, never)
const names = async (): Promise<readonly string[]> =>
  readdir(join(k.dir, 'down')).then(
    (all) => all.sort(),
    () => [],
  )

describe('comes back as it was', () => {
  for (const size of [0, 1, 15, 16, 17, PART - 1, PART, PART + 1, 5 * PART, 7 * PART + 9]) {
    test(`${size} bytes`, async () => {
      const plain = plaintext(size)
      const path = await put(plain)
      const running = k.running()
      expect(await k.down('o', {}, running)).toEqual({
        encrypted: true,
        checksum: 'matches',
        tag: 'none',
        savedAs: path,
        skipped: false,
      })
      expect((await readFile(path)).equals(plain)).toBe(true)
      expect(await names()).toEqual(['file.bin'])
      expect(running.steps[0]).toEqual({
        t: 'planned',
        total: size,
        parts: Math.ceil(size / PART),
        keyName: 'work',
      })
    })
  }

  test('a plain object, as it is', async () => {
    const body = plaintext(3 * PART + 5)
    await putRaw({}, body)
    const outcome = await k.down('o', { openers: noOpeners({ code: 'keychain-locked' }) })
    expect(outcome).toMatchObject({ encrypted: false, checksum: 'matches' })
    expect((await readFile(outcome.savedAs ?? '')).equals(body)).toBe(true)
  })

  test('any range of it', async () => {
    const plain = plaintext(3 * PART + 77)
    await put(plain)
    await fc.assert(
      fc.asyncProperty(
        fc.nat(plain.length),
        fc.option(fc.nat(plain.length)),
        fc.integer({ min: 1, max: 4 }),
        async (offset, length, pieces) => {
          const wanted = plain.subarray(offset, length === null ? plain.length : offset + length)
          const { savedAs, checksum } = await k.down('o', {
            range: { offset, length },
            existing: 'rename',
            partSize: Math.max(1, Math.ceil(wanted.length / pieces)),
          })
          expect(checksum).toBe('absent')
          expect((await readFile(savedAs ?? '')).equals(wanted)).toBe(true)
        },
      ),
      { numRuns: 25 },
    )
    expect(
      (
        await errorOf(
          k.down('o', { range: { offset: plain.length + 1, length: 1 }, existing: 'rename' }),
        )
      ).code,
    ).toBe('bad-request')
  })

  test('a preview, wherever it begins and ends', async () => {
    const plain = plaintext(300_000)
    await put(plain)
    const how = () => ({ openers: openersOf(testKey()), message: false, repair: false })
    for (const [offset, length] of [
      [0, 1],
      [15, 2],
      [17, 262_144],
      [299_990, 100],
      [300_000, 5],
      [400_000, 5],
    ] as const) {
      const { bytes, encrypted } = await readRange(
        k,
        { bucket: k.bucket, key: 'o', offset, length },
        how(),
        never,
      )
      expect(encrypted).toBe(true)
      expect(Buffer.from(bytes).equals(plain.subarray(offset, offset + length))).toBe(true)
    }
    expect(
      (
        await errorOf(
          readRange(k, { bucket: k.bucket, key: 'o', offset: 0, length: 1_048_577 }, how(), never),
        )
      ).code,
    ).toBe('too-large')
  })
})

describe('keys and envelopes: told apart, and nothing is written', () => {
  const whole = async (): Promise<Record<string, string>> => {
    await put(plaintext(100))
    const { headers } = await k.head('o')
    return Object.fromEntries([...headers].filter(([name]) => name.startsWith('x-oss-meta-')))
  }
  test('no key', async () => {
    await put(plaintext(100))
    expect(await errorOf(k.down('o', { openers: openersOf() }))).toEqual({
      code: 'unknown-master-key',
      description: '{"key":"work"}',
    })
    expect(await names()).toEqual([])
  })
  test('the wrong key', async () => {
    await put(plaintext(100))
    expect(await errorOf(k.down('o', { openers: openersOf(testKey('other', other)) }))).toEqual({
      code: 'wrong-master-key',
      tried: ['other'],
    })
    expect(await names()).toEqual([])
  })
  test('the right one after a wrong one', async () => {
    const plain = plaintext(100)
    await put(plain)
    await k.down('o', { openers: openersOf(testKey('other', other), testKey()) })
    expect((await readFile(join(k.dir, 'down', 'file.bin'))).equals(plain)).toBe(true)
  })
  test('a keychain that is locked', async () => {
    await put(plaintext(100))
    expect(
      (await errorOf(k.down('o', { openers: noOpeners({ code: 'keychain-locked' }) }))).code,
    ).toBe('keychain-locked')
  })
  test('swapped key and counter: damaged or wrong, never bytes', async () => {
    const headers = await whole()
    await putRaw(
      {
        ...headers,
        [`${META}key`]: headers[`${META}start`] ?? '',
        [`${META}start`]: headers[`${META}key`] ?? '',
      },
      plaintext(100),
    )
    expect((await errorOf(k.down('o'))).code).toBe('wrong-master-key')
    expect(await names()).toEqual([])
  })
  test('the older format, under a key that is not here', async () => {
    await putRaw(
      { 'x-oss-meta-oss-crypto-key': 'eA==', 'x-oss-meta-oss-crypto-start': 'eA==' },
      plaintext(100),
    )
    expect(await errorOf(k.down('o'))).toEqual({ code: 'wrong-master-key', tried: ['work'] })
    expect(await names()).toEqual([])
  })
})

describe('raw', () => {
  test('blob and envelope file, which together are enough', async () => {
    const plain = plaintext(4 * PART)
    const path = await put(plain)
    expect(await k.down('o', { raw: true })).toEqual({
      encrypted: false,
      checksum: 'matches',
      tag: 'none',
      savedAs: path,
      skipped: false,
    })
    expect(await names()).toEqual(['file.bin', 'file.bin.ossenv.json'])
    expect((await readFile(path)).equals(await k.stored('o'))).toBe(true)
    const sidecar = readEnvelopeFile(await readFile(`${path}.ossenv.json`, 'utf8'))
    const head = await k.head('o')
    expect(sidecar.ok && sidecar.value).toMatchObject({
      key: 'o',
      size: plain.length,
      crc64: head.crc64,
    })
    expect(
      openIndependently(
        { ...head, headers: sidecar.ok ? sidecar.value.headers : new Map() },
        await readFile(path),
      ).equals(plain),
    ).toBe(true)
  })
  test('a plain object has no envelope to save', async () => {
    await putRaw({}, plaintext(10))
    await k.down('o', { raw: true })
    expect(await names()).toEqual(['file.bin'])
  })
  test('neither is written when one of the names is taken', async () => {
    const path = await put(plaintext(10))
    await mkdir(dirname(path), { recursive: true })
    await writeFile(`${path}.ossenv.json`, 'theirs')
    expect(await errorOf(k.down('o', { raw: true }))).toEqual({
      code: 'target-exists',
      path: `${path}.ossenv.json`,
    })
    expect(await names()).toEqual(['file.bin.ossenv.json'])
    expect((await k.down('o', { raw: true, existing: 'rename' })).savedAs).toBe(
      join(dirname(path), 'file (2).bin'),
    )
    expect(await names()).toEqual([
      'file (2).bin',
      'file (2).bin.ossenv.json',
      'file.bin.ossenv.json',
    ])
  })
})

describe('existing files', () => {
  const rows = [
    { existing: 'fail', ends: 'target-exists', files: { 'file.bin': 'old' } },
    { existing: 'skip', ends: null, files: { 'file.bin': 'old' } },
    { existing: 'replace', ends: 'file.bin', files: { 'file.bin': 'new' } },
    {
      existing: 'rename',
      ends: 'file (2).bin',
      files: { 'file.bin': 'old', 'file (2).bin': 'new' },
    },
  ] as const
  for (const { existing, ends, files } of rows) {
    test(existing, async () => {
      const path = await put(Buffer.from('new'))
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, 'old')
      const ended = await k.down('o', { existing }).then(
        ({ savedAs, skipped }) => (skipped ? null : savedAs),
        (cause: { error: { code: string } }) => cause.error.code,
      )
      expect(ended).toBe(
        ends === null || ends === 'target-exists' ? ends : join(dirname(path), ends),
      )
      expect(
        Object.fromEntries(
          await Promise.all(
            (await names()).map(async (name) => [
              name,
              await readFile(join(dirname(path), name), 'utf8'),
            ]),
          ),
        ),
      ).toEqual(files)
    })
  }
})

describe('a poor line', () => {
  const GET: FaultMatch = { method: 'GET', key: 'o' }
  const rows: readonly {
    readonly name: string
    readonly match: FaultMatch
    readonly do: FaultAction
    readonly times?: number
  }[] = [
    {
      name: 'every third request is reset',
      match: { every: 3 },
      do: { kind: 'reset-response', afterBytes: 0 },
      times: 50,
    },
    {
      name: 'every second range is reset in its middle',
      match: { ...GET, every: 2 },
      do: { kind: 'reset-response', afterBytes: 40_000 },
      times: 50,
    },
    {
      name: 'ranges are cut short by an orderly close',
      match: GET,
      do: { kind: 'truncate', bytes: 1000 },
      times: 4,
    },
    {
      name: '503',
      match: GET,
      do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
      times: 4,
    },
    { name: 'throttled', match: { every: 2 }, do: { kind: 'throttle', delayMs: 10 }, times: 6 },
    {
      name: 'a range an hour off',
      match: { ...GET, nth: 2 },
      do: { kind: 'skew', ms: -3_600_000 },
    },
  ]
  for (const { name, match, times, do: action } of rows) {
    test(`${name}: whole in the end`, async () => {
      const plain = plaintext(12 * PART + 1)
      const path = await put(plain)
      k.practice.faults.add({ match, do: action, times: times ?? 1 })
      expect((await k.down('o')).checksum).toBe('matches')
      expect((await readFile(path)).equals(plain)).toBe(true)
      expect(await k.leftovers()).toEqual([])
    })
  }

  test('one wrong bit is a checksum failure, and no file', async () => {
    await put(plaintext(4 * PART))
    k.practice.faults.add({ match: { ...GET, nth: 3 }, do: { kind: 'flip-bit', offset: 5 } })
    expect(await errorOf(k.down('o'))).toEqual({ code: 'checksum' })
    expect(await names()).toEqual([])
  })

  test('a wrong sum from OSS is a checksum failure; none is told as absent', async () => {
    await put(plaintext(100))
    k.practice.faults.add({ match: { method: 'HEAD' }, do: { kind: 'wrong-crc' } })
    expect(await errorOf(k.down('o'))).toEqual({ code: 'checksum' })
    k.practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'no-crc' } })
    await put(plaintext(100))
    expect((await k.down('o')).checksum).toBe('absent')
  })

  test('an object replaced meanwhile', async () => {
    await put(plaintext(8 * PART))
    let replaced: Promise<unknown> | null = null
    const running = k.running(
      openControl(),
      ({ t }) => void (t === 'part-done' && (replaced ??= putRaw({}, plaintext(8 * PART)))),
    )
    k.practice.faults.add({ match: { ...GET, every: 1 }, do: { kind: 'delay', ms: 40 }, times: 20 })
    expect(await errorOf(k.down('o', {}, { ...running, parallel: () => 1 }))).toEqual({
      code: 'object-changed',
      key: 'o',
    })
    await replaced
    expect(await names()).toEqual([])
  })
})

describe('the user says stop', () => {
  for (let n = 1; n <= 6; n++) {
    test(`cancel at request ${n}: no file, no temporary file`, async () => {
      await put(plaintext(10 * PART))
      k.practice.log.clear()
      const control = openControl()
      k.practice.faults.add({ match: { nth: n }, do: { kind: 'delay', ms: 60 } })
      const seen = setInterval(
        () => void (k.practice.log.entries().length >= n && control.cancel()),
        2,
      )
      expect((await errorOf(k.down('o', {}, k.running(control)))).code).toBe('cancelled')
      clearInterval(seen)
      expect(await names()).toEqual([])
    })
  }

  test('pause keeps what is there; resume fetches only the rest', async () => {
    const plain = plaintext(12 * PART)
    const path = await put(plain)
    k.practice.log.clear()
    const control = openControl()
    let done = 0
    const running = k.running(
      control,
      ({ t }) =>
        void (
          t === 'part-done' &&
          ++done % 4 === 0 &&
          (control.pause(), setTimeout(() => control.resume(), 30))
        ),
    )
    expect((await k.down('o', {}, running)).checksum).toBe('matches')
    expect((await readFile(path)).equals(plain)).toBe(true)
    expect(running.steps.filter(({ t }) => t === 'part-done').length).toBe(12)
    expect(k.practice.log.entries().filter(({ method }) => method === 'HEAD').length).toBe(1)
  })
})

/** Needs root: a file system of its own that is soon full. */
const asRoot = process.getuid?.() === 0 && process.platform === 'linux'
if (!asRoot) console.warn('skipped: disk full on a small tmpfs (needs root on Linux)')
describe.skipIf(!asRoot)('a full disk', () => {
  const mounts: string[] = []
  const tmpfs = async (kibibytes: number): Promise<string> => {
    const where = join(k.dir, 'small')
    await mkdir(where)
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', where])
    mounts.push(where)
    return where
  }
  afterAll(() => {
    for (const where of mounts) execFileSync('umount', ['-l', where])
  })

  test('that is too small from the start is told before a byte is fetched', async () => {
    await put(plaintext(4 * PART))
    const where = await tmpfs(200)
    k.practice.log.clear()
    expect(await errorOf(k.down('o', { path: join(where, 'file') }))).toEqual({
      code: 'disk-full',
      path: join(where, 'file'),
      needed: 4 * PART,
    })
    expect(k.practice.log.entries().map(({ method }) => method)).toEqual(['HEAD'])
    expect(await readdir(where)).toEqual([])
  })

  test('that fills up on the way is told, and the temporary file goes', async () => {
    await put(plaintext(6 * PART))
    const where = await tmpfs(800)
    const running = k.running(
      openControl(),
      ({ t }) =>
        void (
          t === 'part-done' &&
          execFileSync('sh', [
            '-c',
            `dd if=/dev/zero of=${join(where, 'filler')} bs=1k 2>/dev/null || true`,
          ])
        ),
    )
    expect(
      await errorOf(k.down('o', { path: join(where, 'file') }, { ...running, parallel: () => 1 })),
    ).toEqual({ code: 'disk-full', path: join(where, 'file'), needed: 6 * PART })
    expect(await readdir(where)).toEqual(['filler'])
  })
})

test('a file gets the rights the user gives new files', async () => {
  const path = await put(plaintext(10))
  await k.down('o')
  expect((await stat(path)).mode & 0o777).toBe(0o666 & ~process.umask())
})
