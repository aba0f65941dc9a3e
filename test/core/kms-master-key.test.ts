import { describe, expect, test } from 'vitest'
import type { KmsClient } from '../../electron/core/keys/kms/kms-client.ts'
import { passphraseContext } from '../../electron/core/keys/kms/kms-context.ts'
import { kmsMasterKey, type KmsParts } from '../../electron/core/keys/kms/kms-master-key.ts'
import type { MasterKeyHandle, Wrapping } from '../../electron/core/keys/master-key.ts'
import { fromBase64, toBase64 } from '../../shared/format/base64.ts'
import { KMS_WRAP } from '../../shared/format/envelope/envelope.ts'
import { errorOf, kmsBench, never } from './kms-practice.ts'

const bench = kmsBench()
const kms = () => bench.practice.kms
const BYTES: Wrapping = { algorithm: KMS_WRAP, payload: 'bytes' }
const DIGITS: Wrapping = { algorithm: KMS_WRAP, payload: 'digits' }
const value = Uint8Array.from({ length: 32 }, (_, i) => i + 1)
const ascii = (text: string) => new TextEncoder().encode(text)
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes)

function key(parts: Partial<KmsParts> = {}): MasterKeyHandle {
  return kmsMasterKey({
    id: 'k1',
    name: 'Archive',
    description: '',
    writes: 'v2',
    cmkId: kms().cmkId,
    arn: '',
    region: kms().region,
    context: null,
    client: bench.connect(),
    ...parts,
  })
}
const cannotOpen = { code: 'kms-key', name: 'Archive', problem: 'cannot-open' }

describe('envelopes', () => {
  test('form A: the bytes of the blob, which KMS itself opens', async () => {
    const wrapped = await key().wrap(value, BYTES, never)
    expect((await bench.connect().decrypt(toBase64(wrapped), null, never)).plaintext).toBe(
      toBase64(value),
    )
    expect(await key().unwrap(wrapped, BYTES, never)).toEqual(value)
  })

  test('form B: the base64 text of the blob, as oss2 writes it', async () => {
    const wrapped = await key({ writes: 'v2-kms-b' }).wrap(value, BYTES, never)
    expect((await bench.connect().decrypt(text(wrapped), null, never)).plaintext).toBe(
      toBase64(value),
    )
    expect(await key().unwrap(wrapped, BYTES, never)).toEqual(value)
  })

  test('V1: digits as they are, the blob as it is', async () => {
    const wrapped = await key({ writes: 'v1' }).wrap(ascii('8'), DIGITS, never)
    expect((await bench.connect().decrypt(toBase64(wrapped), null, never)).plaintext).toBe('8')
    expect(text(await key().unwrap(wrapped, DIGITS, never))).toBe('8')
  })

  test.each(['v2', 'v2-kms-b', 'v1', 'sdk-message'] as const)(
    '%s: KMS makes the data key, and no plaintext is sent',
    async (writes) => {
      const handle = key({ writes })
      const { plain, wrapped } = (await handle.newDataKey?.(never)) ?? {
        plain: value,
        wrapped: value,
      }
      expect(
        kms()
          .log.entries()
          .map(({ action }) => action),
      ).toEqual(['GenerateDataKey'])
      expect(plain).toHaveLength(32)
      expect(fromBase64(text(wrapped)) !== null).toBe(writes === 'v2-kms-b')
      expect(await handle.unwrap(wrapped, BYTES, never)).toEqual(plain)
    },
  )

  test('what only looks like form B is tried as form A too, and only after a ciphertext error', async () => {
    const asked: string[] = []
    const wrapped = ascii('QUJDRA==')
    const answering = (second: () => Promise<{ plaintext: string; keyId: string }>): KmsClient => ({
      ...bench.connect(),
      decrypt: async (blob, context, signal) => (
        asked.push(blob),
        asked.length === 1 ? bench.connect().decrypt('AAAA', context, signal) : second()
      ),
    })
    expect(
      await key({
        client: answering(async () => ({ plaintext: toBase64(value), keyId: '' })),
      }).unwrap(wrapped, BYTES, never),
    ).toEqual(value)
    expect(asked).toEqual(['QUJDRA==', toBase64(wrapped)])
    for (const [problem, fault, calls] of [
      // A text that is not a blob of KMS may name a key that does not exist.
      ['not-found', { status: 404, code: 'Forbidden.KeyNotFound' }, 2],
      ['disabled', { status: 409, code: 'Rejected.Disabled' }, 1],
    ] as const) {
      kms().faults.add({ match: { action: 'Decrypt' }, do: { kind: 'status', ...fault } })
      kms().log.clear()
      expect(await errorOf(key().unwrap(wrapped, BYTES, never))).toMatchObject({
        code: 'kms-key',
        problem,
      })
      expect(kms().log.entries()).toHaveLength(calls)
    }
  })

  test('a first byte of 0 is drawn again, but not for ever', async () => {
    let draws = 0
    const zeros = (until: number): KmsClient => ({
      ...bench.connect(),
      generateDataKey: async () => ({
        plaintext: toBase64(Uint8Array.from({ length: 32 }, () => (++draws > until * 32 ? 7 : 0))),
        blob: 'QUJDRA==',
        keyId: 'k',
      }),
    })
    expect((await key({ client: zeros(2) }).newDataKey?.(never))?.plain[0]).toBe(7)
    expect(draws).toBe(3 * 32)
    expect(
      await errorOf(key({ client: zeros(Infinity) }).newDataKey?.(never) ?? Promise.resolve()),
    ).toMatchObject({ code: 'kms', status: 0 })
  })

  test.each([
    ['a Plaintext that is no base64', 'Decrypt', { Plaintext: '@@@@' }, cannotOpen],
    [
      'a CiphertextBlob that is no base64',
      'Encrypt',
      { CiphertextBlob: 'a b' },
      { code: 'kms', status: 0 },
    ],
    [
      'a data key of another length',
      'GenerateDataKey',
      { Plaintext: 'QUJDRA==' },
      { code: 'kms', status: 0 },
    ],
    [
      'a data key whose blob is no base64',
      'GenerateDataKey',
      { CiphertextBlob: '@' },
      { code: 'kms', status: 0 },
    ],
  ] as const)('%s', async (_, action, members, error) => {
    const handle = key()
    const wrapped = await handle.wrap(value, BYTES, never)
    kms().faults.add({ match: { action }, do: { kind: 'answer', with: members }, times: Infinity })
    const work = {
      Decrypt: () => handle.unwrap(wrapped, BYTES, never),
      Encrypt: () => handle.wrap(value, BYTES, never),
      GenerateDataKey: () => handle.newDataKey?.(never),
    }
    expect(await errorOf(Promise.resolve(work[action]()))).toMatchObject(error)
  })
})

describe('the context of a key', () => {
  test.each([
    ['a map', new Map([['用途', 'photos "x"']])],
    ['oss2’s passphrase', passphraseContext('simple')],
    ['oss2’s passphrase with a backslash', passphraseContext('a\\\\b')],
  ])('%s opens, and nothing else does', async (_, context) => {
    const handle = key({ context })
    const wrapped = await handle.wrap(value, BYTES, never)
    const made = await handle.newDataKey?.(never)
    expect(await handle.unwrap(wrapped, BYTES, never)).toEqual(value)
    expect(await handle.unwrap(made?.wrapped ?? value, BYTES, never)).toEqual(made?.plain)
    for (const other of [null, new Map([['a', 'b']]), passphraseContext('other')]) {
      expect(await errorOf(key({ context: other }).unwrap(wrapped, BYTES, never))).toMatchObject(
        cannotOpen,
      )
    }
  })

  test('oss2 and a map with its passphrase are one', async () => {
    const wrapped = await key({ context: passphraseContext('simple'), writes: 'v2-kms-b' }).wrap(
      value,
      BYTES,
      never,
    )
    expect(
      await key({ context: new Map([['x-passphrase', 'simple']]) }).unwrap(wrapped, BYTES, never),
    ).toEqual(value)
  })

  test('a passphrase with a quote is sent as oss2 sends it, and KMS takes it as little', async () => {
    const handle = key({ context: passphraseContext('with "quotes"') })
    expect(await errorOf(handle.wrap(value, BYTES, never))).toMatchObject({
      code: 'kms',
      kmsCode: 'InvalidParameter',
    })
    expect(
      await errorOf(handle.unwrap(await key().wrap(value, BYTES, never), BYTES, never)),
    ).toMatchObject(cannotOpen)
  })
})

describe('messages', () => {
  const bound = new Map([
    ['project', 'x'],
    ['a', ''],
  ])
  const messages = (parts: Partial<KmsParts> = {}) => key(parts).messages ?? expect.unreachable()

  test.each([16, 32] as const)(
    'a data key of %i bytes, bound to the message’s own context',
    async (bytes) => {
      const made = await messages({
        arn: kms().cmkArn,
        context: new Map([['of', 'the key']]),
      }).generate(bytes, bound, never)
      expect(made.keyId).toBe(kms().cmkArn)
      expect(made.plain).toHaveLength(bytes)
      expect(await messages().decrypt(made, bound, never)).toEqual(made.plain)
      expect(
        await errorOf(messages().decrypt(made, new Map([['project', 'x']]), never)),
      ).toMatchObject(cannotOpen)
    },
  )

  test('without a context none is sent', async () => {
    const made = await messages({ arn: kms().cmkArn }).generate(32, new Map(), never)
    await messages().decrypt(made, new Map(), never)
    expect(
      kms()
        .log.entries()
        .map(({ context }) => context),
    ).toEqual([false, false])
  })

  test.each(['alias/practice', 'ID', 'ARN'])(
    'the ARN is asked for once where it is not known: %s',
    async (name) => {
      const handle = messages({
        cmkId: name === 'ID' ? kms().cmkId : name === 'ARN' ? kms().cmkArn : name,
      })
      for (let i = 0; i < 2; i++)
        expect((await handle.generate(32, bound, never)).keyId).toBe(kms().cmkArn)
      expect(
        kms()
          .log.entries()
          .filter(({ action }) => action === 'DescribeKey'),
      ).toHaveLength(name === 'ARN' ? 0 : 1)
    },
  )

  test('a map is for new messages too; a passphrase is not', () => {
    expect(messages({ context: bound }).context).toEqual(bound)
    expect(messages({ context: passphraseContext('p') }).context).toBeUndefined()
    expect(messages().context).toBeUndefined()
  })

  const OTHER = 'acs:kms:cn-hangzhou:1:key/other'
  test.each<[string, Partial<KmsParts>, string, boolean]>([
    ['the same ARN', { arn: OTHER }, OTHER, true],
    ['another key', { arn: OTHER }, `${OTHER}2`, false],
    ['another account', { arn: OTHER }, OTHER.replace(':1:', ':2:'), false],
    ['another region', { arn: OTHER }, OTHER.replace('hangzhou', 'beijing'), false],
    ['the same id and region, the ARN not known', { cmkId: 'other' }, OTHER, true],
    [
      'the same id elsewhere, the ARN not known',
      { cmkId: 'other' },
      OTHER.replace('hangzhou', 'beijing'),
      false,
    ],
    ['an ARN given as id', { cmkId: OTHER }, OTHER, true],
    ['an ARN given as id, and its like', { cmkId: OTHER }, OTHER.replace(':1:', ':2:'), false],
    ['an alias, which may be any key of its region', { cmkId: 'alias/other' }, OTHER, true],
    ['an alias elsewhere', { cmkId: 'alias/other' }, OTHER.replace('hangzhou', 'beijing'), false],
    ['an alias of a key that is known', { cmkId: 'alias/other', arn: OTHER }, `${OTHER}2`, false],
    [
      'the same ARN, and an endpoint of another region',
      { arn: OTHER, region: 'cn-beijing' },
      OTHER,
      true,
    ],
    ['an id, as the Python SDK may write it', { cmkId: 'other' }, 'other', true],
    ['an id, and an ARN given as id', { cmkId: OTHER }, 'other', true],
    ['an id, and the ARN known', { cmkId: 'alias/o', arn: OTHER }, 'other', true],
    ['an id of another key', { cmkId: 'other' }, 'other2', false],
    ['the same alias', { cmkId: 'alias/other' }, 'alias/other', true],
    ['no key at all, and an id', { cmkId: '' }, 'other', false],
    ['any key, and an id', { cmkId: '', allowAnyKey: true }, 'other', true],
    ['any key, and nothing', { cmkId: '', allowAnyKey: true }, '', false],
    ['no key at all', { cmkId: '' }, OTHER, false],
    ['any key, of this region', { cmkId: '', allowAnyKey: true }, OTHER, true],
    [
      'any key, of another region',
      { cmkId: '', allowAnyKey: true },
      OTHER.replace('hangzhou', 'beijing'),
      false,
    ],
    [
      'any key, and what is no ARN',
      { cmkId: '', allowAnyKey: true },
      'acs:kms:cn-hangzhou:1:alias/other',
      false,
    ],
    ['any key, and a host', { cmkId: '', allowAnyKey: true }, 'https://kms.evil.example/', false],
  ])('allowed: %s', (_, parts, keyId, allowed) => {
    expect(messages(parts).allows(keyId)).toBe(allowed)
    expect(kms().log.entries()).toEqual([])
  })

  test('a blob of another CMK than the one allowed is not opened', async () => {
    const other = kms().createKey()
    const made = await messages({ cmkId: other.id, arn: other.arn }).generate(32, bound, never)
    expect(
      await errorOf(
        messages({ arn: kms().cmkArn }).decrypt({ ...made, keyId: kms().cmkArn }, bound, never),
      ),
    ).toMatchObject(cannotOpen)
    expect(await messages({ cmkId: '', allowAnyKey: true }).decrypt(made, bound, never)).toEqual(
      made.plain,
    )
    kms().log.clear()
    expect(
      await errorOf(messages({ arn: kms().cmkArn }).decrypt(made, bound, never)),
    ).toMatchObject(cannotOpen)
    expect(kms().log.entries()).toEqual([])
  })
})

describe('the handle', () => {
  test('says what it is', () => {
    const handle = key({ writes: 'v2-kms-b', description: '{"a":"b"}' })
    expect(handle).toMatchObject({
      id: 'k1',
      name: 'Archive',
      kind: 'kms',
      writes: 'v2-kms-b',
      wrapAlgorithm: 'KMS/ALICLOUD',
      description: '{"a":"b"}',
      canWrap: true,
      canUnwrap: true,
    })
    expect(key({ cmkId: '' }).canWrap).toBe(false)
    expect(
      ['KMS/ALICLOUD', ' kms/alicloud', 'RSA/NONE/PKCS1Padding', 'kms', ''].map((name) =>
        handle.fits(name),
      ),
    ).toEqual([true, true, false, false, false])
  })

  test('errors carry its name', async () => {
    const { id } = kms().createKey()
    const handle = key({ cmkId: id })
    const wrapped = await handle.wrap(value, BYTES, never)
    kms().setState(id, 'Disabled')
    const disabled = { code: 'kms-key', name: 'Archive', problem: 'disabled' }
    for (const work of [
      handle.wrap(value, BYTES, never),
      handle.unwrap(wrapped, BYTES, never),
      handle.newDataKey?.(never),
      handle.messages?.generate(32, new Map(), never),
    ]) {
      expect(await errorOf(Promise.resolve(work))).toMatchObject(disabled)
    }
    expect(await errorOf(key({ cmkId: 'nobody' }).wrap(value, BYTES, never))).toMatchObject({
      code: 'kms-key',
      name: 'Archive',
      problem: 'not-found',
    })
  })

  test('of another region opens nothing', async () => {
    const wrapped = await key().wrap(value, BYTES, never)
    const { endpoint, region } = await bench.practice.openKms('cn-beijing')
    expect(
      await errorOf(
        key({ client: bench.connect({ endpoint, region }), region }).unwrap(wrapped, BYTES, never),
      ),
    ).toMatchObject({ code: 'kms-key', problem: 'not-found' })
  })

  test('a cancelled unwrap is cancelled, not wrong', async () => {
    expect(await errorOf(key().unwrap(value, BYTES, AbortSignal.abort()))).toEqual({
      code: 'cancelled',
    })
  })

  test('after dispose nothing works', async () => {
    const handle = key({ arn: kms().cmkArn })
    handle[Symbol.dispose]()
    for (const work of [
      () => handle.wrap(value, BYTES, never),
      () => handle.unwrap(value, BYTES, never),
      () => handle.newDataKey?.(never),
      () => handle.messages?.generate(32, new Map(), never),
      () => handle.messages?.decrypt({ keyId: kms().cmkArn, wrapped: value }, new Map(), never),
    ])
      await expect(work()).rejects.toThrow('master key used after it was closed')
    expect(kms().log.entries()).toEqual([])
  })
})
