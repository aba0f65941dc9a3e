import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openersFor } from '../../electron/core/app/jobs/key-choice.ts'
import { openMessage } from '../../electron/core/keys/keyring-messages.ts'
import { newEnvelope, open } from '../../electron/core/keys/keyring.ts'
import type { KmsClient } from '../../electron/core/keys/kms/kms-client.ts'
import { kmsMasterKey } from '../../electron/core/keys/kms/kms-master-key.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { openedCache } from '../../electron/core/keys/opened-cache.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { identify } from '../../electron/core/files/file-source.ts'
import { openControl } from '../../electron/core/transfer/run/control.ts'
import type { WorkerPool } from '../../electron/core/worker/pool.ts'
import { Failure, fail, ok, valueOf, type AppError } from '../../shared/contract/errors.ts'
import { toBase64 } from '../../shared/format/base64.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { serializeEnvelope } from '../../shared/format/envelope/envelope.ts'
import { messageAt, type EncryptedMessage } from '../../shared/format/message/message.ts'
import { openFixture } from './core-fixture.ts'
import { errorOf, never } from './oss-practice.ts'
import { kit, openersOf, PART, plaintext, readRange } from './transfer-kit.ts'
import { CMK, fakeKms, readMessage, writeMessage } from './transfer-message-kit.ts'

/* Sealing and opening under wrong input, changed sources and a KMS that refuses. */

const k = kit()
const kms = fakeKms()
const names = (folder: string): Promise<readonly string[]> => readdir(folder).catch(() => [])
const put = (key: string, body: Buffer): Promise<unknown> =>
  putSmall(k.oss, { bucket: k.bucket, key, headers: {}, body, forbidOverwrite: false }, never)
/** The object of a message whose header lies in a secret store. */
const external = Buffer.concat([
  Buffer.of(0x30, 14 + 7 + 18, 4, 12),
  randomBytes(12),
  Buffer.of(4, 5),
  randomBytes(5),
  Buffer.of(4, 16),
  randomBytes(16),
])

describe('an object that somebody was told is a message', () => {
  const whole = writeMessage(kms, 2, 'message', plaintext(1000)).object
  const NONE: readonly (readonly [string, Buffer, AppError['code']])[] = [
    ['nothing', Buffer.alloc(0), 'message-damaged'],
    ['a text', Buffer.from('hello'), 'message-damaged'],
    ['a byte too few', whole.subarray(0, -1), 'size-differs'],
    ['a byte too many', Buffer.concat([whole, Buffer.of(0)]), 'size-differs'],
    ['another first byte', Buffer.concat([Buffer.of(0x31), whole.subarray(1)]), 'message-damaged'],
    ['no header of its own', external, 'unsupported-format'],
  ]

  test.each(NONE)('%s: is refused, and never saved as it is', async (_name, body, code) => {
    await put('o', body)
    const change = { openers: openersOf(kms.key()), message: true } as const
    expect((await errorOf(k.down('o', change))).code).toBe(code)
    expect((await errorOf(k.down('o', { ...change, range: { offset: 0, length: 1 } }))).code).toBe(
      code,
    )
    expect(
      (
        await errorOf(
          readRange(
            k,
            { bucket: k.bucket, key: 'o', offset: 0, length: 1 },
            { ...change, repair: false },
            never,
          ),
        )
      ).code,
    ).toBe(code)
    expect(await names(join(k.dir, 'down'))).toEqual([])
    // Where it was not told to be one, it is what it is, unless it begins as one.
    if (code === 'size-differs')
      return expect((await errorOf(k.down('o', { ...change, message: 'maybe' }))).code).toBe(code)
    expect(await k.down('o', { ...change, message: 'maybe' })).toMatchObject({
      encrypted: false,
      tag: 'none',
    })
    expect((await readFile(join(k.dir, 'down', 'file.bin'))).equals(body)).toBe(true)
  })

  test('so it is from the route to the file; a folder of them comes, each as what it is', async () => {
    const [f, wire] = [await openFixture(), openHttpClient()]
    try {
      const at = { profileId: 'practice', bucket: 'practice-bucket' }
      const source = join(f.folder, 'raw')
      await mkdir(source, { recursive: true })
      const { endpoint, region, accessKeyId, accessKeySecret } = f.practice
      const oss = openOss(
        {
          endpoint,
          region,
          credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
        },
        wire,
      )
      await putSmall(
        oss,
        {
          bucket: at.bucket,
          key: 'd/text',
          headers: {},
          body: Buffer.from('hello'),
          forbidOverwrite: true,
        },
        never,
      )
      const [granted] = await f.call('local.grant', { paths: [source], write: true })
      const start = (key: string, message: boolean | 'maybe') =>
        f
          .call('downloads.start', {
            ...at,
            keys: [key],
            target: granted?.id ?? '',
            fileName: null,
            existing: 'fail',
            raw: false,
            keyIds: [],
            range: null,
            message,
            repair: false,
          })
          .then(f.ended)
      expect(await start('d/text', true)).toMatchObject([
        { error: { code: 'message-damaged', part: 'shape' } },
      ])
      expect(await names(source)).toEqual([])
      expect(await start('d/', 'maybe')).toMatchObject([
        { phase: 'done', outcome: { encrypted: false } },
      ])
    } finally {
      wire.close()
      await f.close()
    }
  })
})

describe('a message whose tag is of other bytes than those that were sent', () => {
  /** A file system that tells nothing of a change: the reading for the tag sees another file. */
  const seesAnother = async (pool: WorkerPool, other: string): Promise<WorkerPool> => {
    const identity = await identify(other)
    return {
      ...pool,
      run: (job, options) =>
        pool.run(
          typeof job !== 'function' && job.kind === 'sum' && job.cipher?.kind === 'gcm'
            ? { ...job, source: { path: other, identity } }
            : job,
          options,
        ),
    }
  }

  for (const format of ['sdk-split', 'sdk-message'] as const) {
    test.each([100, 5 * PART])(`${format}, %i bytes: is told, and does not stay`, async (size) => {
      const [path, other] = [join(k.dir, 'source.bin'), join(k.dir, 'other.bin')]
      await writeFile(path, plaintext(size))
      await writeFile(other, plaintext(size))
      const running = { ...k.running(), pool: await seesAnother(k.pool, other) }
      const job = { format, masterKey: async () => ok(kms.key()) }
      expect(await errorOf(k.up(path, job, running))).toEqual({ code: 'source-changed', path })
      expect((await errorOf(k.head('source.bin'))).code).toBe('not-found')
      expect(await k.uploadsLeft()).toBe(0)
      // In parts it is known before anything is replaced.
      const old = plaintext(50)
      if (size > PART) {
        await put('source.bin', old)
        expect((await errorOf(k.up(path, { ...job, replace: true }, running))).code).toBe(
          'source-changed',
        )
        expect((await k.stored('source.bin')).equals(old)).toBe(true)
      }
      await k.up(path, { ...job, replace: true })
      const head = await k.head('source.bin')
      expect(
        readMessage(kms, await k.stored('source.bin'), head.headers).equals(await readFile(path)),
      ).toBe(true)
    })
  }
})

describe('a header that names hundreds of data keys', () => {
  const sealed = (): EncryptedMessage => {
    const { object } = writeMessage(kms, 2, 'message', plaintext(10))
    const message = messageAt(object, object.length)
    return message === null || message === 'more' ? expect.fail('no message') : message
  }
  const many = (message: EncryptedMessage, count: number): EncryptedMessage => ({
    ...message,
    header: {
      ...message.header,
      dataKeys: Array.from({ length: count }, (_, i) => ({
        keyId: CMK.replace('1234567890123456', String(i)),
        wrapped: randomBytes(40),
      })),
    },
  })
  const asking = (error: AppError) => {
    const all = {
      calls: 0,
      key: (): MasterKeyHandle => ({
        ...kms.key(),
        messages: {
          allows: () => true,
          generate: never as never,
          decrypt: async () => (all.calls++, Promise.reject(new Failure(error))),
        },
      }),
    }
    return all
  }

  test('KMS is asked for a few of them', async () => {
    const refusing = asking({ code: 'kms-key', name: '', problem: 'cannot-open', requestId: '' })
    expect(await openMessage(many(sealed(), 900), [refusing.key()], never)).toMatchObject({
      ok: false,
      error: { code: 'kms-key' },
    })
    expect(refusing.calls).toBeLessThanOrEqual(32)
    expect(refusing.calls).toBeGreaterThan(8)
  })

  test.each<AppError>([
    { code: 'unreachable', host: 'kms', reason: 'ETIMEDOUT' },
    { code: 'bad-credentials', reason: 'wrong-secret', requestId: '', service: 'kms' },
    { code: 'clock', minutes: 0, requestId: '', service: 'kms' },
    { code: 'kms', status: 503, kmsCode: 'ServiceUnavailableTemporary', requestId: '' },
  ])('who does not answer at all is asked once: $code', async (error) => {
    const silent = asking(error)
    expect(await openMessage(many(sealed(), 5), [silent.key()], never)).toEqual({
      ok: false,
      error,
    })
    expect(silent.calls).toBe(1)
    // Another key may still open it.
    expect(await openMessage(sealed(), [silent.key(), kms.key()], never)).toMatchObject({
      ok: true,
    })
  })
})

describe('a KMS whose blobs are base64 text, once decoded', () => {
  const known = new Map<string, string>()
  const blobOf = (plaintext: string): string => {
    const blob = toBase64(Buffer.from(randomBytes(48).toString('base64')))
    known.set(blob, plaintext)
    return blob
  }
  const client = {
    encrypt: async (_key: string, plaintext: string) => blobOf(plaintext),
    generateDataKey: async () => {
      const plaintext = toBase64(randomBytes(32).fill(7, 0, 1))
      return { plaintext, blob: blobOf(plaintext), keyId: 'k' }
    },
    decrypt: async (blob: string) => {
      const plaintext = known.get(blob)
      if (plaintext === undefined)
        throw new Failure({ code: 'kms-key', name: '', problem: 'cannot-open', requestId: '' })
      return { plaintext, keyId: 'k' }
    },
  } as unknown as KmsClient
  const key = (writes: MasterKeyHandle['writes']): MasterKeyHandle =>
    kmsMasterKey({
      id: 'k',
      name: 'k',
      description: '',
      writes,
      cmkId: 'k',
      arn: '',
      region: 'cn-hangzhou',
      context: null,
      client,
    })

  for (const writes of ['v2', 'v2-kms-b', 'v1', 'sdk-split'] as const) {
    test.each(['v2', 'v2-kms-b', 'v1'] as const)(
      `a key that writes ${writes} opens the %s that it sealed`,
      async (format) => {
        const { envelope, dataKey, counter } = valueOf(
          await newEnvelope(key(writes), format, never),
        )
        const read = recognise(readHeaders(Object.entries(serializeEnvelope(envelope))))
        const opened = valueOf(
          await open(
            read.kind === 'encrypted' ? read.envelope : expect.fail(read.kind),
            [key('v2')],
            never,
          ),
        )
        expect([
          Buffer.compare(opened.dataKey.bytes, dataKey.bytes),
          Buffer.compare(opened.counter, counter),
        ]).toEqual([0, 0])
      },
    )
  }
})

test('a data key is wiped when what goes with it cannot be had', async () => {
  const { envelope } = valueOf(await newEnvelope(kms.key(), 'v2', never))
  for (const error of [
    { code: 'cancelled' },
    { code: 'unreachable', host: 'kms', reason: 'ECONNRESET' },
  ] as const) {
    const given: Uint8Array[] = []
    const half: MasterKeyHandle = {
      ...kms.key(),
      unwrap: async () => {
        if (given.length > 0) throw new Failure(error)
        given.push(Uint8Array.from(randomBytes(32)))
        return given[0] as Uint8Array
      },
    }
    expect(await open(envelope, [half], never)).toEqual({ ok: false, error })
    expect(given.map((bytes) => bytes.every((byte) => byte === 0))).toEqual([true])
  }
})

test('cancel while the master key of an upload is looked for', async () => {
  const path = join(k.dir, 'source.bin')
  await writeFile(path, plaintext(10))
  const control = openControl()
  const masterKey = (signal: AbortSignal) =>
    new Promise<ReturnType<typeof fail>>((resolve) => {
      signal.addEventListener('abort', () => resolve(fail({ code: 'cancelled' })), { once: true })
      setTimeout(() => control.cancel(), 10)
    })
  expect(await errorOf(k.up(path, { masterKey }, k.running(control)))).toEqual({
    code: 'cancelled',
  })
})

test('what is opened with a key that goes while the keys are looked up is not remembered', async () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const cache = openedCache()
  const far: MasterKeyHandle = {
    ...rsaMasterKey({ id: 'far', name: 'far', description: '', writes: 'v2', ...pair }),
    kind: 'command',
  }
  const { envelope } = valueOf(await newEnvelope({ ...far, kind: 'rsa' }, 'v2', never))
  const candidates = async () => {
    cache.clear()
    return ok([far])
  }
  const kept: string[] = []
  const opened = {
    ...cache,
    keep: (...[name, one, era]: Parameters<typeof cache.keep>) => (
      kept.push(name),
      cache.keep(name, one, era)
    ),
  }
  const { envelope: opener } = openersFor({ catalog: { candidates } as never, opened }, [], {
    profileId: 'p',
    bucket: 'b',
    key: 'k',
  })
  valueOf(await opener(envelope, never)).dataKey[Symbol.dispose]()
  expect(kept.map((name) => cache.take(name))).toEqual([null])
})
