import { generateKeyPairSync } from 'node:crypto'
import { appendFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { open } from '../../electron/core/keys/keyring.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { ctrCipher } from '../../electron/core/cipher/ctr.ts'
import { encryptFile } from '../../electron/core/worker/encrypt-file.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { UploadJob } from '../../electron/core/transfer/run/jobs.ts'
import { MOST_HELD, openPool } from '../../electron/core/worker/pool.ts'
import { mayBeSmall, SMALL_BYTES } from '../../electron/core/transfer/upload/small-upload.ts'
import type { FaultAction, FaultMatch } from '../tools/oss-faults.ts'
import { fail, ok } from '../../shared/contract/errors.ts'
import { readHeaders } from '../../shared/format/headers.ts'
import { recognise } from '../../shared/format/recognise.ts'
import { errorOf, never } from './oss-practice.ts'
import { GOOD, META, PUT, smallKit } from './small-kit.ts'
import { plaintext, testKey, WORKER_URL } from './transfer-kit.ts'

const { k, file, small, opens, puts } = smallKit()
const halves = generateKeyPairSync('rsa', { modulusLength: 2048 })

describe('what is stored opens with the published format alone', () => {
  for (const size of [
    0,
    1,
    15,
    16,
    17,
    4096,
    16 * 1024,
    16 * 1024 + 1,
    SMALL_BYTES - 1,
    SMALL_BYTES,
  ]) {
    test(`${size} bytes`, async () => {
      const plain = plaintext(size)
      const running = k.running()
      expect(await small(await file(plain), {}, running)).toEqual(GOOD)
      await opens('source.bin', plain)
      const { headers } = await k.head('source.bin')
      expect(
        [`${META}data-size`, `${META}part-size`, `${META}unencrypted-content-md5`].filter((name) =>
          headers.has(name),
        ),
      ).toEqual([])
      expect(headers.get(`${META}matdesc`)).toBe('{"key":"work"}')
      expect(running.steps).toEqual([
        { t: 'planned', total: size, parts: 1, keyName: 'work' },
        { t: 'part-done', part: 1, bytes: size },
      ])
    })
  }

  test.each(['v1', 'v2', 'v2-oaep'] as const)(
    'format %s, as the keyring reads it',
    async (format) => {
      const plain = plaintext(5000)
      expect(await small(await file(plain), { format })).toEqual(GOOD)
      const { headers } = await k.head('source.bin')
      const found = recognise(readHeaders(headers))
      if (found.kind !== 'encrypted') throw new Error(`it is ${found.kind}`)
      const opened = await open(found.envelope, [testKey()], never)
      if (!opened.ok) throw new Error(opened.error.code)
      expect(
        Buffer.from(
          ctrCipher(opened.value.dataKey.bytes, opened.value.counter, 0).update(
            await k.stored('source.bin'),
          ),
        ).equals(plain),
      ).toBe(true)
      expect(found.envelope.keyDescription).toBe(format === 'v1' ? '' : '{"key":"work"}')
      expect(opened.value.oddCounter).toBe(false)
    },
  )

  test('the content type follows the name', async () => {
    await small(await file(plaintext(10), 'report.PDF'))
    expect((await k.head('report.PDF')).contentType).toBe('application/pdf')
  })

  test('many at once: each with its own bytes, no key, counter or wrapped text twice, no more than are held at once', async () => {
    const names = Array.from({ length: 3 * MOST_HELD }, (_, number) => `many-${number}`)
    const plains = new Map(names.map((name) => [name, plaintext(1000 + name.length)]))
    const paths = await Promise.all(
      names.map((name) => file(plains.get(name) ?? Buffer.alloc(0), name)),
    )
    let asked = 0
    const masterKey = async () => (asked++, ok(testKey()))
    expect(await Promise.all(paths.map((path) => small(path, { masterKey })))).toEqual(
      names.map(() => GOOD),
    )
    const seen = new Set<string>()
    for (const name of names) {
      await opens(name, plains.get(name) ?? Buffer.alloc(0))
      const { headers } = await k.head(name)
      seen
        .add(headers.get(`${META}key`) ?? '')
        .add(headers.get(`${META}start`) ?? '')
        .add((await k.stored(name)).toString('hex'))
    }
    expect(seen.size).toBe(3 * names.length)
    // One asking serves all that came in one turn: the first ones, which start together, at least.
    expect(asked).toBeLessThanOrEqual(names.length - MOST_HELD + 1)
  })
})

describe('a file that is no small upload is left alone', () => {
  const rows: readonly (readonly [
    name: string,
    bytes: number,
    change: Partial<UploadJob>,
    foreseen: boolean,
  ])[] = [
    ['a folder', 0, { source: null }, true],
    ['a large file', SMALL_BYTES + 1, { size: SMALL_BYTES + 1 }, true],
    ['a file that has grown large', SMALL_BYTES + 1, { size: 1 }, false],
    ['a file that goes up in parts', 1000, { size: 1000, multipartFrom: 1000 }, true],
    ['a file that has grown to go up in parts', 1000, { multipartFrom: 1000 }, false],
    ['a message', 10, { format: 'sdk-message' }, true],
    ['a key of a program', 10, { masterKey: async () => ok(withoutHalf()) }, false],
  ]
  const withoutHalf = (): MasterKeyHandle => {
    const { publicHalf: _gone, ...key } = testKey()
    return key
  }
  for (const [name, bytes, change, foreseen] of rows) {
    test(name, async () => {
      const path = await file(plaintext(bytes))
      const running = k.running()
      expect(
        mayBeSmall(k.uploadJob(path, { size: 0, multipartFrom: 32 * 1024 ** 2, ...change })),
      ).toBe(!foreseen)
      expect(await small(path, change, running)).toBe(null)
      expect([running.steps, puts()]).toEqual([[], []])
    })
  }

  test('and takes no place in it', async () => {
    const path = await file(plaintext(SMALL_BYTES + 1))
    for (let i = 0; i < MOST_HELD + 1; i++) expect(await small(path)).toBe(null)
  })
})

test('nothing is replaced unless it was said', async () => {
  await putSmall(
    k.oss,
    {
      bucket: k.bucket,
      key: 'source.bin',
      headers: {},
      body: Buffer.from('theirs'),
      forbidOverwrite: false,
    },
    never,
  )
  const plain = plaintext(100)
  const path = await file(plain)
  expect(await errorOf(small(path))).toEqual({ code: 'object-exists', key: 'source.bin' })
  expect((await k.stored('source.bin')).toString()).toBe('theirs')
  await small(path, { replace: true })
  await opens('source.bin', plain)
})

describe('a poor line and a busy server', () => {
  const rows: readonly {
    readonly name: string
    readonly match?: FaultMatch
    readonly do: FaultAction
    readonly times?: number
    readonly replace?: boolean
  }[] = [
    {
      name: '503 for a while',
      do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
      times: 4,
    },
    { name: 'throttled', do: { kind: 'throttle', delayMs: 20 }, times: 2 },
    { name: 'reset before the body', do: { kind: 'reset-request', afterBytes: 0 }, times: 3 },
    { name: 'reset inside the body', do: { kind: 'reset-request', afterBytes: 1000 }, times: 3 },
    { name: 'the answer is lost', do: { kind: 'lose-response' } },
    {
      name: 'the answer is lost every other time',
      match: { ...PUT, every: 2 },
      do: { kind: 'lose-response' },
      times: 5,
    },
    {
      name: 'the answer is lost, and it may replace',
      do: { kind: 'lose-response' },
      replace: true,
    },
    { name: 'a wrong sum', do: { kind: 'wrong-crc' } },
    { name: 'the clock is an hour off', do: { kind: 'skew', ms: 3_600_000 } },
  ]
  for (const { name, match, do: action, times, replace } of rows) {
    test(`${name}: whole in the end`, async () => {
      const plain = plaintext(5000)
      const path = await file(plain)
      // Once before, so that a kept connection is met by it too.
      await small(await file(plaintext(10), 'before'))
      k.practice.faults.add({ match: match ?? PUT, do: action, times: times ?? 1 })
      const running = k.running()
      expect(await small(path, { replace: replace ?? false }, running)).toEqual(GOOD)
      k.practice.faults.clear()
      await opens('source.bin', plain)
      // The bytes of a failed attempt are taken back before the next one.
      const taken = running.steps.filter((step) => step.t === 'moved' && step.bytes === 0).length
      expect(taken).toBeGreaterThanOrEqual(running.steps.filter(({ t }) => t === 'retried').length)
      // However often it was sent, it was the same bytes under the same key: the log has one
      // wrapped key.
      expect(
        new Set(
          puts()
            .filter(({ key }) => key === 'source.bin')
            .map(({ headers }) => headers.get(`${META}key`)),
        ).size,
      ).toBe(1)
    })
  }

  test('a refusal is final and told as it is', async () => {
    k.practice.faults.add({
      match: PUT,
      do: { kind: 'status', status: 403, code: 'AccessDenied', ec: '0003-1' },
    })
    expect(await errorOf(small(await file(plaintext(10))))).toMatchObject({
      code: 'access-denied',
      action: 'oss:PutObject',
      ec: '0003-1',
    })
    expect(puts().length).toBe(1)
  })

  test('an object that OSS sums differently does not stay', async () => {
    k.practice.faults.add({ match: PUT, do: { kind: 'wrong-crc' }, times: 100 })
    const control = openControl()
    const running = k.running(control, ({ t }) => void (t === 'retried' && control.cancel()))
    expect((await errorOf(small(await file(plaintext(100)), {}, running))).code).toBe('cancelled')
    k.practice.faults.clear()
    expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
  })

  test('nobody there', async () => {
    const oss = k.connect({}, {}, { endpoint: 'http://127.0.0.1:1' })
    const control = openControl()
    const running = k.running(control, ({ t }) => void (t === 'retried' && control.cancel()))
    expect(
      (await errorOf(small(await file(plaintext(10)), { oss: async () => ok(oss) }, running))).code,
    ).toBe('cancelled')
  })
})

describe('the source', () => {
  const changes: readonly {
    readonly name: string
    readonly change: (path: string) => void
    readonly code: string
  }[] = [
    { name: 'grows', change: (path) => appendFileSync(path, 'more'), code: 'source-changed' },
    { name: 'shrinks', change: (path) => truncateSync(path, 10), code: 'source-changed' },
    {
      name: 'is rewritten with equal size',
      change: (path) => writeFileSync(path, plaintext(5000)),
      code: 'source-changed',
    },
    {
      name: 'is rewritten with equal size and time',
      change: (path) => (writeFileSync(path, plaintext(5000)), utimesSync(path, 1, 1)),
      code: 'source-changed',
    },
    {
      name: 'is another file',
      change: (path) => (rmSync(path), writeFileSync(path, plaintext(5000))),
      code: 'source-changed',
    },
    { name: 'vanishes', change: (path) => rmSync(path), code: 'source-unreadable' },
  ]
  for (const { name, change, code } of changes) {
    test(`${name} before it is sent: ${code}, and nothing is`, async () => {
      const path = await file(plaintext(5000))
      utimesSync(path, 1, 1)
      expect(
        (
          await errorOf(
            small(
              path,
              {},
              k.running(openControl(), ({ t }) => void (t === 'planned' && change(path))),
            ),
          )
        ).code,
      ).toBe(code)
      expect(puts()).toEqual([])
    })

    test(`${name} between two attempts: ${code}`, async () => {
      const path = await file(plaintext(5000))
      utimesSync(path, 1, 1)
      k.practice.faults.add({
        match: PUT,
        do: { kind: 'status', status: 503, code: 'ServiceUnavailable' },
        times: 9,
      })
      expect(
        (
          await errorOf(
            small(
              path,
              {},
              k.running(openControl(), ({ t }) => void (t === 'retried' && change(path))),
            ),
          )
        ).code,
      ).toBe(code)
      expect(puts().length).toBe(1)
    })
  }

  test('a file that was written a moment ago is waited for, and taken as it is when it never rests', async () => {
    const path = await file(plaintext(100))
    const { ctimeMs } = statSync(path)
    const clock = Date.now
    Date.now = () => ctimeMs + 10
    try {
      const began = performance.now()
      expect(
        await encryptFile(
          path,
          100,
          { publicHalf: halves.publicKey, format: 'v2', description: '' },
          null,
        ),
      ).toMatchObject({ facts: { size: 100 } })
      expect(performance.now() - began).toBeGreaterThan(95)
    } finally {
      Date.now = clock
    }
  })

  test('no file, a folder, no key: told before anything is sent', async () => {
    expect(await errorOf(small(join(k.dir, 'nothing')))).toEqual({
      code: 'source-unreadable',
      path: join(k.dir, 'nothing'),
      reason: 'ENOENT',
    })
    expect(await errorOf(small(k.dir))).toMatchObject({
      code: 'source-unreadable',
      reason: 'NOT_A_FILE',
    })
    expect(
      await errorOf(
        small(await file(plaintext(10)), {
          masterKey: async () => fail({ code: 'keychain-locked' }),
        }),
      ),
    ).toEqual({ code: 'keychain-locked' })
    expect(
      await errorOf(
        small(await file(plaintext(10)), {
          oss: async () => fail({ code: 'not-found', what: 'profile', name: 'x' }),
        }),
      ),
    ).toMatchObject({ what: 'profile' })
    expect(await errorOf(small(await file(plaintext(10)), { key: 'half \ud800' }))).toMatchObject({
      code: 'not-found',
      what: 'object',
    })
    expect(k.practice.log.entries()).toEqual([])
  })
})

describe('threads', () => {
  test('one that dies fails its files, and the next file gets a new one', async () => {
    const script = join(k.dir, 'dies.mjs')
    await writeFile(
      script,
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => process.exit(3))`,
    )
    const fragile = openPool({ workerUrl: new URL(`file://${script}`), threads: 1 })
    const running = { ...k.running(), pool: fragile }
    await expect(small(await file(plaintext(10)), {}, running)).rejects.toThrow('stopped')
    await expect(small(await file(plaintext(10)), {}, running)).rejects.toThrow('stopped')
    await fragile.close()
    expect((await errorOf(small(await file(plaintext(10)), {}, running))).code).toBe('cancelled')
  })

  test('a pool that closes ends what is under way', async () => {
    const pool = openPool({ workerUrl: WORKER_URL, threads: 1 })
    k.practice.faults.add({ match: PUT, do: { kind: 'delay', ms: 3000 } })
    const ended = small(await file(plaintext(10)), { key: 'closed' }, { ...k.running(), pool })
    await expect.poll(() => k.practice.log.entries().length).toBe(1)
    await pool.close()
    expect((await errorOf(ended)).code).toBe('cancelled')
  })

  test('nothing that opens the file is said in an error', async () => {
    const path = await file(plaintext(10))
    k.practice.faults.add({
      match: PUT,
      do: { kind: 'status', status: 400, code: 'InvalidArgument' },
    })
    const error = JSON.stringify(await errorOf(small(path)))
    expect(error).not.toContain(basename(path))
    expect(error).not.toMatch(/[A-Za-z0-9+/]{40}/)
  })
})
