import { createCipheriv, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { decryptFile } from '../../electron/core/transfer/download/decrypt-file.ts'
import type { DecryptJob } from '../../electron/core/transfer/run/jobs.ts'
import type { Running } from '../../electron/core/transfer/run/running.ts'
import { valueOf } from '../../shared/contract/errors.ts'
import type { TransferOutcome } from '../../shared/contract/models-transfers.ts'
import { RSA_WRAP } from '../../shared/format/envelope/envelope.ts'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { readHeaders } from '../../shared/format/recognise.ts'
import { errorOf } from './oss-practice.ts'
import { kit, openersOf, PART, plaintext, testKey } from './transfer-kit.ts'

const k = kit()
const META = 'x-oss-meta-client-side-encryption-'

/**
 * Uploads, saves raw, and gives the job that decrypts what was saved. The server is not asked
 * again.
 */
const saved = async (plain: Buffer, change: Partial<DecryptJob> = {}): Promise<DecryptJob> => {
  const source = join(k.dir, 'up.bin')
  await writeFile(source, plain)
  await k.up(source, { key: 'o', replace: true })
  const blob =
    (await k.down('o', { raw: true, path: join(k.dir, 'o'), existing: 'replace' })).savedAs ?? ''
  k.practice.log.clear()
  const { headers, size, crc64 } = valueOf(
    readEnvelopeFile(await readFile(`${blob}.ossenv.json`, 'utf8')),
  )
  return {
    kind: 'decrypt',
    envelopeFile: '',
    name: 'o',
    target: '',
    profileId: null,
    keyName: null,
    blob,
    size: plain.length,
    headers,
    expectedSize: size,
    expectedCrc64: crc64,
    path: join(k.dir, 'out', 'plain.bin'),
    existing: 'fail',
    openers: openersOf(testKey()),
    whole: false,
    repair: false,
    parallel: null,
    ...change,
  }
}
const run = (job: DecryptJob, running: Running = k.running()): Promise<TransferOutcome> =>
  decryptFile(job, running)
const names = (): Promise<readonly string[]> => readdir(join(k.dir, 'out')).catch(() => [])

describe('a blob and its envelope are enough', () => {
  for (const size of [0, 1, 17, PART + 1, 4 * PART, 40 * 1024 * 1024 + 3]) {
    test(`${size} bytes`, async () => {
      const plain = plaintext(size)
      const job = await saved(plain, { parallel: 2 })
      expect(await run(job)).toEqual({
        encrypted: true,
        checksum: 'matches',
        tag: 'none',
        savedAs: job.path,
        skipped: false,
      })
      expect((await readFile(job.path)).equals(plain)).toBe(true)
      expect(await names()).toEqual(['plain.bin'])
      expect(k.practice.log.entries()).toEqual([])
    })
  }

  test('without a sum it is decrypted, and said to be unchecked', async () => {
    const plain = plaintext(1000)
    expect(
      (await run(await saved(plain, { expectedCrc64: null, expectedSize: null }))).checksum,
    ).toBe('absent')
  })
})

test('a counter that no SDK writes opens, and is told', async () => {
  const [plain, dataKey, counter] = [plaintext(100), randomBytes(32), Buffer.alloc(16, 7)]
  const job = await saved(plain, { expectedCrc64: null })
  const cipher = createCipheriv('aes-256-ctr', dataKey, counter)
  await writeFile(job.blob, Buffer.concat([cipher.update(plain), cipher.final()]))
  const wrap = async (bytes: Uint8Array) =>
    Buffer.from(
      await testKey().wrap(
        bytes,
        { algorithm: RSA_WRAP, payload: 'bytes' },
        new AbortController().signal,
      ),
    ).toString('base64')
  const headers = new Map([
    ...job.headers,
    [`${META}key`, await wrap(dataKey)],
    [`${META}start`, await wrap(counter)],
  ])
  expect(await run({ ...job, headers })).toMatchObject({ encrypted: true, oddCounter: true })
  expect((await readFile(job.path)).equals(plain)).toBe(true)
})

describe('what does not fit together is told, and nothing is written', () => {
  const without = (job: DecryptJob, name: string): DecryptJob => ({
    ...job,
    headers: new Map([...job.headers].filter(([header]) => header !== META + name)),
  })
  const rows: readonly {
    readonly name: string
    readonly change: (job: DecryptJob) => DecryptJob | Promise<DecryptJob>
    readonly error: object
  }[] = [
    {
      name: 'a blob that was cut',
      change: async (job) => (
        await writeFile(job.blob, (await readFile(job.blob)).subarray(1)),
        job
      ),
      error: { code: 'size-differs', expected: 5 * PART, actual: 5 * PART - 1 },
    },
    {
      name: 'a cut blob, and only the envelope knows',
      change: async (job) => (
        await writeFile(job.blob, Buffer.alloc(7)),
        { ...job, expectedSize: null }
      ),
      error: { code: 'size-differs', expected: 5 * PART, actual: 7 },
    },
    {
      name: 'a flipped bit',
      change: async (job) => (
        await writeFile(job.blob, (await readFile(job.blob)).fill(0, 99, 101)),
        job
      ),
      error: { code: 'checksum' },
    },
    {
      name: 'a blob that is not there',
      change: (job) => ({ ...job, blob: `${job.blob}x` }),
      error: { code: 'source-unreadable' },
    },
    {
      name: 'headers of a plain object',
      change: (job) => ({ ...job, headers: readHeaders([['content-type', 'text/plain']]) }),
      error: { code: 'no-envelope' },
    },
    ...['key', 'start', 'cek-alg', 'wrap-alg'].map((name) => ({
      name: `an envelope without ${name}`,
      change: (job: DecryptJob) => without(job, name),
      error: {
        code: 'envelope-file',
        header: `client-side-encryption-${name}`,
        problem: 'missing',
      },
    })),
    {
      name: 'another kind of key',
      change: (job) => ({
        ...job,
        headers: new Map([...job.headers, [`${META}wrap-alg`, 'KMS/ALICLOUD']]),
      }),
      error: { code: 'unknown-master-key' },
    },
    {
      name: 'no key',
      change: (job) => ({ ...job, openers: openersOf() }),
      error: { code: 'unknown-master-key' },
    },
    {
      name: 'a target that exists',
      change: async (job) => (
        await mkdir(join(k.dir, 'elsewhere')),
        await writeFile(join(k.dir, 'elsewhere', 'plain.bin'), ''),
        { ...job, path: join(k.dir, 'elsewhere', 'plain.bin') }
      ),
      error: { code: 'target-exists' },
    },
  ]
  for (const { name, change, error } of rows) {
    test(name, async () => {
      const job = await change(await saved(plaintext(5 * PART)))
      expect(await errorOf(run(job))).toMatchObject(error)
      expect(await names()).toEqual([])
      expect(await k.leftovers()).toEqual([])
    })
  }
})

test('pause, resume, cancel', async () => {
  const plain = plaintext(80 * 1024 * 1024)
  const job = await saved(plain)
  const control = openControl()
  const running = k.running(
    control,
    ({ t }) =>
      void (
        t === 'part-done' &&
        !control.isPaused() &&
        (control.pause(), setTimeout(() => control.resume(), 20))
      ),
  )
  expect((await run(job, { ...running, parallel: () => 1 })).checksum).toBe('matches')
  expect((await readFile(job.path)).equals(plain)).toBe(true)
  const again = openControl()
  const cancelled = k.running(again, ({ t }) => void (t === 'part-done' && again.cancel()))
  expect(
    await errorOf(run({ ...job, existing: 'replace' }, { ...cancelled, parallel: () => 1 })),
  ).toEqual({ code: 'cancelled' })
  expect(await names()).toEqual(['plain.bin'])
})
