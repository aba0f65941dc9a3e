import { beforeEach, describe, expect, test } from 'vitest'
import { Failure, fail, ok, type Result } from '../../shared/contract/errors.ts'
import type { Envelope } from '../../shared/format/envelope/envelope.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import type { CatalogKey } from '../../electron/core/keys/catalog/catalog-key.ts'
import { openKeyCatalog, type KeyCatalog } from '../../electron/core/keys/catalog/key-catalog.ts'
import { openMessage, newMessage } from '../../electron/core/keys/keyring-messages.ts'
import { newEnvelope, open } from '../../electron/core/keys/keyring.ts'
import type { Outside } from '../../electron/core/keys/catalog/remote-opening.ts'
import type { TextStore } from '../../electron/core/store/text-store.ts'
import type { EncryptedMessage } from '../../shared/format/message/message.ts'
import { pretendKeychain, type PretendKeychain } from '../ports/pretend-keychain.ts'
import { kmsBench, never } from './kms-practice.ts'
import { memoryTexts, keychainSecrets } from '../ports/stores.ts'

const bench = kmsBench()
const kms = () => bench.practice.kms
const value = <T>(result: Result<T>): T =>
  result.ok ? result.value : expect.fail(JSON.stringify(result.error))
const SECRET_TOKEN = 'token-that-is-nobodys-business'

let texts: TextStore
let keychain: PretendKeychain
let catalog: KeyCatalog
let outside: Outside
let profiles: Map<string, string>

const own = (change: object = {}) => ({
  kind: 'own' as const,
  accessKeyId: bench.practice.accessKeyId,
  accessKeySecret: bench.practice.accessKeySecret,
  securityToken: '',
  ...change,
})
const ofProfile = (profileId: string) => ({ kind: 'profile' as const, profileId })
const place = () => ({
  region: kms().region,
  endpoint: kms().endpoint,
  credential: own() as ReturnType<typeof own> | ReturnType<typeof ofProfile> | { kind: 'keep' },
})
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
const add = (change: object = {}, to = catalog) => to.addKms({ ...fields(), ...change }, never)
const secretsOver = (over: TextStore) => keychainSecrets(over, async () => keychain)
const reopened = (over: TextStore = texts) =>
  openKeyCatalog({
    texts: over,
    secrets: secretsOver(over),
    outside,
    now: () => Date.parse('2026-01-02T03:04:05Z'),
  })
const wants = (keyDescription: string) => ({ wrapAlgorithm: 'KMS/ALICLOUD', keyDescription })
const actions = () =>
  kms()
    .log.entries()
    .map(({ action }) => action)
const stored = async () =>
  (await Promise.all((await texts.list('')).map((name) => texts.load(name)))).join('\n')
const sealedBy = async (id: string, from = catalog): Promise<Envelope> => {
  using key = value(await from.forWriting(id, false, never))
  return value(await newEnvelope(key, 'v2', never)).envelope
}
const openedWith = async (envelope: Envelope, from = catalog, only: readonly string[] = []) => {
  const keys = await from.candidates(envelope, only)
  return keys.ok ? open(envelope, keys.value, never) : keys
}

beforeEach(async () => {
  texts = memoryTexts()
  keychain = pretendKeychain()
  profiles = new Map([['p1', bench.practice.accessKeySecret]])
  outside = {
    http: openHttpClient(),
    profileCredentials: async (profileId) => {
      const accessKeySecret = profiles.get(profileId)
      return accessKeySecret === undefined
        ? fail({ code: 'not-found', what: 'profile', name: profileId })
        : ok({ accessKeyId: bench.practice.accessKeyId, accessKeySecret, securityToken: null })
    },
  }
  catalog = await reopened()
})

describe('adding', () => {
  test('is described and proven first, kept, and still there after a restart; no secret is in a text or an answer', async () => {
    const made = value(
      await add({ credential: own({ securityToken: '' }), description: ' {"kms": "1"}' }),
    )
    expect(made).toEqual({
      id: made.id,
      name: 'Cloud',
      kind: 'kms',
      command: null,
      writes: 'v2',
      bits: 0,
      hasPrivate: true,
      state: 'active',
      description: '{"kms":"1"}',
      style: 'compact',
      fingerprint: '',
      created: '2026-01-02T03:04:05.000Z',
      origin: 'imported',
      backedUp: null,
      escrowed: null,
      sheets: null,
      proven: '2026-01-02T03:04:05.000Z',
      weakAllowed: false,
      unavailable: null,
      kms: {
        cmkId: kms().cmkId,
        arn: kms().cmkArn,
        region: kms().region,
        endpoint: kms().endpoint,
        profileId: null,
        accessKeyId: bench.practice.accessKeyId,
        context: {},
        hasPassphrase: false,
      },
    })
    expect(actions()).toEqual(['DescribeKey', 'Encrypt', 'Decrypt', 'Encrypt', 'Decrypt'])
    const envelope = await sealedBy(made.id)
    const after = await reopened()
    expect(await after.list()).toEqual([made])
    expect(value(await openedWith(envelope, after))).toMatchObject({
      keyId: made.id,
      keyName: 'Cloud',
      keyKind: 'kms',
      oddCounter: false,
    })
    expect((await stored()).includes(bench.practice.accessKeySecret)).toBe(false)
    expect(
      JSON.stringify([made, await after.list()]).includes(bench.practice.accessKeySecret),
    ).toBe(false)
  })

  test('an alias, a context, a passphrase; what binds it is part of what it is', async () => {
    const bare = value(await add({ name: 'a', description: '', cmkId: 'alias/practice' }))
    expect(bare.kms).toMatchObject({ cmkId: 'alias/practice', arn: kms().cmkArn })
    const bound = value(await add({ name: 'b', description: '', context: '{ "team": "a" }' }))
    expect(bound.kms).toMatchObject({ context: { team: 'a' }, hasPassphrase: false })
    const passed = value(await add({ name: 'c', description: '', passphrase: 'say friend, é' }))
    expect(passed.kms).toMatchObject({ context: {}, hasPassphrase: true })
    const again = { ok: false, error: { code: 'key-import', problem: 'already-here' } }
    for (const same of [
      {},
      { cmkId: kms().cmkId },
      { context: '{"team":"a"}' },
      { passphrase: 'say friend, é' },
    ])
      expect(await add({ name: 'd', description: '', cmkId: 'alias/practice', ...same })).toEqual(
        again,
      )
    expect(await add({ name: 'd', description: '', passphrase: 'another' })).toMatchObject({
      ok: true,
    })
    expect(JSON.stringify(await catalog.list()).includes('friend')).toBe(false)
    expect(await stored()).not.toContain('friend')
    // Each opens what was bound as it is, and nothing else.
    const envelope = await sealedBy(passed.id)
    expect(await openedWith(envelope, catalog, [passed.id])).toMatchObject({ ok: true })
    for (const id of [bare.id, bound.id])
      expect(await openedWith(envelope, catalog, [id])).toMatchObject({
        error: { code: 'kms-key', problem: 'cannot-open' },
      })
  })

  const bad = { code: 'bad-request' }
  test.each<[string, () => object, object]>([
    [
      'a CMK that is not there',
      () => ({ cmkId: '11111111-2222-3333-4444-555555555555' }),
      { code: 'kms-key', problem: 'not-found' },
    ],
    [
      'a wrong secret',
      () => ({ credential: own({ accessKeySecret: 'wrong' }) }),
      { code: 'bad-credentials', service: 'kms' },
    ],
    [
      'a profile that is gone',
      () => ({ credential: ofProfile('p2') }),
      { code: 'not-found', what: 'profile', name: 'p2' },
    ],
    ['credentials to keep', () => ({ credential: { kind: 'keep' } }), bad],
    ['nobody there', () => ({ endpoint: 'http://127.0.0.1:1' }), { code: 'unreachable' }],
    [
      'another computer without TLS',
      () => ({ endpoint: 'http://kms.example' }),
      { code: 'insecure-endpoint' },
    ],
    [
      'a region that is none',
      () => ({ region: 'evil.example/', endpoint: '' }),
      { code: 'bad-endpoint' },
    ],
    [
      'a context that is no JSON',
      () => ({ context: 'team=a' }),
      { code: 'key-description', problem: 'not-json' },
    ],
    ['a context and a passphrase', () => ({ context: '{"a":"b"}', passphrase: 'x' }), bad],
    ['a format for RSA keys', () => ({ writes: 'v2-oaep' }), { code: 'format-not-for-key' }],
    ['a name without letters', () => ({ name: ' ' }), bad],
  ])('%s: nothing is kept', async (_, change, error) => {
    expect(await add(change())).toMatchObject({ ok: false, error })
    expect([await texts.list(''), keychain.entries.size, await catalog.list()]).toEqual([[], 0, []])
  })

  test('a CMK that is disabled, or about to go', async () => {
    const { id } = kms().createKey()
    for (const [state, problem] of [
      ['Disabled', 'disabled'],
      ['PendingDeletion', 'deleting'],
    ] as const) {
      kms().setState(id, state)
      expect(await add({ cmkId: id })).toEqual({
        ok: false,
        error: { code: 'kms-key', name: 'Cloud', problem, requestId: '' },
      })
    }
    expect(actions()).toEqual(['DescribeKey', 'DescribeKey'])
  })

  test('the name and the description of another key are told before KMS is asked', async () => {
    value(await add())
    kms().log.clear()
    expect(await add({ name: 'cloud' })).toEqual({
      ok: false,
      error: { code: 'name-taken', name: 'cloud' },
    })
    expect(await add({ name: 'x', description: '{"kms":"\\u0031"}' })).toMatchObject({
      error: { code: 'key-description', problem: 'used-by' },
    })
    expect(actions()).toEqual([])
  })

  test('a cancelled wait is over at once', async () => {
    kms().faults.add({
      match: { action: 'DescribeKey' },
      do: { kind: 'delay', ms: 20_000 },
      times: 9,
    })
    expect(await catalog.addKms(fields(), AbortSignal.timeout(50))).toEqual({
      ok: false,
      error: { code: 'cancelled' },
    })
  })
})

describe('credentials of a profile', () => {
  test('are asked at every call; a profile that is gone, or has a new secret, counts at once', async () => {
    const made = value(await add({ credential: ofProfile('p1') }))
    expect(made.kms).toMatchObject({ profileId: 'p1', accessKeyId: '' })
    expect(keychain.entries.size).toBe(0)
    const envelope = await sealedBy(made.id)
    profiles.set('p1', 'changed')
    expect(await openedWith(envelope)).toMatchObject({
      error: { code: 'bad-credentials', service: 'kms' },
    })
    profiles.delete('p1')
    expect(await openedWith(envelope)).toEqual({
      ok: false,
      error: { code: 'not-found', what: 'profile', name: 'p1' },
    })
    profiles.set('p1', bench.practice.accessKeySecret)
    expect(await openedWith(envelope)).toMatchObject({ ok: true })
  })
})

describe('changing', () => {
  const change = (id: string, more: object = {}) =>
    catalog.updateKms(
      id,
      {
        ...place(),
        credential: { kind: 'keep' },
        context: '',
        passphrase: null,
        keepPassphrase: false,
        ...more,
      },
      never,
    )
  test('secrets are kept or replaced, and nothing of the old ones stays', async () => {
    const made = value(await add({ passphrase: 'first' }))
    const envelope = await sealedBy(made.id)
    expect(
      value(await change(made.id, { endpoint: ` ${kms().endpoint} `, keepPassphrase: true })).kms,
    ).toMatchObject({ endpoint: kms().endpoint, hasPassphrase: true })
    expect(await openedWith(envelope)).toMatchObject({ ok: true })
    expect(value(await change(made.id, { passphrase: 'second' })).kms).toMatchObject({
      hasPassphrase: true,
    })
    expect(await openedWith(envelope)).toMatchObject({
      error: { code: 'kms-key', problem: 'cannot-open' },
    })
    expect(await change(made.id, { context: '{"a":"b"}', keepPassphrase: true })).toMatchObject({
      error: { code: 'bad-request' },
    })
    expect(
      value(await change(made.id, { credential: own(), keepPassphrase: true })).kms,
    ).toMatchObject({ hasPassphrase: true })
    expect(value(await change(made.id, { context: '{"a":"b"}' })).kms).toMatchObject({
      hasPassphrase: false,
      context: { a: 'b' },
    })
    expect([
      (await texts.list('private-half.')).length,
      keychain.entries.size,
      (await secretsOver(texts).check()).lost,
    ]).toEqual([1, 1, []])
    expect(value(await change(made.id, { credential: ofProfile('p1') })).kms).toMatchObject({
      profileId: 'p1',
      accessKeyId: '',
    })
    expect([await texts.list('private-half.'), keychain.entries.size]).toEqual([[], 0])
    expect(await (await reopened()).list()).toMatchObject([{ id: made.id, unavailable: null }])
  })

  test('nothing changes unless it is the same CMK and works there', async () => {
    const made = value(await add({ cmkId: 'alias/practice' }))
    const before = await stored()
    expect(await change(made.id, { endpoint: 'http://127.0.0.1:1' })).toMatchObject({
      error: { code: 'unreachable' },
    })
    expect(await change(made.id, { credential: own({ accessKeySecret: 'wrong' }) })).toMatchObject({
      error: { code: 'bad-credentials' },
    })
    const beijing = await bench.practice.openKms('cn-beijing')
    expect(await change(made.id, { region: 'cn-beijing', endpoint: beijing.endpoint })).toEqual({
      ok: false,
      error: { code: 'kms-key', name: 'Cloud', problem: 'not-found', requestId: '' },
    })
    expect(await change('nobody')).toMatchObject({ error: { code: 'not-found' } })
    expect(await stored()).toBe(before)
    expect(await openedWith(await sealedBy(made.id))).toMatchObject({ ok: true })
  })

  test('name, description, state and format, as for every key', async () => {
    const made = value(await add())
    const fresh = {
      name: 'New',
      description: '{"kms":"2"}',
      style: 'python' as const,
      state: 'decrypt-only' as const,
      writes: 'sdk-split' as const,
    }
    expect(value(await catalog.update(made.id, fresh))).toMatchObject({
      ...fresh,
      description: '{"kms": "2"}',
    })
    expect(await catalog.update(made.id, { ...fresh, writes: 'v2-oaep' })).toEqual({
      ok: false,
      error: { code: 'format-not-for-key', format: 'v2-oaep', kind: 'kms' },
    })
    expect(await catalog.forWriting(made.id, true, never)).toMatchObject({
      error: { code: 'key-not-usable', reason: 'decrypt-only' },
    })
    for (const saved of [await catalog.publicPem(made.id), await catalog.backup(made.id, 'x')])
      expect(saved).toEqual({
        ok: false,
        error: { code: 'key-not-usable', name: 'New', reason: 'not-here' },
      })
  })

  test('trying again tells what is wrong now', async () => {
    const made = value(await add())
    expect(await catalog.prove(made.id, never)).toMatchObject({ ok: true })
    kms().setState(kms().cmkId, 'Disabled')
    expect(await catalog.prove(made.id, never)).toMatchObject({
      error: { code: 'kms-key', name: 'Cloud', problem: 'disabled' },
    })
    expect(await (await reopened()).list()).toMatchObject([{ name: 'Cloud', unavailable: null }])
  })
})

describe('trouble with secrets', () => {
  test('locked, lost, and swapped between keys', async () => {
    const made = value(await add())
    const envelope = await sealedBy(made.id)
    keychain.mood = 'locked'
    expect(await (await reopened()).list()).toMatchObject([{ unavailable: 'keychain-locked' }])
    expect(await openedWith(envelope, await reopened())).toEqual({
      ok: false,
      error: { code: 'keychain-locked' },
    })
    keychain.mood = 'working'
    catalog = await reopened()
    // Another server in the record: the secret is not for it.
    const name = `master-key.${made.id}`
    const text = (await texts.load(name)) ?? ''
    await texts.save(name, text.replace(kms().endpoint, 'https://kms.evil.example'))
    expect(await openedWith(envelope)).toEqual({
      ok: false,
      error: { code: 'secret-lost', name: 'Cloud', place: 'data-folder' },
    })
    await texts.save(name, text)
    expect(await openedWith(envelope)).toMatchObject({ ok: true })
    keychain.entries.clear()
    const after = await reopened()
    expect(await after.list()).toMatchObject([{ unavailable: 'secret-lost' }])
    expect(await after.forWriting(made.id, false, never)).toEqual({
      ok: false,
      error: { code: 'secret-lost', name: 'Cloud' },
    })
    const [account = ''] = (await secretsOver(texts).check()).lost
    expect(after.nameOfAccount(account)).toBe('Cloud')
    expect(await after.remove(made.id)).toMatchObject({ ok: true })
    expect(await texts.list('master-key.')).toEqual([])
  })

  test.each(['before', 'after'] as const)(
    'a store that fails at any step, %s doing it, leaves a key that opens or none',
    async (when) => {
      let failed = 0
      for (const work of ['add', 'change'] as const) {
        for (let nth = 1; nth < 20; nth++) {
          texts = memoryTexts()
          keychain = pretendKeychain()
          catalog = await reopened()
          const before = work === 'change' ? value(await add()) : null
          let left = nth
          const step = async <T>(doing: () => Promise<T>): Promise<T> => {
            const fails = --left === 0
            if (fails && when === 'before')
              throw new Failure({ code: 'disk-full', path: 'x', needed: 1 })
            const done = await doing()
            if (fails) throw new Failure({ code: 'disk-full', path: 'x', needed: 1 })
            return done
          }
          const over = texts
          const broken = await reopened({
            ...over,
            save: (name, text) => step(() => over.save(name, text)),
            remove: (name) => step(() => over.remove(name)),
          })
          left = nth
          const result =
            before === null
              ? await add({}, broken)
              : await broken.updateKms(
                  before.id,
                  { ...place(), context: '', passphrase: 'new' },
                  never,
                )
          const spent = left > 0
          failed += result.ok ? 0 : 1
          const after = await reopened()
          const keys = await after.list()
          expect(keys.length).toBe(before === null ? (result.ok ? 1 : keys.length) : 1)
          for (const { id, unavailable } of keys) {
            expect(unavailable).toBeNull()
            expect(await after.prove(id, never)).toMatchObject({ ok: true })
          }
          if (spent) break
        }
      }
      expect(failed).toBeGreaterThan(4)
    },
  )
})

describe('choosing', () => {
  const names = async (description: string, only: readonly string[] = []) => {
    const found = await catalog.candidates(wants(description), only)
    return found.ok ? found.value.map(({ name }) => name) : found.error
  }
  let one: CatalogKey
  let two: CatalogKey
  beforeEach(async () => {
    one = value(await add({ name: 'One', description: '{"k":"1"}' }))
    two = value(await add({ name: 'Two', description: '', context: '{"a":"b"}' }))
    value(
      await catalog.generate({
        name: 'Rsa',
        bits: 2048,
        description: '{"k":"2"}',
        style: 'compact',
      }),
    )
    kms().log.clear()
  })

  test('by kind and description; without a description those without one first', async () => {
    expect(await names('{"k": "1"}')).toEqual(['One'])
    expect(await names('')).toEqual(['Two', 'One'])
    expect(await names('{"k":"2"}')).toEqual({
      code: 'unknown-master-key',
      description: '{"k":"2"}',
    })
    expect(await names('{"k":"2"}', [one.id])).toEqual(['One'])
    expect(catalog.match(wants('{"k":"1"}'))).toEqual({
      keyId: one.id,
      keyName: 'One',
      keyKind: 'kms',
    })
    expect(catalog.match({ wrapAlgorithm: 'kms/alicloud', keyDescription: '' })).toMatchObject({
      keyName: 'Two',
    })
    expect(
      catalog.match({ wrapAlgorithm: 'RSA/NONE/PKCS1Padding', keyDescription: '{"k":"1"}' }),
    ).toBeNull()
    expect(actions()).toEqual([])
  })

  test('a session without a key opens everything of its region, encrypts nothing, and leaves no trace', async () => {
    const envelope = await sealedBy(one.id)
    const before = await texts.list('')
    await Promise.all([one, two].map(({ id }) => catalog.remove(id)))
    expect(await names('{"k":"1"}')).toMatchObject({ code: 'unknown-master-key' })
    const any = value(await catalog.sessionKms({ ...fields(), cmkId: '', description: '' }))
    expect(any).toMatchObject({
      name: `KMS ${kms().region}`,
      origin: 'session',
      state: 'decrypt-only',
      unavailable: null,
    })
    expect(await names('{"k":"1"}')).toEqual([any.name])
    expect(catalog.match(wants('{"k":"1"}'))).toMatchObject({ keyId: any.id })
    expect(await openedWith(envelope)).toMatchObject({ ok: true, value: { keyId: any.id } })
    expect(await catalog.forWriting(any.id, true, never)).toMatchObject({
      error: { code: 'key-not-usable', reason: 'decrypt-only' },
    })
    expect((await texts.list('')).length).toBeLessThan(before.length)
    expect(await (await reopened()).list()).toMatchObject([{ name: 'Rsa' }])
  })

  test('a session key encrypts without being allowed to decrypt', async () => {
    const named = value(await catalog.sessionKms({ ...fields(), description: '', writes: 'v1' }))
    expect(actions()).toEqual([])
    await sealedBy(named.id)
    expect(actions()).toEqual(['GenerateDataKey', 'Encrypt'])
    expect(await catalog.sessionKms({ ...fields(), writes: 'v2-oaep' })).toMatchObject({
      error: { code: 'format-not-for-key' },
    })
  })

  test('what KMS lists', async () => {
    const listed = value(await catalog.listKms(place(), never))
    expect(listed.find(({ id }) => id === kms().cmkId)).toEqual({
      id: kms().cmkId,
      arn: kms().cmkArn,
      aliases: ['alias/practice'],
    })
    expect(
      await catalog.listKms({ ...place(), credential: { kind: 'keep' } }, never),
    ).toMatchObject({ error: { code: 'bad-request' } })
  })

  describe('messages', () => {
    const written = async (id: string): Promise<EncryptedMessage> => {
      using key = value(await catalog.forWriting(id, false, never))
      const { header, iv } = value(await newMessage(key, 2, new Map([['more', 'x']]), never))
      return {
        form: 'message',
        header,
        iv,
        tag: null,
        content: { offset: 0, length: 0 },
        tagAt: null,
      }
    }
    const opens = async (message: EncryptedMessage, only: readonly string[] = []) => {
      const keys = await catalog.messageCandidates(message.header, only)
      return keys.ok ? openMessage(message, keys.value, never) : keys
    }
    test('are opened by the CMK they name, bound as their header says; a passphrase stays out of it', async () => {
      const message = await written(two.id)
      expect(message.header.context).toEqual(
        new Map([
          ['a', 'b'],
          ['more', 'x'],
        ]),
      )
      expect(await opens(message, [one.id])).toMatchObject({
        ok: true,
        value: { keyName: 'One', keyKind: 'kms' },
      })
      const passed = value(await add({ name: 'Passed', description: '', passphrase: SECRET_TOKEN }))
      expect(JSON.stringify([...(await written(passed.id)).header.context])).toBe('[["more","x"]]')
      expect(catalog.matchMessage(message.header)).toMatchObject({ keyName: 'One', keyKind: 'kms' })
    })
    test('KMS is never asked for a CMK that was not added', async () => {
      const message = await written(one.id)
      const arn = kms().createKey().arn
      const foreign = {
        ...message,
        header: {
          ...message.header,
          dataKeys: message.header.dataKeys.map((key) => ({ ...key, keyId: arn })),
        },
      }
      const elsewhere = {
        ...message,
        header: {
          ...message.header,
          dataKeys: message.header.dataKeys.map((key) => ({
            ...key,
            keyId: key.keyId.replace(kms().region, 'cn-beijing'),
          })),
        },
      }
      kms().log.clear()
      for (const one of [foreign, elsewhere]) {
        expect(await opens(one)).toEqual({
          ok: false,
          error: { code: 'unknown-master-key', description: one.header.dataKeys[0]?.keyId },
        })
        expect(catalog.matchMessage(one.header)).toBeNull()
      }
      expect(await opens(foreign, [one.id, two.id])).toMatchObject({
        error: { code: 'unknown-master-key' },
      })
      value(await catalog.sessionKms({ ...fields(), cmkId: '', description: '' }))
      expect(await opens(elsewhere)).toMatchObject({ error: { code: 'unknown-master-key' } })
      expect(actions()).toEqual([])
    })
  })
})
