import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import forge from 'node-forge'
import { describe, expect, test } from 'vitest'
import { Failure, type AppError, type Result } from '../../shared/contract/errors.ts'
import type { MasterKey, WriteFormat } from '../../shared/contract/models.ts'
import { fromBase64, toBase64 } from '../../shared/format/base64.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { serializeEnvelope, type Envelope } from '../../shared/format/envelope/envelope.ts'
import type { MessageHeader, EncryptedMessage } from '../../shared/format/message/message.ts'
import { isRefusal, triedAll } from '../../electron/core/base/attempt.ts'
import { openMessage, newMessage } from '../../electron/core/keys/keyring-messages.ts'
import { newEnvelope, open, type Opened } from '../../electron/core/keys/keyring.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { openedCache } from '../../electron/core/keys/opened-cache.ts'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'
import { rsaMasterKey } from '../../electron/core/keys/rsa-master-key.ts'
import { DataKey } from '../../electron/core/cipher/data-key.ts'
import { fakeKms } from './transfer-message-kit.ts'

const never = new AbortController().signal
const value = <T>(result: Result<T>): T =>
  result.ok ? result.value : expect.fail(JSON.stringify(result.error))
const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const rsa = (writes: WriteFormat = 'v2', halves = pair, name = 'mine'): MasterKeyHandle =>
  rsaMasterKey({ id: name, name, description: '{"a":"b"}', writes, ...halves })
const OAEP = { algorithm: 'RSA/NONE/OAEPWithSHA-1AndMGF1Padding', payload: 'bytes' } as const

describe('OAEP', () => {
  test('node-forge agrees both ways', async () => {
    const theirs = forge.pki.privateKeyFromPem(
      pair.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    )
    for (const length of [0, 1, 16, 32, 100]) {
      const secret = randomBytes(length)
      const wrapped = await rsa().wrap(secret, OAEP, never)
      expect(theirs.decrypt(Buffer.from(wrapped).toString('latin1'), 'RSA-OAEP')).toBe(
        secret.toString('latin1'),
      )
      const back = await rsa().unwrap(
        Buffer.from(
          forge.pki
            .setRsaPublicKey(theirs.n, theirs.e)
            .encrypt(secret.toString('latin1'), 'RSA-OAEP'),
          'latin1',
        ),
        OAEP,
        never,
      )
      expect(Buffer.from(back).equals(secret)).toBe(true)
    }
  })

  test('one error for everything that is wrong', async () => {
    const wrapped = await rsa().wrap(Buffer.alloc(32), OAEP, never)
    const flipped = Uint8Array.from(wrapped).fill(9, 10, 11)
    const wrong: readonly (readonly [string, Uint8Array])[] = [
      ['empty', new Uint8Array(0)],
      ['short', wrapped.subarray(1)],
      ['long', Buffer.concat([wrapped, Buffer.of(0)])],
      ['above the modulus', Buffer.alloc(256, 0xff)],
      ['zero', Buffer.alloc(256)],
      ['changed', flipped],
      ['by another key', await rsa('v2', other).wrap(Buffer.alloc(32), OAEP, never)],
      [
        'the other padding',
        await rsa().wrap(Buffer.alloc(32), { ...OAEP, algorithm: 'RSA/NONE/PKCS1Padding' }, never),
      ],
      [
        'another hash',
        publicEncrypt(
          { key: pair.publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
          Buffer.alloc(32),
        ),
      ],
      [
        'a label',
        publicEncrypt(
          {
            key: pair.publicKey,
            padding: constants.RSA_PKCS1_OAEP_PADDING,
            oaepLabel: Buffer.of(1),
          },
          Buffer.alloc(32),
        ),
      ],
    ]
    for (const [name, bytes] of wrong) {
      const failure: unknown = await rsa()
        .unwrap(bytes, OAEP, never)
        .catch((cause: unknown) => cause)
      expect([name, (failure as Failure).error]).toEqual([
        name,
        { code: 'wrong-master-key', tried: ['mine'] },
      ])
    }
  })
})

describe('formats of envelopes', () => {
  test.each([
    ['v2', 'v2', 'RSA/NONE/PKCS1Padding', '{"a":"b"}'],
    ['v2-oaep', 'v2', OAEP.algorithm, '{"a":"b"}'],
    ['v1', 'v1', OAEP.algorithm, ''],
  ] as const)(
    '%s under an RSA key, which opens all of them',
    async (format, written, wrapAlgorithm, keyDescription) => {
      const starts = new Set<string>()
      for (let i = 0; i < 40; i++) {
        const { envelope, dataKey, counter } = value(await newEnvelope(rsa(), format, never))
        expect(envelope).toMatchObject({ format: written, wrapAlgorithm, keyDescription })
        const read = recognise(readHeaders(Object.entries(serializeEnvelope(envelope))))
        if (read.kind !== 'encrypted') return expect.fail(read.kind)
        const opened = value(await open(read.envelope, [rsa('v2', other, 'wrong'), rsa()], never))
        expect(opened).toMatchObject({ keyName: 'mine', keyKind: 'rsa', oddCounter: false })
        expect([
          Buffer.compare(opened.dataKey.bytes, dataKey.bytes),
          Buffer.compare(opened.counter, counter),
        ]).toEqual([0, 0])
        starts.add(Buffer.from(counter).toString('hex'))
      }
      // V1 counts from 1 to 10 and from nowhere else, as the old Python SDK does.
      if (format === 'v1')
        expect([...starts].every((start) => /^0{31}[1-9a]$/.test(start)) && starts.size > 3).toBe(
          true,
        )
      else expect(starts.size).toBe(40)
    },
  )

  test('V1 is what an independent reader makes of it', async () => {
    const { envelope, dataKey, counter } = value(await newEnvelope(rsa(), 'v1', never))
    const oaep = (bytes: Uint8Array) =>
      privateDecrypt({ key: pair.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING }, bytes)
    expect(oaep(envelope.wrappedDataKey).equals(dataKey.bytes)).toBe(true)
    expect(BigInt(oaep(envelope.wrappedCounter).toString())).toBe(
      BigInt(`0x${Buffer.from(counter).toString('hex')}`),
    )
  })

  const digits = async (text: string): Promise<Envelope> => ({
    ...value(await newEnvelope(rsa(), 'v1', never)).envelope,
    wrappedCounter: await rsa().wrap(Buffer.from(text), OAEP, never),
  })
  test.each(['', '-1', '1.5', ' 8', '8 ', '0x8', String(2n ** 128n), '1'.repeat(40), 'eight'])(
    'V1 with the counter %j is damaged',
    async (text) => {
      expect(await open(await digits(text), [rsa()], never)).toEqual({
        ok: false,
        error: { code: 'not-an-envelope', header: 'oss-crypto-start', problem: 'invalid' },
      })
    },
  )
  test.each([
    ['0', '0'.repeat(32)],
    ['8', `${'0'.repeat(31)}8`],
    [String(2n ** 128n - 1n), 'f'.repeat(32)],
  ])('V1 with the counter %s', async (text, hex) => {
    expect(
      Buffer.from(value(await open(await digits(text), [rsa()], never)).counter).toString('hex'),
    ).toBe(hex)
  })

  test('a counter that no SDK writes is used as it is, and told', async () => {
    const counter = Buffer.from('8c3207b09a9bfa6611223344ac1992b4', 'hex')
    const { envelope } = value(await newEnvelope(rsa(), 'v2', never))
    const odd = {
      ...envelope,
      wrappedCounter: await rsa().wrap(
        counter,
        { algorithm: envelope.wrapAlgorithm, payload: 'bytes' },
        never,
      ),
    }
    const opened = value(await open(odd, [rsa()], never))
    expect([Buffer.from(opened.counter).equals(counter), opened.oddCounter]).toEqual([true, true])
  })

  test('a KMS key: both forms, whichever of the two the key writes by itself', async () => {
    const kms = fakeKms()
    for (const writes of ['v2', 'v2-kms-b'] as const) {
      for (const format of ['v2', 'v2-kms-b', 'v1'] as const) {
        const wrap: MasterKeyHandle['wrap'] = async (bytes) =>
          writes === 'v2' ? kms.wrap(bytes) : Buffer.from(kms.wrap(bytes).toString('base64'))
        const { envelope, dataKey } = value(
          await newEnvelope({ ...kms.key(), writes, wrap }, format, never),
        )
        const text = Buffer.from(envelope.wrappedDataKey).toString('latin1')
        expect(fromBase64(text) !== null).toBe(format === 'v2-kms-b')
        if (format === 'v1') continue
        expect(
          Buffer.compare(
            value(await open(envelope, [kms.key()], never)).dataKey.bytes,
            dataKey.bytes,
          ),
        ).toBe(0)
      }
    }
  })

  const kinds: readonly (readonly [MasterKey['kind'], readonly WriteFormat[]])[] = [
    ['rsa', ['v2-kms-b', 'sdk-split', 'sdk-message']],
    ['kms', ['v2-oaep', 'sdk-split']],
    ['command', ['v2-oaep', 'v1', 'v2-kms-b']],
  ]
  test.each(kinds)(
    'what a key of the kind %s does not write as an envelope',
    async (kind, formats) => {
      for (const format of formats)
        expect(await newEnvelope({ ...rsa(), kind }, format, never)).toEqual({
          ok: false,
          error: { code: 'format-not-for-key', format, kind },
        })
    },
  )
})

describe('several keys', () => {
  const failing = (name: string, error: AppError): MasterKeyHandle => ({
    ...fakeKms().key(),
    name,
    unwrap: () => Promise.reject(new Failure(error)),
  })
  const closed = (name: string): AppError => ({
    code: 'kms-key',
    name,
    problem: 'cannot-open',
    requestId: '',
  })
  const down: AppError = { code: 'unreachable', host: 'kms', reason: 'ECONNREFUSED' }
  const refused: AppError = { code: 'command-failed', name: 'p', problem: 'refused', detail: '' }
  const dead: AppError = { code: 'command-failed', name: 'p', problem: 'timed-out', detail: '5' }
  const damaged: AppError = { code: 'not-an-envelope', header: 'h', problem: 'invalid' }
  const wrong: AppError = { code: 'wrong-master-key', tried: ['x'] }
  const tried = [{ name: 'a' }, { name: 'b' }]
  test.each<[string, readonly AppError[], AppError]>([
    ['all refuse', [wrong, wrong], { code: 'wrong-master-key', tried: ['a', 'b'] }],
    ['KMS refuses', [closed('a'), closed('b')], closed('a')],
    ['a wrong key, and KMS that is down', [closed('a'), down], down],
    ['down first', [down, closed('a')], down],
    ['a program that refuses, and one that hangs', [refused, dead], dead],
    ['damage is the news', [down, damaged], damaged],
    ['a program that refuses', [refused, wrong], refused],
  ])('what is told: %s', (_, troubles, told) => {
    expect(triedAll(troubles, tried)).toEqual(told)
    expect(troubles.map(isRefusal)).toEqual(
      troubles.map((error) => error === wrong || error === refused || error.code === 'kms-key'),
    )
  })

  test('one that cannot be asked does not keep the next from opening; a cancelled wait ends the round', async () => {
    const kms = fakeKms()
    const { envelope } = value(await newEnvelope(kms.key(), 'v2', never))
    expect(
      value(
        await open(envelope, [failing('a', down), failing('b', closed('b')), kms.key()], never),
      ),
    ).toMatchObject({ keyName: 'in KMS' })
    const calls = kms.calls
    expect(await open(envelope, [failing('a', { code: 'cancelled' }), kms.key()], never)).toEqual({
      ok: false,
      error: { code: 'cancelled' },
    })
    expect(kms.calls).toBe(calls)
  })
})

describe('messages', () => {
  const kms = fakeKms()
  const CONTEXT = new Map([
    ['zone', 'é'],
    ['a', ''],
  ])
  const write = async (algorithm = 2): Promise<EncryptedMessage> => {
    const { header, iv } = value(await newMessage(kms.key(), algorithm, CONTEXT, never))
    return {
      form: 'message',
      header,
      iv,
      tag: null,
      content: { offset: 0, length: 0 },
      tagAt: null,
    }
  }
  const changed = (
    message: EncryptedMessage,
    header: Partial<MessageHeader>,
  ): EncryptedMessage => ({
    ...message,
    header: { ...message.header, ...header },
  })

  test.each([
    [1, 'gcm', 16],
    [2, 'gcm', 32],
    [3, 'cbc', 16],
    [4, 'cbc', 32],
    [5, 'cbc', 16],
    [6, 'cbc', 32],
    [7, 'ctr', 16],
    [8, 'ctr', 32],
  ] as const)('algorithm %s', async (algorithm, mode, bytes) => {
    const { header, iv, dataKey, counter } = value(
      await newMessage(kms.key(), algorithm, CONTEXT, never),
    )
    const message: EncryptedMessage = {
      form: 'split',
      header,
      iv,
      tag: new Uint8Array(),
      content: { offset: 0, length: null },
      tagAt: null,
    }
    const opened = value(await openMessage(message, [kms.key()], never))
    expect([
      opened.dataKey.bytes.length,
      Buffer.compare(opened.dataKey.bytes, dataKey.bytes),
      Buffer.compare(opened.counter, counter),
    ]).toEqual([bytes, 0, 0])
    if (mode !== 'gcm') return expect(Buffer.compare(opened.counter, iv)).toBe(0)
    // The counter is where GCM begins: CTR from there gives the same ciphertext.
    const plain = randomBytes(100)
    const gcm = createCipheriv(
      bytes === 16 ? 'aes-128-gcm' : 'aes-256-gcm',
      dataKey.bytes,
      iv,
    ).update(plain)
    expect(
      createDecipheriv(bytes === 16 ? 'aes-128-ctr' : 'aes-256-ctr', dataKey.bytes, opened.counter)
        .update(gcm)
        .equals(plain),
    ).toBe(true)
  })

  const flip = (bytes: Uint8Array, at: number) =>
    Uint8Array.from(bytes, (byte, i) => (i === at ? byte ^ 1 : byte))
  test.each([1, 2, 3, 6, 7, 8])(
    'algorithm %s: a header with another tag, vector, version or algorithm is damaged, before anything is answered',
    async (algorithm) => {
      const message = await write(algorithm)
      const { headerTag, headerIv } = message.header
      const cases = [
        { headerTag: flip(headerTag, 0) },
        { headerTag: flip(headerTag, 15) },
        { headerIv: flip(headerIv, 3) },
        { version: 2 },
        ...[1, 2, 3, 4, 5, 6, 7, 8]
          .filter((one) => one !== algorithm)
          .map((one) => ({ algorithm: one })),
      ]
      for (const change of cases)
        expect(await openMessage(changed(message, change), [kms.key()], never)).toEqual({
          ok: false,
          error: { code: 'message-damaged', part: 'header' },
        })
    },
  )

  test('another context is refused by KMS; a data key of another message is not believed', async () => {
    const [message, second] = [await write(), await write()]
    expect(
      await openMessage(changed(message, { context: new Map() }), [kms.key()], never),
    ).toMatchObject({ error: { code: 'kms-key', problem: 'cannot-open' } })
    expect(
      await openMessage(changed(message, { dataKeys: second.header.dataKeys }), [kms.key()], never),
    ).toEqual({ ok: false, error: { code: 'message-damaged', part: 'header' } })
  })

  test('several data keys: only allowed ones are asked, in their order, until one opens', async () => {
    const one = await write()
    const [mine] = one.header.dataKeys
    if (mine === undefined) return expect.fail()
    const asked: string[] = []
    const key = (allowed: readonly string[]): MasterKeyHandle => {
      const handle = kms.key()
      const messages = handle.messages
      if (messages === null) return handle
      return {
        ...handle,
        messages: {
          ...messages,
          allows: (keyId) => allowed.includes(keyId),
          decrypt: (dataKey, context, signal) => (
            asked.push(toBase64(dataKey.wrapped).slice(0, 4)),
            messages.decrypt(dataKey, context, signal)
          ),
        },
      }
    }
    const broken = { keyId: 'other', wrapped: Buffer.from('nothing that KMS knows') }
    const both = changed(one, { dataKeys: [broken, mine] })
    // The tag covers all of them: with one more it does not fit, and says so.
    expect(await openMessage(both, [key([mine.keyId])], never)).toMatchObject({
      error: { code: 'message-damaged' },
    })
    expect(asked).toHaveLength(1)
    expect(await openMessage(both, [key(['other'])], never)).toMatchObject({
      error: { code: 'kms-key', problem: 'cannot-open' },
    })
    expect(await openMessage(both, [key(['nobody'])], never)).toEqual({
      ok: false,
      error: { code: 'unknown-master-key', description: `other, ${mine.keyId}` },
    })
    expect(await openMessage(one, [rsa(), key([mine.keyId])], never)).toMatchObject({
      ok: true,
      value: { keyName: 'in KMS' },
    })
    expect(asked).toHaveLength(3)
  })

  test('SM4 is named, and a key that is not in KMS writes none', async () => {
    expect(await openMessage(changed(await write(), { algorithm: 9 }), [kms.key()], never)).toEqual(
      { ok: false, error: { code: 'unsupported-format', format: 'sdk-sm4' } },
    )
    expect(await newMessage(rsa(), 2, CONTEXT, never)).toEqual({
      ok: false,
      error: { code: 'bad-request', detail: 'format' },
    })
    expect(await newMessage({ ...kms.key(), canWrap: false }, 2, CONTEXT, never)).toMatchObject({
      error: { code: 'key-not-usable' },
    })
  })

  test('law: no header with a bit changed opens', async () => {
    const message = await write()
    const [mine] = message.header.dataKeys
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: (mine?.wrapped.length ?? 0) * 8 - 1 }), async (bit) => {
        const wrapped = Uint8Array.from(mine?.wrapped ?? [], (byte, i) =>
          i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
        )
        expect(
          await openMessage(
            changed(message, { dataKeys: [{ keyId: mine?.keyId ?? '', wrapped }] }),
            [kms.key()],
            never,
          ),
        ).toMatchObject({ ok: false })
      }),
      { numRuns: 200 },
    )
  })
})

describe('what was opened is kept for a while', () => {
  const opened = (keyKind: MasterKey['kind'] = 'kms', byte = 1): Opened => ({
    dataKey: new DataKey(Buffer.alloc(32, byte)),
    counter: Buffer.alloc(16, byte),
    keyId: 'k',
    keyName: 'K',
    keyKind,
    oddCounter: false,
  })
  test('copies go in and out, each with its own end', () => {
    const cache = openedCache()
    const mine = opened()
    cache.keep('a', mine, cache.era())
    mine.dataKey[Symbol.dispose]()
    mine.counter.fill(0)
    const first = cache.take('a')
    expect([first?.dataKey.bytes[0], first?.counter[0], cache.take('b')]).toEqual([1, 1, null])
    first?.dataKey[Symbol.dispose]()
    expect(cache.take('a')?.dataKey.bytes[31]).toBe(1)
  })
  test('the least used leaves first, and what leaves or is replaced is wiped', () => {
    const wiped: number[] = []
    const dispose = DataKey.prototype[Symbol.dispose]
    DataKey.prototype[Symbol.dispose] = function () {
      wiped.push(this.bytes[0] ?? 0)
      dispose.call(this)
    }
    try {
      const cache = openedCache(2)
      for (const [name, byte] of [
        ['a', 1],
        ['b', 2],
        ['a', 3],
      ] as const)
        cache.keep(name, opened('command', byte), cache.era())
      expect([cache.take('a')?.counter[0], wiped]).toEqual([3, [1]])
      cache.keep('c', opened('command', 4), cache.era())
      expect([
        cache.take('a')?.counter[0],
        cache.take('b'),
        cache.take('c')?.counter[0],
        wiped,
      ]).toEqual([3, null, 4, [1, 2]])
      cache.clear()
      expect(wiped).toEqual([1, 2, 3, 4])
    } finally {
      DataKey.prototype[Symbol.dispose] = dispose
    }
  })
  test('keys that are here are not kept; nothing comes in after the cache was emptied', () => {
    const cache = openedCache()
    cache.keep('rsa', opened('rsa'), cache.era())
    const era = cache.era()
    cache.keep('a', opened(), era)
    cache.clear()
    cache.keep('late', opened(), era)
    expect([cache.take('rsa'), cache.take('a'), cache.take('late')]).toEqual([null, null, null])
    cache.keep('late', opened(), cache.era())
    expect(cache.take('late')).not.toBeNull()
  })
})

interface SdkVector {
  readonly id: string
  readonly format: string
  readonly ciphertext: string
  readonly metadata: Readonly<Record<string, string>>
  readonly expected_plaintext_sha256: string
  readonly key: {
    readonly type?: string
    readonly private_pkcs1_pem?: string
    readonly blobs?: Readonly<Record<string, string>>
    readonly plaintext_key_base64?: string
    readonly plaintext_start?: string
  }
}
const shared = new URL('../../../shared/vectors/', import.meta.url)
const present = existsSync(new URL('vectors.json', shared))
if (!present)
  console.warn(
    'SKIPPED: objects written by the SDKs, for want of ../shared/vectors; test/vectors covers the formats',
  )
const vectors = present
  ? (
      JSON.parse(readFileSync(new URL('vectors.json', shared), 'utf8')) as {
        vectors: readonly SdkVector[]
      }
    ).vectors
  : []

describe.skipIf(!present)('objects written by the SDKs', () => {
  /** A KMS that knows these blobs and no others. */
  const mock = (
    { blobs = {}, plaintext_key_base64: dataKey, plaintext_start: start }: SdkVector['key'],
    { metadata }: SdkVector,
  ): MasterKeyHandle => {
    const known = {
      ...blobs,
      ...(dataKey !== undefined && { [metadata['x-oss-meta-oss-crypto-key'] ?? '']: dataKey }),
      ...(start !== undefined && { [metadata['x-oss-meta-oss-crypto-start'] ?? '']: start }),
    }
    return {
      ...fakeKms().key(),
      async unwrap(bytes, { payload }) {
        const text = [toBase64(bytes), Buffer.from(bytes).toString('latin1')]
          .map((blob) => known[blob])
          .find((one) => one !== undefined)
        if (text === undefined)
          throw new Failure({
            code: 'kms-key',
            name: 'mock',
            problem: 'cannot-open',
            requestId: '',
          })
        return payload === 'digits' ? Buffer.from(text) : Buffer.from(text, 'base64')
      },
    }
  }
  test.each(vectors.map((vector) => [vector.id, vector] as const))('%s', async (_, vector) => {
    const recognised = recognise(readHeaders(Object.entries(vector.metadata)))
    if (recognised.kind !== 'encrypted') throw new Error(recognised.kind)
    const pem = vector.key.private_pkcs1_pem
    const key =
      pem === undefined
        ? mock(vector.key, vector)
        : rsaMasterKey({
            id: '1',
            name: 'sdk',
            description: '',
            writes: 'v2',
            ...value(await readKeyFile(Buffer.from(pem), null)),
          })
    const opened = value(await open(recognised.envelope, [rsa(), key], never))
    const plain = createDecipheriv('aes-256-ctr', opened.dataKey.bytes, opened.counter).update(
      readFileSync(new URL(vector.ciphertext, shared)),
    )
    expect(createHash('sha256').update(plain).digest('hex')).toBe(vector.expected_plaintext_sha256)
  })
})
