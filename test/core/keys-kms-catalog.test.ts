import { generateKeyPairSync } from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { fail, type Result } from '../../shared/contract/errors.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { openKeyCatalog, type KeyCatalog } from '../../electron/core/keys/catalog/key-catalog.ts'
import { openMessage, newMessage } from '../../electron/core/keys/keyring-messages.ts'
import { newEnvelope, open } from '../../electron/core/keys/keyring.ts'
import { readKmsEndpoint } from '../../electron/core/keys/kms/kms-endpoint.ts'
import { kmsMasterKey } from '../../electron/core/keys/kms/kms-master-key.ts'
import type { Outside } from '../../electron/core/keys/catalog/remote-opening.ts'
import type { TextStore } from '../../electron/core/store/text-store.ts'
import type { EncryptedMessage } from '../../shared/format/message/message.ts'
import { pretendKeychain, type PretendKeychain } from '../ports/pretend-keychain.ts'
import { kmsBench, never } from './kms-practice.ts'
import { memoryTexts, keychainSecrets } from '../ports/stores.ts'

/** KMS keys in the catalog: their records, aliases, regions and secrets. */

const bench = kmsBench()
const kms = () => bench.practice.kms
const value = <T>(result: Result<T>): T =>
  result.ok ? result.value : expect.fail(JSON.stringify(result.error))

let texts: TextStore
let keychain: PretendKeychain
let catalog: KeyCatalog
const outside: Outside = {
  http: openHttpClient(),
  profileCredentials: async (profileId) =>
    fail({ code: 'not-found', what: 'profile', name: profileId }),
}

const own = (change: object = {}) => ({
  kind: 'own' as const,
  accessKeyId: bench.practice.accessKeyId,
  accessKeySecret: bench.practice.accessKeySecret,
  securityToken: '',
  ...change,
})
const place = () => ({ region: kms().region, endpoint: kms().endpoint, credential: own() })
const fields = () => ({
  name: 'Cloud',
  description: '{"kms":"1"}',
  style: 'compact' as const,
  cmkId: kms().cmkId,
  context: '',
  passphrase: null as string | null,
  writes: 'v2' as const,
  ...place(),
})
const add = (change: object = {}) => catalog.addKms({ ...fields(), ...change }, never)
const session = (change: object = {}) =>
  catalog.sessionKms({ ...fields(), description: '', ...change })
/** A process of its own on the same folder and keychain. */
const another = (over: TextStore = texts) =>
  openKeyCatalog({
    texts: over,
    secrets: keychainSecrets(over, async () => keychain),
    outside,
    now: () => Date.parse('2026-01-02T03:04:05Z'),
  })
const actions = () =>
  kms()
    .log.entries()
    .map(({ action }) => action)

beforeEach(async () => {
  texts = memoryTexts()
  keychain = pretendKeychain()
  catalog = await another()
})

describe('two processes', () => {
  /**
   * Does `first`, and, just before it saves the key's record, `second` in the other process: up to
   * its end, or to where it waits.
   */
  async function crossed(
    id: string,
    first: (from: KeyCatalog) => Promise<Result<unknown>>,
    second: (from: KeyCatalog) => Promise<Result<unknown>>,
  ): Promise<void> {
    let waits = (): void => undefined
    const waiting = new Promise<void>((resolve) => void (waits = resolve))
    const theirs = await another({
      ...texts,
      alone: (name, work) => (waits(), texts.alone(name, work)),
    })
    let other: Promise<Result<unknown>> | null = null
    const ours = await another({
      ...texts,
      async save(name, text) {
        if (name === `master-key.${id}`) await Promise.race([(other ??= second(theirs)), waiting])
        await texts.save(name, text)
      },
    })
    await first(ours)
    await other
  }
  const rename = (id: string) => (from: KeyCatalog) =>
    from.update(id, {
      name: 'Renamed',
      description: '{"kms":"1"}',
      style: 'compact',
      state: 'active',
      writes: 'v2',
    })

  test('a new name in one and new secrets in the other: the key has both', async () => {
    const { id } = value(await add({ passphrase: 'first' }))
    await crossed(id, rename(id), (from) =>
      from.updateKms(id, { ...place(), context: '', passphrase: 'second' }, never),
    )
    expect(await (await another()).list()).toMatchObject([
      { id, name: 'Renamed', unavailable: null, kms: { hasPassphrase: true } },
    ])
    expect(keychain.entries.size).toBe(1)
  })

  test('a key that was removed does not come back without its secrets', async () => {
    const { id } = value(await add())
    await crossed(id, rename(id), (from) => from.remove(id))
    expect(await (await another()).list()).toEqual([])
    expect([await texts.list('master-key.'), keychain.entries.size]).toEqual([[], 0])
  })
})

describe('an alias', () => {
  const written = async (id: string): Promise<EncryptedMessage> => {
    using key = value(await catalog.forWriting(id, false, never))
    const { header, iv } = value(await newMessage(key, 2, new Map(), never))
    return {
      form: 'message',
      header,
      iv,
      tag: null,
      content: { offset: 0, length: 0 },
      tagAt: null,
    }
  }
  const opened = async (message: EncryptedMessage, id: string) => {
    const keys = await catalog.messageCandidates(message.header, [id])
    return keys.ok ? openMessage(message, keys.value, never) : keys
  }

  test('that stands for another CMK by now: the message is under the CMK that its header names', async () => {
    const client = bench.connect()
    const moved = kms().createKey().id
    const parts = {
      id: 'k',
      name: 'Cloud',
      description: '',
      writes: 'sdk-split' as const,
      cmkId: 'alias/practice',
      arn: kms().cmkArn,
      region: kms().region,
      context: null,
    }
    using key = kmsMasterKey({
      ...parts,
      client: {
        ...client,
        generateDataKey: (id, ...rest) =>
          client.generateDataKey(id === 'alias/practice' ? moved : id, ...rest),
      },
    })
    const { header, iv } = value(await newMessage(key, 2, new Map(), never))
    expect(header.dataKeys.map(({ keyId }) => keyId)).toEqual([kms().cmkArn])
    expect(
      await openMessage(
        { form: 'message', header, iv, tag: null, content: { offset: 0, length: 0 }, tagAt: null },
        [key],
        never,
      ),
    ).toMatchObject({ ok: true })
  })

  test('of a command asks KMS nothing before an object takes it, and envelopes never make it ask which key it is', async () => {
    const { id } = value(await session({ cmkId: 'alias/practice' }))
    expect(actions()).toEqual([])
    using key = value(await catalog.forWriting(id, false, never))
    const { envelope } = value(await newEnvelope(key, 'v2', never))
    expect(await open(envelope, [key], never)).toMatchObject({ ok: true })
    expect(actions()).toEqual(['GenerateDataKey', 'Encrypt', 'Decrypt', 'Decrypt'])
    expect(await opened(await written(id), id)).toMatchObject({ ok: true })
  })

  test('of a command asks KMS to decrypt for no other CMK than the one it stands for', async () => {
    const other = kms().createKey()
    const message = await written(value(await session({ cmkId: other.id })).id)
    expect(message.header.dataKeys).toMatchObject([{ keyId: other.arn }])
    const { id } = value(await session({ cmkId: 'alias/practice' }))
    kms().log.clear()
    expect(await opened(message, id)).toMatchObject({
      error: { code: 'kms-key', problem: 'cannot-open' },
    })
    expect(actions()).toEqual(['DescribeKey'])
    const nobody = value(await session({ cmkId: 'alias/nobody' }))
    expect(await opened(message, nobody.id)).toMatchObject({
      error: { code: 'kms-key', problem: 'not-found' },
    })
  })
})

test('a key whose endpoint is in another region than it says opens the messages it writes', async () => {
  const elsewhere = await bench.practice.openKms('cn-beijing')
  const { id, kms: facts } = value(
    await add({ endpoint: elsewhere.endpoint, cmkId: elsewhere.cmkId, writes: 'sdk-split' }),
  )
  expect(facts).toMatchObject({ region: 'cn-hangzhou', arn: elsewhere.cmkArn })
  using key = value(await catalog.forWriting(id, false, never))
  const { header, iv } = value(await newMessage(key, 2, new Map(), never))
  const candidates = value(await catalog.messageCandidates(header, []))
  expect(
    await openMessage(
      { form: 'message', header, iv, tag: null, content: { offset: 0, length: 0 }, tagAt: null },
      candidates,
      never,
    ),
  ).toMatchObject({ ok: true })
})

test('KMS that was named without a key has nothing to prove, and can be moved', async () => {
  const { id, name } = value(await session({ cmkId: '' }))
  expect(await catalog.prove(id, never)).toEqual({
    ok: false,
    error: { code: 'key-not-usable', name, reason: 'decrypt-only' },
  })
  expect(
    await catalog.updateKms(id, { ...place(), context: '{"a":"b"}', passphrase: null }, never),
  ).toMatchObject({ ok: true, value: { id, kms: { context: { a: 'b' } } } })
  expect(actions()).toEqual([])
})

test('oss2’s passphrase is a secret, also where it was typed as the context that it becomes', async () => {
  const typed = value(await add({ context: ' {"x-passphrase": "mellon"}', writes: 'sdk-split' }))
  expect(typed.kms).toMatchObject({ context: {}, hasPassphrase: true })
  expect(
    (await Promise.all((await texts.list('')).map((name) => texts.load(name)))).join(),
  ).not.toContain('mellon')
  expect(await add({ name: 'again', description: '', passphrase: 'mellon' })).toMatchObject({
    error: { code: 'key-import', problem: 'already-here' },
  })
  using key = value(await catalog.forWriting(typed.id, false, never))
  expect(value(await newMessage(key, 2, new Map(), never)).header.context.size).toBe(0)
  expect(
    await add({ name: 'both', description: '', context: '{"x-passphrase":"a"}', passphrase: 'b' }),
  ).toMatchObject({ error: { code: 'bad-request' } })
  for (const context of ['{"x-passphrase":"a","b":"c"}', '{"x-passphrase":"\\""}'])
    expect(value(await add({ name: context, description: '', context })).kms).toMatchObject({
      hasPassphrase: false,
    })
})

test.each([
  'https://id:hunter2@kms.example',
  'id:hunter2@kms.example',
  'https://kms.example/?SecurityToken=hunter2',
  'http://kms.example/#hunter2',
  'https://id:hunter2@',
  'https://id:hunter2/x@kms.example',
])('an endpoint with a secret in it (%s) is refused without repeating it', (typed) => {
  const read = readKmsEndpoint(typed, 'cn-hangzhou')
  expect(read).toMatchObject({ ok: false, error: { code: 'bad-endpoint' } })
  expect(JSON.stringify(read)).not.toContain('hunter2')
})

describe('a record that cannot be read', () => {
  const damaged: readonly (readonly [string, (text: string) => string, string | null])[] = [
    ['of a later version', (text) => text.replace('"version": 1', '"version": 2'), 'Cloud'],
    ['of a kind that is not known', (text) => text.replace('"kms"', '"card"'), 'Cloud'],
    ['of no kind at all', (text) => text.replace('"kms"', '"constructor"'), 'Cloud'],
    ['without its region', (text) => text.replace('"region"', '"place"'), 'Cloud'],
    ['without its context', (text) => text.replace('"context": {}', '"context": null'), 'Cloud'],
    ['without a name', (text) => text.replace('"name": "Cloud"', '"name": 7'), null],
    ['that is half there', (text) => text.slice(0, -20), null],
    ['that is nothing', () => 'null', null],
  ]
  test.each(damaged)(
    '%s: is told as lost under its name, opens nothing, changes nothing, and goes with its secrets',
    async (what, damage, name) => {
      const { id } = value(await add())
      // Its secrets lie under another id than the key by now.
      value(await catalog.updateKms(id, { ...place(), context: '', passphrase: null }, never))
      const text = (await texts.load(`master-key.${id}`)) ?? ''
      expect(damage(text)).not.toBe(text)
      await texts.save(`master-key.${id}`, damage(text))
      catalog = await another()
      expect(await catalog.list()).toMatchObject([
        { id, name: name ?? id, unavailable: 'secret-lost', state: 'decrypt-only' },
      ])
      expect(
        catalog.match({ wrapAlgorithm: 'KMS/ALICLOUD', keyDescription: '{"kms":"1"}' }),
      ).toBeNull()
      for (const done of [
        await catalog.handle(id),
        await catalog.forWriting(id, true, never),
        await catalog.prove(id, never),
        await catalog.markBackedUp(id),
      ])
        expect(done.ok).toBe(false)
      expect(await texts.load(`master-key.${id}`)).toBe(damage(text))
      expect(await catalog.remove(id)).toMatchObject({ ok: true })
      expect(await texts.list('master-key.')).toEqual([])
      if (!what.startsWith('that'))
        expect([keychain.entries.size, await texts.list('private-half.')]).toEqual([0, []])
    },
  )
})

describe('secrets that are lost', () => {
  const change = (id: string, more: object) =>
    catalog.updateKms(id, { ...place(), context: '', passphrase: null, ...more }, never)

  test('are given anew, and the key has its place and its defaults still', async () => {
    const { id } = value(await add({ passphrase: 'first' }))
    keychain.entries.clear()
    expect(await (await another()).list()).toMatchObject([{ id, unavailable: 'secret-lost' }])
    for (const kept of [{ credential: { kind: 'keep' } }, { keepPassphrase: true }])
      expect(await change(id, kept)).toEqual({
        ok: false,
        error: { code: 'secret-lost', name: 'Cloud' },
      })
    expect(value(await change(id, { passphrase: 'first' }))).toMatchObject({
      id,
      unavailable: null,
      kms: { hasPassphrase: true },
    })
    expect(await (await another()).prove(id, never)).toMatchObject({ ok: true })
    expect([keychain.entries.size, (await texts.list('private-half.')).length]).toEqual([1, 1])
  })

  test('are told of, although a key of another kind was named beside it', async () => {
    const cloud = value(await add())
    keychain.mood = 'locked'
    catalog = await another()
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
      type: 'pkcs8',
      format: 'pem',
    })
    const rsa = value(
      await catalog.session({
        bytes: Buffer.from(pem),
        passphrase: null,
        name: 'Rsa',
        description: '',
      }),
    )
    const other = value(await session({ cmkId: kms().createKey().id }))
    for (const only of [
      [cloud.id, rsa.id],
      [rsa.id, cloud.id],
    ])
      expect(
        await catalog.candidates({ wrapAlgorithm: 'KMS/ALICLOUD', keyDescription: '' }, only),
      ).toEqual({ ok: false, error: { code: 'keychain-locked' } })
    expect(
      await catalog.messageCandidates({ dataKeys: [{ keyId: kms().cmkArn }] }, [
        other.id,
        rsa.id,
        cloud.id,
      ]),
    ).toEqual({ ok: false, error: { code: 'keychain-locked' } })
  })
})
