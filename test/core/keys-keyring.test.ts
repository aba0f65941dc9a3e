import {
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  publicEncrypt,
  constants,
  type KeyObject,
} from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import forge from 'node-forge'
import { describe, expect, test } from 'vitest'
import { Failure, ok } from '../../shared/contract/errors.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import type { Envelope } from '../../shared/format/envelope/envelope.ts'
import { firstUse } from '../../electron/core/keys/catalog/key-opening.ts'
import { inOrder, named } from '../../electron/core/keys/key-order.ts'
import { proves } from '../../electron/core/keys/key-proof.ts'
import { damagedRecord } from '../../electron/core/keys/catalog/key-record.ts'
import { newEnvelope, open } from '../../electron/core/keys/keyring.ts'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { readKeyFile } from '../../electron/core/keys/files/key-file.ts'
import { rsaMasterKey, unpad } from '../../electron/core/keys/rsa-master-key.ts'
import { DataKey } from '../../electron/core/cipher/data-key.ts'

const pairs = {
  a: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  b: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  odd: generateKeyPairSync('rsa', { modulusLength: 1531 }),
}
const handle = (
  which: keyof typeof pairs,
  change: { readonly privateKey?: KeyObject | null; readonly description?: string } = {},
): MasterKeyHandle =>
  rsaMasterKey({
    id: `id-${which}`,
    name: which,
    description: '',
    writes: 'v2',
    ...pairs[which],
    ...change,
  })
const never = new AbortController().signal
const PKCS1 = { algorithm: 'RSA/NONE/PKCS1Padding', payload: 'bytes' } as const
const publicOnly = (which: keyof typeof pairs) => handle(which, { privateKey: null })

describe('unpadding', () => {
  const pad = (count: number, rest = '00aabb') =>
    Buffer.from(`0002${'11'.repeat(count)}${rest}`, 'hex')
  test.each([
    ['eight bytes of padding', pad(8), 'aabb'],
    ['many', pad(200), 'aabb'],
    ['nothing inside', pad(8, '00'), ''],
    ['zeros inside', pad(8, '0000000000'), '00000000'],
  ])('%s', (_, block, expected) => {
    expect(Buffer.from(unpad(block) ?? Buffer.from('none')).toString('hex')).toBe(expected)
  })
  test.each([
    ['seven bytes of padding', pad(7)],
    ['no padding', pad(0)],
    ['no zero after it', pad(8, 'aabb')],
    ['a first byte that is not 0', Buffer.concat([Buffer.of(1), pad(8).subarray(1)])],
    ['block type 1', Buffer.concat([Buffer.of(0, 1), pad(8).subarray(2)])],
    ['block type 0', Buffer.concat([Buffer.of(0, 0), pad(8).subarray(2)])],
    ['nothing', Buffer.alloc(0)],
    ['two bytes', Buffer.of(0, 2)],
    ['zeros', Buffer.alloc(128)],
  ])('refuses %s', (_, block) => {
    expect(unpad(block)).toBeNull()
  })
})

describe('RSA master key', () => {
  test.each(['a', 'b', 'odd'] as const)(
    '%s: unwraps what it wrapped, and node-forge agrees both ways',
    async (which) => {
      const key = handle(which)
      const theirs = forge.pki.privateKeyFromPem(
        pairs[which].privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      )
      for (const length of [0, 1, 16, 32, 100]) {
        const secret = Buffer.alloc(length, 0x5a)
        const wrapped = await key.wrap(secret, PKCS1, never)
        expect(Buffer.from(await key.unwrap(wrapped, PKCS1, never)).equals(secret)).toBe(true)
        expect(theirs.decrypt(Buffer.from(wrapped).toString('latin1'), 'RSAES-PKCS1-V1_5')).toBe(
          secret.toString('latin1'),
        )
        const back = await key.unwrap(
          Buffer.from(
            forge.pki
              .setRsaPublicKey(theirs.n, theirs.e)
              .encrypt(secret.toString('latin1'), 'RSAES-PKCS1-V1_5'),
            'latin1',
          ),
          PKCS1,
          never,
        )
        expect(Buffer.from(back).equals(secret)).toBe(true)
      }
    },
  )

  test('one error for everything that is wrong', async () => {
    const key = handle('a')
    const wrapped = await key.wrap(Buffer.alloc(32), PKCS1, never)
    const raw = (block: Buffer) =>
      publicEncrypt({ key: pairs.a.publicKey, padding: constants.RSA_NO_PADDING }, block)
    const flipped = Uint8Array.from(wrapped)
    flipped[10] = (flipped[10] ?? 0) ^ 1
    const wrong: readonly (readonly [string, Uint8Array])[] = [
      ['empty', new Uint8Array(0)],
      ['short', wrapped.subarray(1)],
      ['long', Buffer.concat([wrapped, Buffer.of(0)])],
      ['above the modulus', Buffer.alloc(256, 0xff)],
      ['zero', Buffer.alloc(256)],
      ['bit flipped', flipped],
      ['by another key', await handle('b').wrap(Buffer.alloc(32), PKCS1, never)],
      ['no padding', raw(Buffer.concat([Buffer.of(0), Buffer.alloc(255, 7)]))],
      [
        'signature padding',
        raw(
          Buffer.concat([Buffer.of(0, 1), Buffer.alloc(221, 0xff), Buffer.of(0), Buffer.alloc(32)]),
        ),
      ],
    ]
    for (const [name, bytes] of wrong) {
      const failure: unknown = await key
        .unwrap(bytes, PKCS1, never)
        .catch((cause: unknown) => cause)
      expect([name, failure]).toEqual([
        name,
        new Failure({ code: 'wrong-master-key', tried: ['a'] }),
      ])
      expect((failure as Failure).error).toEqual({ code: 'wrong-master-key', tried: ['a'] })
    }
  })

  test('a wrapped value without its leading zero is not the one that was written', async () => {
    const key = handle('a')
    let wrapped = await key.wrap(Buffer.alloc(32), PKCS1, never)
    while (wrapped[0] !== 0) wrapped = await key.wrap(Buffer.alloc(32), PKCS1, never)
    expect(await key.unwrap(wrapped, PKCS1, never)).toHaveLength(32)
    await expect(key.unwrap(wrapped.subarray(1), PKCS1, never)).rejects.toMatchObject({
      error: { code: 'wrong-master-key' },
    })
  })

  test('closed, it does nothing any more; with only the public half it says so', async () => {
    const key = handle('a')
    const wrapped = await key.wrap(Buffer.alloc(32), PKCS1, never)
    key[Symbol.dispose]()
    await expect(key.wrap(Buffer.alloc(32), PKCS1, never)).rejects.toThrow('after it was closed')
    await expect(key.unwrap(wrapped, PKCS1, never)).rejects.toThrow('after it was closed')
    await expect(publicOnly('a').unwrap(wrapped, PKCS1, never)).rejects.toMatchObject({
      error: { code: 'key-not-usable', reason: 'public-half-only' },
    })
    expect(publicOnly('a')).toMatchObject({ canWrap: true, canUnwrap: false })
  })
})

describe('keyring', () => {
  test('opens what it sealed; nothing is ever used twice', async () => {
    const seen = new Set<string>()
    for (let i = 0; i < 50; i++) {
      const sealed = await newEnvelope(handle('a', { description: '{"a":"b"}' }), 'v2', never)
      if (!sealed.ok) throw new Error(sealed.error.code)
      const { dataKey, counter, envelope } = sealed.value
      expect(envelope).toMatchObject({
        contentAlgorithm: 'AES/CTR/NoPadding',
        wrapAlgorithm: 'RSA/NONE/PKCS1Padding',
        keyDescription: '{"a":"b"}',
        dataSize: null,
        partSize: null,
      })
      expect([
        dataKey.bytes.length,
        counter.length,
        dataKey.bytes[0] === 0,
        Buffer.from(counter).subarray(8, 12).toString('hex'),
      ]).toEqual([32, 16, false, '00000000'])
      const opened = await open(envelope, [handle('b'), publicOnly('a'), handle('a')], never)
      if (!opened.ok) throw new Error(opened.error.code)
      expect([opened.value.keyId, opened.value.keyName]).toEqual(['id-a', 'a'])
      expect(Buffer.compare(opened.value.dataKey.bytes, dataKey.bytes)).toBe(0)
      expect(Buffer.compare(opened.value.counter, counter)).toBe(0)
      seen.add(Buffer.from(dataKey.bytes).toString('hex')).add(Buffer.from(counter).toString('hex'))
    }
    expect(seen.size).toBe(100)
  })

  test('no data key begins with 0, as in the Java SDK', async () => {
    const plainly: MasterKeyHandle = {
      ...handle('a'),
      wrap: async (bytes) => Uint8Array.from(bytes),
    }
    for (let i = 0; i < 3000; i++) {
      const sealed = await newEnvelope(plainly, 'v2', never)
      expect(sealed.ok && sealed.value.dataKey.bytes[0] !== 0).toBe(true)
    }
  })

  const sealedBy = async (which: keyof typeof pairs): Promise<Envelope> => {
    const sealed = await newEnvelope(handle(which, { description: '{"k":"1"}' }), 'v2', never)
    return sealed.ok ? sealed.value.envelope : expect.fail()
  }
  test('no candidate, wrong candidates, only public halves: three different errors', async () => {
    const envelope = await sealedBy('a')
    expect(await open(envelope, [], never)).toEqual({
      ok: false,
      error: { code: 'unknown-master-key', description: '{"k":"1"}' },
    })
    expect(await open(envelope, [handle('b'), handle('odd')], never)).toEqual({
      ok: false,
      error: { code: 'wrong-master-key', tried: ['b', 'odd'] },
    })
    expect(await open(envelope, [publicOnly('a')], never)).toEqual({
      ok: false,
      error: { code: 'key-not-usable', name: 'a', reason: 'public-half-only' },
    })
  })
  test('the algorithm is compared without regard to case or blanks, and a key of another kind is not tried', async () => {
    const envelope = await sealedBy('a')
    expect(
      await open({ ...envelope, wrapAlgorithm: ' rsa/none/pkcs1padding ' }, [handle('a')], never),
    ).toMatchObject({ ok: true })
    expect(
      await open({ ...envelope, wrapAlgorithm: 'KMS/ALICLOUD' }, [handle('a')], never),
    ).toMatchObject({ ok: false, error: { code: 'unknown-master-key' } })
  })
  test.each([
    ['a data key of 16 bytes', 16, 16, 'key'],
    ['a data key of 31 bytes', 31, 16, 'key'],
    ['a counter of 15 bytes', 32, 15, 'start'],
    ['a counter of 32 bytes', 32, 32, 'start'],
    ['an empty counter', 32, 0, 'start'],
  ])(
    '%s is not believed, and is damage: the other half opens',
    async (_, keyBytes, counterBytes, header) => {
      const envelope = await sealedBy('a')
      const key = handle('a')
      const changed = {
        ...envelope,
        wrappedDataKey: await key.wrap(Buffer.alloc(keyBytes, 1), PKCS1, never),
        wrappedCounter: await key.wrap(Buffer.alloc(counterBytes, 1), PKCS1, never),
      }
      expect(await open(changed, [key], never)).toEqual({
        ok: false,
        error: {
          code: 'not-an-envelope',
          header: `client-side-encryption-${header}`,
          problem: 'invalid',
        },
      })
      expect(await open(changed, [handle('b')], never)).toEqual({
        ok: false,
        error: { code: 'wrong-master-key', tried: ['b'] },
      })
    },
  )
  test('neither half as long as it must be: not this key', async () => {
    const [envelope, key] = [await sealedBy('a'), handle('a')]
    const changed = {
      ...envelope,
      wrappedDataKey: await key.wrap(Buffer.alloc(16, 1), PKCS1, never),
      wrappedCounter: await key.wrap(Buffer.alloc(32, 1), PKCS1, never),
    }
    expect(await open(changed, [key], never)).toEqual({
      ok: false,
      error: { code: 'wrong-master-key', tried: ['a'] },
    })
  })
  test('a counter of another envelope under another key does not open', async () => {
    const [first, second] = [await sealedBy('a'), await sealedBy('b')]
    expect(
      await open(
        { ...first, wrappedCounter: second.wrappedCounter },
        [handle('a'), handle('b')],
        never,
      ),
    ).toMatchObject({ ok: false, error: { code: 'not-an-envelope' } })
  })
  test('a key that may not wrap does not seal', async () => {
    expect(await newEnvelope({ ...handle('a'), canWrap: false }, 'v2', never)).toMatchObject({
      ok: false,
      error: { code: 'key-not-usable' },
    })
  })
  test('a bug in a key is not taken for a wrong key', async () => {
    const envelope = await sealedBy('a')
    const broken: MasterKeyHandle = {
      ...handle('a'),
      unwrap: () => Promise.reject(new TypeError('bug')),
    }
    await expect(open(envelope, [broken], never)).rejects.toThrow(TypeError)
  })
})

describe('choosing by description', () => {
  const key = (name: string, description: string) => ({ record: { name, description } })
  const keys = [
    key('bare', ''),
    key('one', '{"a":"1"}'),
    key('odd', 'not json'),
    key('one again', '{"a": "1"}'),
    key('two', '{"a":"1","b":"2"}'),
    key('braces', '{}'),
  ]
  test.each([
    ['equal pairs, in any form', '{ "a" : "\\u0031" }', ['one', 'one again']],
    ['any order', '{"b":"2","a":"1"}', ['two']],
    ['the same text where it is no description', 'not json', ['odd']],
    ['none', '', ['bare', 'braces', 'one', 'odd', 'one again', 'two']],
    ['none, as braces', ' {} ', ['bare', 'braces', 'one', 'odd', 'one again', 'two']],
    ['none, as a list', '[]', ['bare', 'braces', 'one', 'odd', 'one again', 'two']],
    ['unknown', '{"a":"2"}', []],
    ['unknown, a part of one', '{"b":"2"}', []],
    ['unknown text', 'something', []],
  ])('%s: %s', (_, description, expected) => {
    expect(inOrder(keys, description).map(({ record }) => record.name)).toEqual(expected)
  })
  test.each([
    ['{"a":"1"}', 'one'],
    ['', 'bare'],
    ['{"x":"y"}', null],
    ['not json', 'odd'],
  ])('a list says of %j: %s', (description, expected) => {
    expect(named(keys, description)?.record.name ?? null).toBe(expected)
  })
  test('a list names no key by mere exclusion', () => {
    expect(named([key('one', '{"a":"1"}')], '')).toBeNull()
  })
  test('law: nothing is lost or doubled, and equal descriptions come first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('', '{}', '{"a":"1"}', '{"a": "1"}', '{"b":"2"}', 'x')),
        fc.constantFrom('', '[]', '{"a":"1"}', '{"c":"3"}', 'x'),
        (descriptions, wanted) => {
          const made = descriptions.map((description, i) => key(String(i), description))
          const ordered = inOrder(made, wanted)
          expect(new Set(ordered).size).toBe(ordered.length)
          if (['', '[]'].includes(wanted)) expect(ordered.length).toBe(made.length)
        },
      ),
    )
  })
})

describe('the proof', () => {
  const twisted: MasterKeyHandle = {
    ...handle('a'),
    unwrap: (bytes) => handle('b').unwrap(bytes, PKCS1, never),
  }
  const forgetful: MasterKeyHandle = { ...handle('a'), unwrap: async () => new Uint8Array(32) }
  const transparent: MasterKeyHandle = {
    ...handle('a'),
    canUnwrap: false,
    wrap: async (bytes) => Buffer.concat([bytes, Buffer.alloc(256)]),
  }
  test('a good pair, and a public half', async () => {
    expect(await proves(handle('a'), never)).toEqual(ok(null))
    expect(await proves(publicOnly('a'), never)).toEqual(ok(null))
  })
  test.each([
    ['halves of two keys', twisted],
    ['what comes back is something else', forgetful],
    ['wrapping that shows what it wraps', transparent],
  ])('%s', async (_, key) => {
    expect(await proves(key, never)).toEqual({
      ok: false,
      error: { code: 'key-proof-failed', name: 'a' },
    })
  })
  test('is due before the first use, and remembered', async () => {
    const entry = (proven: string | null) => ({
      record: { ...damagedRecord('1', ''), name: 'k', proven },
      publicKey: null,
    })
    expect(await firstUse(entry(null), twisted, false, 'now', never)).toEqual({
      ok: false,
      error: { code: 'key-proof-failed', name: 'a' },
    })
    expect(await firstUse(entry(null), handle('a'), false, 'now', never)).toEqual({
      ok: true,
      value: { proven: 'now' },
    })
    expect(await firstUse(entry('then'), handle('a'), false, 'now', never)).toEqual({
      ok: true,
      value: {},
    })
    expect(await firstUse(entry('then'), handle('a'), true, 'now', never)).toEqual({
      ok: true,
      value: { weakAllowed: true },
    })
  })
})

describe('data key', () => {
  test('is wiped once and for all, and never shows in JSON', () => {
    const source = Buffer.alloc(32, 7)
    const key = new DataKey(source)
    source.fill(0)
    const { bytes } = key
    expect(bytes[0]).toBe(7)
    expect(JSON.stringify({ key })).toBe('{"key":"[data key]"}')
    key[Symbol.dispose]()
    key[Symbol.dispose]()
    expect(bytes.every((byte) => byte === 0)).toBe(true)
    expect(() => key.bytes).toThrow('wiped')
    for (const length of [0, 15, 31, 33])
      expect(() => new DataKey(new Uint8Array(length))).toThrow(RangeError)
  })
})

interface SdkVector {
  readonly id: string
  readonly format: string
  readonly ciphertext: string
  readonly metadata: Readonly<Record<string, string>>
  readonly expected_plaintext_sha256: string
  readonly key: { readonly private_pkcs1_pem: string; readonly private_pkcs8_pem: string }
}
const shared = new URL('../../../shared/vectors/', import.meta.url)
const present = existsSync(new URL('vectors.json', shared))
if (!present)
  console.warn(
    'SKIPPED: objects written by the SDKs, for want of ../shared/vectors; test/vectors/objects.json covers the format',
  )
const vectors = present
  ? (
      JSON.parse(readFileSync(new URL('vectors.json', shared), 'utf8')) as {
        vectors: readonly SdkVector[]
      }
    ).vectors
  : []

describe.skipIf(!present)('objects written by the SDKs', () => {
  test.each(vectors.filter((vector) => vector.format === 'V2/RSA-PKCS1'))(
    '$id',
    async ({ metadata, key, ciphertext, expected_plaintext_sha256 }) => {
      const recognised = recognise(readHeaders(Object.entries(metadata)))
      if (recognised.kind !== 'encrypted') throw new Error(recognised.kind)
      for (const pem of [key.private_pkcs1_pem, key.private_pkcs8_pem]) {
        const file = await readKeyFile(Buffer.from(pem), null)
        if (!file.ok) throw new Error(file.error.code)
        const opened = await open(
          recognised.envelope,
          [
            handle('a'),
            rsaMasterKey({ id: '1', name: 'sdk', description: '', writes: 'v2', ...file.value }),
          ],
          never,
        )
        if (!opened.ok) throw new Error(opened.error.code)
        const decipher = createDecipheriv(
          'aes-256-ctr',
          opened.value.dataKey.bytes,
          opened.value.counter,
        )
        const plain = decipher.update(readFileSync(new URL(ciphertext, shared)))
        expect(createHash('sha256').update(plain).digest('hex')).toBe(expected_plaintext_sha256)
      }
    },
  )
})

test('the private key object is the only copy: DER given to it may be wiped', () => {
  const bytes = pairs.a.privateKey.export({ type: 'pkcs8', format: 'der' })
  const key = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
  bytes.fill(0)
  expect(createPublicKey(key).equals(pairs.a.publicKey)).toBe(true)
})

/**
 * Columns: bytes of each wrapped value, bits of the keys, and whether the sizes alone say that no
 * key fits. A value below 128 bytes is not of an RSA key that was cut off.
 */
const SIZES: readonly (readonly [number, readonly (keyof typeof pairs)[], boolean])[] = [
  [1, ['a'], false],
  [127, ['a'], false],
  [128, ['a'], true],
  [129, ['a'], true],
  [255, ['a'], true],
  [256, ['a'], false],
  [257, ['a'], true],
  [384, ['a'], true],
  [192, ['a', 'odd'], false],
  [384, ['a', 'odd'], true],
  [256, ['odd'], true],
  [256, ['a', 'odd'], false],
]
test.each(SIZES)(
  'wrapped values of %i bytes and the keys %j: both sizes are told: %s',
  async (length, keys, told) => {
    const envelope: Envelope = {
      format: 'v2',
      wrappedDataKey: Buffer.alloc(length, 1),
      wrappedCounter: Buffer.alloc(length, 1),
      contentAlgorithm: 'AES/CTR/NoPadding',
      wrapAlgorithm: PKCS1.algorithm,
      keyDescription: '',
      dataSize: null,
      partSize: null,
    }
    const opened = await open(
      envelope,
      keys.map((which) => handle(which)),
      never,
    )
    const bits = keys.map((which) => pairs[which].publicKey.asymmetricKeyDetails?.modulusLength)
    expect(opened).toEqual({
      ok: false,
      error: {
        code: 'wrong-master-key',
        tried: keys,
        ...(told && { bits: { envelope: length * 8, keys: bits } }),
      },
    })
  },
)
