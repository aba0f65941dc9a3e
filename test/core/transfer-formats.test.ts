import fc from 'fast-check'
import {
  constants,
  createCipheriv,
  createDecipheriv,
  generateKeyPairSync,
  privateDecrypt,
} from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { mkdir, open, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { putSmall, type ObjectHead } from '../../electron/core/oss/objects.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import { decryptFile } from '../../electron/core/transfer/download/decrypt-file.ts'
import type { FaultAction, FaultMatch } from '../tools/oss-faults.ts'
import { fail, ok, valueOf } from '../../shared/contract/errors.ts'
import type { WriteFormat } from '../../shared/contract/models.ts'
import { counterAt } from '../../shared/format/counter.ts'
import { readEnvelopeFile } from '../../shared/format/envelope/envelope-file.ts'
import { resplitOf } from '../../shared/format/message/resplit.ts'
import { errorOf, never } from './oss-practice.ts'
import {
  kit,
  leaks,
  openersOf,
  openIndependently,
  PART,
  plaintext,
  testKey,
  readRange,
} from './transfer-kit.ts'
import { fakeKms, readMessage } from './transfer-message-kit.ts'

const k = kit()
const kms = fakeKms()
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsa = (): MasterKeyHandle =>
  rsaMasterKey({
    id: 'rsa',
    name: 'rsa',
    description: '',
    writes: 'v2',
    publicKey: pair.publicKey,
    privateKey: pair.privateKey,
  })
const V2 = 'x-oss-meta-client-side-encryption-'
const V1 = 'x-oss-meta-oss-crypto-'

const file = async (bytes: Buffer, name = 'source.bin'): Promise<string> => {
  const path = join(k.dir, name)
  await writeFile(path, bytes)
  return path
}
const bytesOf = (head: ObjectHead, name: string): Buffer =>
  Buffer.from(head.headers.get(name) ?? '', 'base64')
const oaep = (wrapped: Buffer): Buffer =>
  privateDecrypt(
    { key: pair.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
    wrapped,
  )
const ctr = (key: Buffer, counter: Buffer, stored: Buffer): Buffer =>
  createDecipheriv('aes-256-ctr', key, counter).update(stored)
const fromDigits = (digits: Buffer): Buffer =>
  Buffer.from(BigInt(digits.toString('ascii')).toString(16).padStart(32, '0'), 'hex')

interface Row {
  readonly name: string
  readonly format: WriteFormat
  readonly key: () => MasterKeyHandle
  /** Opens it with node:crypto alone. */
  readonly read: (head: ObjectHead, stored: Buffer) => Buffer
}
const ROWS: readonly Row[] = [
  {
    name: 'v2',
    format: 'v2',
    key: () => rsa(),
    read: (head, stored) => openIndependently(head, stored, pair.privateKey),
  },
  {
    name: 'v2-oaep',
    format: 'v2-oaep',
    key: () => rsa(),
    read: (head, stored) =>
      ctr(oaep(bytesOf(head, `${V2}key`)), oaep(bytesOf(head, `${V2}start`)), stored),
  },
  {
    name: 'v1 under RSA',
    format: 'v1',
    key: () => rsa(),
    read: (head, stored) =>
      ctr(oaep(bytesOf(head, `${V1}key`)), fromDigits(oaep(bytesOf(head, `${V1}start`))), stored),
  },
  {
    name: 'v2 under KMS',
    format: 'v2',
    key: kms.key,
    read: (head, stored) =>
      ctr(kms.unwrap(bytesOf(head, `${V2}key`)), kms.unwrap(bytesOf(head, `${V2}start`)), stored),
  },
  {
    name: 'v2-kms-b',
    format: 'v2-kms-b',
    key: kms.key,
    read: (head, stored) => {
      const blob = (name: string): Buffer =>
        Buffer.from(bytesOf(head, `${V2}${name}`).toString('ascii'), 'base64')
      return ctr(kms.unwrap(blob('key')), kms.unwrap(blob('start')), stored)
    },
  },
  {
    name: 'v1 under KMS',
    format: 'v1',
    key: kms.key,
    read: (head, stored) =>
      ctr(
        kms.unwrap(bytesOf(head, `${V1}key`)),
        fromDigits(kms.unwrap(bytesOf(head, `${V1}start`))),
        stored,
      ),
  },
  {
    name: 'sdk-split',
    format: 'sdk-split',
    key: kms.key,
    read: (head, stored) => readMessage(kms, stored, head.headers),
  },
  {
    name: 'sdk-message',
    format: 'sdk-message',
    key: kms.key,
    read: (head, stored) => readMessage(kms, stored, head.headers),
  },
]
const isMessage = ({ format }: Row): boolean => format.startsWith('sdk-')
const up = (
  row: Row,
  path: string,
  change: Parameters<typeof k.uploadJob>[1] = {},
  running = k.running(),
) => k.up(path, { format: row.format, masterKey: async () => ok(row.key()), ...change }, running)
const down = (row: Row, change: Parameters<typeof k.downloadJob>[1] = {}) =>
  k.down('source.bin', {
    openers: openersOf(row.key()),
    message: true,
    existing: 'replace',
    ...change,
  })
const opens = async (row: Row, plain: Buffer): Promise<void> => {
  const [head, stored] = [await k.head('source.bin'), await k.stored('source.bin')]
  expect(row.read(head, stored).equals(plain)).toBe(true)
  expect(leaks(plain, stored)).toBe(false)
}
const fetched = (): Promise<Buffer> => readFile(join(k.dir, 'down', 'file.bin'))

describe.each(ROWS.map((row) => [row.name, row] as const))('%s', (_name, row) => {
  const THREE = 3 * PART
  test.each([
    0,
    1,
    15,
    16,
    17,
    PART,
    THREE - 300,
    THREE - 1,
    THREE,
    THREE + 1,
    4 * PART - 240,
    4 * PART - 238,
    4 * PART - 1,
    4 * PART,
    7 * PART + 9,
  ])('%i bytes: opens by the published format alone, and here', async (size) => {
    const plain = plaintext(size)
    const running = k.running()
    expect(await up(row, await file(plain), {}, running)).toEqual({
      encrypted: true,
      checksum: 'matches',
      tag: 'none',
      savedAs: null,
      skipped: false,
    })
    await opens(row, plain)
    const total = (await k.head('source.bin')).size
    expect(total).toBe(row.format === 'sdk-message' ? Math.max(total, size + 200) : size)
    expect(running.steps.filter(({ t }) => t === 'planned').at(-1)).toMatchObject({
      total,
      keyName: row.key().name,
    })
    expect(running.steps.filter(({ t }) => t === 'part-done').length).toBe(
      total < THREE ? 1 : Math.ceil(total / PART),
    )
    expect(await down(row)).toMatchObject({
      encrypted: true,
      checksum: 'matches',
      tag: isMessage(row) ? 'verified' : 'none',
    })
    expect((await fetched()).equals(plain)).toBe(true)
    expect(await k.uploadsLeft()).toBe(0)
  })

  test('any range of it, and offline', async () => {
    const plain = plaintext(4 * PART + 5)
    await up(row, await file(plain))
    await fc.assert(
      fc.asyncProperty(fc.nat(plain.length), fc.nat(plain.length), async (offset, length) => {
        await down(row, { range: { offset, length } })
        expect((await fetched()).equals(plain.subarray(offset, offset + length))).toBe(true)
      }),
      { numRuns: 8 },
    )
    if (row.format === 'sdk-message') return
    const path = join(k.dir, 'raw')
    expect(await k.down('source.bin', { raw: true, path })).toMatchObject({
      encrypted: false,
      checksum: 'matches',
      tag: 'none',
    })
    const { headers, size, crc64 } = valueOf(
      readEnvelopeFile(await readFile(`${path}.ossenv.json`, 'utf8')),
    )
    const out = join(k.dir, 'out')
    await decryptFile(
      {
        kind: 'decrypt',
        envelopeFile: '',
        name: '',
        target: '',
        profileId: null,
        keyName: null,
        blob: path,
        size: 0,
        headers,
        expectedSize: size,
        expectedCrc64: crc64,
        path: out,
        existing: 'fail',
        openers: openersOf(row.key()),
        whole: false,
        repair: false,
        parallel: 2,
      },
      k.running(),
    )
    expect((await readFile(out)).equals(plain)).toBe(true)
  })

  const PUT_PART: FaultMatch = { method: 'PUT', query: 'partNumber' }
  const faults: readonly {
    readonly name: string
    readonly match: FaultMatch
    readonly do: FaultAction
    readonly size: number
    readonly times?: number
    readonly replace?: boolean
  }[] = [
    {
      name: 'every third part is reset in its middle',
      match: { ...PUT_PART, every: 3 },
      do: { kind: 'reset-request', afterBytes: 50_000 },
      times: 50,
      size: 8 * PART,
    },
    {
      name: 'a wrong sum of the first part',
      match: { ...PUT_PART, nth: 1 },
      do: { kind: 'wrong-crc' },
      size: 5 * PART,
    },
    {
      name: 'the answer to complete is lost',
      match: { method: 'POST', query: 'uploadId' },
      do: { kind: 'lose-response' },
      size: 5 * PART,
    },
    {
      name: 'the answer to a put is lost',
      match: { method: 'PUT' },
      do: { kind: 'lose-response' },
      size: PART,
    },
    {
      name: 'the answer to a put that may replace is lost',
      match: { method: 'PUT' },
      do: { kind: 'lose-response' },
      size: PART,
      replace: true,
    },
    {
      name: 'a put is reset in its middle',
      match: { method: 'PUT' },
      do: { kind: 'reset-request', afterBytes: 1000 },
      times: 2,
      size: PART,
    },
    {
      name: 'a wrong sum of a put',
      match: { method: 'PUT', nth: 1 },
      do: { kind: 'wrong-crc' },
      size: PART,
    },
  ]
  test.each(faults)(
    '$name: whole in the end',
    async ({ match, size, times, do: action, replace }) => {
      const plain = plaintext(size)
      k.practice.faults.add({ match, do: action, times: times ?? 1 })
      expect((await up(row, await file(plain), { replace: replace ?? false })).checksum).toBe(
        'matches',
      )
      k.practice.faults.clear()
      await opens(row, plain)
      expect(await k.uploadsLeft()).toBe(0)
    },
  )

  test('an object that OSS sums differently is reported, and does not stay; another one under its name does', async () => {
    // A put is tried eight times; once for all formats is enough, and for the one that is known by
    // its bytes.
    for (const size of row.format === 'sdk-message' ? [100, 5 * PART] : [5 * PART]) {
      k.practice.faults.add({
        match: size === 100 ? { method: 'PUT' } : { method: 'POST', query: 'uploadId' },
        do: { kind: 'wrong-crc' },
        times: 20,
      })
      expect(await errorOf(up(row, await file(plaintext(size))))).toEqual({ code: 'checksum' })
      k.practice.faults.clear()
      expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
    }
    await putSmall(
      k.oss,
      {
        bucket: k.bucket,
        key: 'source.bin',
        headers: {},
        body: plaintext(1000),
        forbidOverwrite: false,
      },
      never,
    )
    expect((await errorOf(up(row, await file(plaintext(100))))).code).toBe('object-exists')
    expect((await k.head('source.bin')).size).toBe(1000)
  })

  test('a file that changes after a part of it was sent is never sent under the same key', async () => {
    const path = await file(plaintext(6 * PART))
    let changed = false
    const running = k.running(openControl(), ({ t }) => {
      if (t !== 'part-done' || changed) return
      changed = true
      void writeFile(path, plaintext(6 * PART))
    })
    expect((await errorOf(up(row, path, {}, { ...running, parallel: () => 1 }))).code).toBe(
      'source-changed',
    )
    expect(await k.uploadsLeft()).toBe(0)
    expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
  })

  test('cancel while the key is far away', async () => {
    const control = openControl()
    const hangs = (_bytes: unknown, _how: unknown, signal: AbortSignal): Promise<never> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        setTimeout(() => control.cancel(), 10)
      })
    const key: MasterKeyHandle = {
      ...row.key(),
      wrap: hangs,
      messages: { allows: () => true, generate: hangs, decrypt: hangs },
    }
    expect(
      (
        await errorOf(
          up(
            row,
            await file(plaintext(10)),
            { masterKey: async () => ok(key) },
            k.running(control),
          ),
        )
      ).code,
    ).toBe('cancelled')
    expect(k.practice.log.entries()).toEqual([])
  })
})

describe.each(ROWS.filter(isMessage).map((row) => [row.name, row] as const))(
  '%s: the tag stands before what it is of',
  (_name, row) => {
    test('a file that changes between the reading for the tag and the sending', async () => {
      for (const size of [100, 6 * PART]) {
        const path = await file(plaintext(size))
        let planned = 0
        const running = k.running(openControl(), ({ t }) => {
          // Once before the tag, once before the sending.
          if (t === 'planned' && ++planned === 2) writeFileSync(path, plaintext(size))
        })
        expect((await errorOf(up(row, path, {}, running))).code).toBe('source-changed')
        expect(planned).toBe(2)
        expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
        expect(await k.uploadsLeft()).toBe(0)
      }
    })

    test('a pause while it is read for the tag: it goes on, and a file that changed meanwhile goes up as it is now, under a new key', async () => {
      const path = await file(plaintext(5 * PART))
      const after = plaintext(4 * PART)
      const control = openControl()
      control.pause()
      kms.calls = 0
      const ended = up(row, path, {}, k.running(control))
      await expect.poll(() => kms.calls).toBe(1)
      await writeFile(path, after)
      control.resume()
      expect((await ended).checksum).toBe('matches')
      expect(kms.calls).toBe(2)
      await opens(row, after)
    })

    test('more than GCM can take is refused before any key is asked', async () => {
      const path = join(k.dir, 'sparse')
      const handle = await open(path, 'w')
      await handle.truncate(2 ** 36 - 31)
      await handle.close()
      const masterKey = async () => expect.fail('asked for the key')
      expect(await errorOf(up(row, path, { masterKey }))).toEqual({
        code: 'too-large',
        limit: 2 ** 36 - 32,
      })
      expect(k.practice.log.entries()).toEqual([])
    })

    test('a key that is not in KMS cannot write it', async () => {
      expect(
        (
          await errorOf(
            up(row, await file(plaintext(10)), { masterKey: async () => ok(testKey()) }),
          )
        ).code,
      ).toBe('bad-request')
      expect(
        (
          await errorOf(
            up(row, await file(plaintext(10)), {
              masterKey: async () => fail({ code: 'keychain-locked' }),
            }),
          )
        ).code,
      ).toBe('keychain-locked')
    })
  },
)

test('every answer to the put of a whole message is lost: the object that is there counts, by the header it begins with', async () => {
  const row = ROWS[7] as Row
  const plain = plaintext(PART)
  k.practice.faults.add({ match: { method: 'PUT' }, do: { kind: 'lose-response' }, times: 50 })
  expect((await up(row, await file(plain))).checksum).toBe('matches')
  await opens(row, plain)
})

test('a look at whether the key is still there asks KMS for nothing', async () => {
  kms.calls = 0
  await up(ROWS[3] as Row, await file(plaintext(5 * PART)))
  expect(kms.calls).toBe(2)
})

describe('an object that a Java SDK split anew', () => {
  const DECLARED = 16
  /**
   * As that SDK wrote it: a part of `actual` bytes begins at the counter of its number times
   * `DECLARED`.
   */
  const wrongly = async (size: number): Promise<Buffer> => {
    const plain = plaintext(size)
    await up(ROWS[0] as Row, await file(plain), { replace: true })
    const head = await k.head('source.bin')
    const block = (name: string): Buffer =>
      ((padded) => padded.subarray(padded.indexOf(0, 2) + 1))(
        privateDecrypt(
          { key: pair.privateKey, padding: constants.RSA_NO_PADDING },
          bytesOf(head, `${V2}${name}`),
        ),
      )
    const [key, start] = [block('key'), block('start')]
    const actual = Math.floor(size / 9999)
    const parts = Array.from({ length: Math.ceil(size / actual) }, (_, i) =>
      createCipheriv('aes-256-ctr', key, counterAt(start, i * DECLARED)).update(
        plain.subarray(i * actual, Math.min(size, (i + 1) * actual)),
      ),
    )
    const headers = Object.fromEntries(
      [...head.headers].filter(([name]) => name.startsWith('x-oss-meta-')),
    )
    const sizes = { [`${V2}data-size`]: String(size), [`${V2}part-size`]: String(DECLARED) }
    await putSmall(
      k.oss,
      {
        bucket: k.bucket,
        key: 'source.bin',
        headers: { ...headers, ...sizes },
        body: Buffer.concat(parts),
        forbidOverwrite: false,
      },
      never,
    )
    return plain
  }

  test('is put right when it was asked for: whole, any range, a preview, and offline', async () => {
    for (const size of [170_000, 3 * PART + 11]) {
      const plain = await wrongly(size)
      expect(resplitOf({ format: 'v2', dataSize: size, partSize: DECLARED }, size)).not.toBe(null)
      const repair = { openers: openersOf(rsa()), repair: true }
      expect(await down(ROWS[0] as Row, repair)).toMatchObject({
        encrypted: true,
        checksum: 'matches',
      })
      expect((await fetched()).equals(plain)).toBe(true)
      await down(ROWS[0] as Row, { repair: false })
      expect((await fetched()).equals(plain)).toBe(false)
      await fc.assert(
        fc.asyncProperty(fc.nat(size), fc.nat(size), async (offset, length) => {
          await down(ROWS[0] as Row, { ...repair, range: { offset, length } })
          expect((await fetched()).equals(plain.subarray(offset, offset + length))).toBe(true)
        }),
        { numRuns: 10 },
      )
      const preview = await readRange(
        k,
        { bucket: k.bucket, key: 'source.bin', offset: 1001, length: 5000 },
        { ...repair, message: false },
        never,
      )
      expect(Buffer.from(preview.bytes).equals(plain.subarray(1001, 6001))).toBe(true)

      const path = join(k.dir, 'raw')
      await k.down('source.bin', { raw: true, path, existing: 'replace' })
      const { headers } = valueOf(readEnvelopeFile(await readFile(`${path}.ossenv.json`, 'utf8')))
      const out = join(k.dir, 'out')
      const job = {
        kind: 'decrypt',
        envelopeFile: '',
        name: '',
        target: '',
        profileId: null,
        keyName: null,
        blob: path,
        size: 0,
        headers,
        expectedSize: size,
        expectedCrc64: null,
        path: out,
        existing: 'replace',
        openers: openersOf(rsa()),
        whole: false,
        parallel: 2,
      } as const
      await decryptFile({ ...job, repair: true }, k.running())
      expect((await readFile(out)).equals(plain)).toBe(true)
    }
  })

  test('repair of any other object changes nothing', async () => {
    const plain = plaintext(5 * PART)
    await up(ROWS[0] as Row, await file(plain))
    await down(ROWS[0] as Row, { repair: true })
    expect((await fetched()).equals(plain)).toBe(true)
  })
})

test('nothing is left beside the files that were wanted', async () => {
  await mkdir(join(k.dir, 'down'), { recursive: true })
  await up(ROWS[7] as Row, await file(plaintext(4 * PART)))
  await down(ROWS[7] as Row)
  expect((await readdir(join(k.dir, 'down'))).sort()).toEqual(['file.bin'])
})
