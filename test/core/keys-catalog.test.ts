import { spawnSync } from 'node:child_process'
import {
  checkPrimeSync,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  generatePrimeSync,
} from 'node:crypto'
import { beforeEach, describe, expect, test } from 'vitest'
import { Failure, type Result } from '../../shared/contract/errors.ts'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import type { CatalogKey } from '../../electron/core/keys/catalog/catalog-key.ts'
import { openKeyCatalog, type KeyCatalog } from '../../electron/core/keys/catalog/key-catalog.ts'
import { newEnvelope, open } from '../../electron/core/keys/keyring.ts'
import type { SecretStore } from '../../electron/core/store/secrets/secret-store.ts'
import type { TextStore } from '../../electron/core/store/text-store.ts'
import { pretendKeychain, type PretendKeychain } from '../ports/pretend-keychain.ts'
import { memoryTexts, memorySecrets, keychainSecrets } from '../ports/stores.ts'

const pairs = [1024, 2048, 2048].map((modulusLength) =>
  generateKeyPairSync('rsa', { modulusLength }),
)
const [weak, first, second] = pairs
const pemOf = (pair: (typeof pairs)[number] | undefined) =>
  Buffer.from(pair?.privateKey.export({ type: 'pkcs8', format: 'pem' }) ?? '')
const publicPemOf = (pair: (typeof pairs)[number] | undefined) =>
  Buffer.from(pair?.publicKey.export({ type: 'spki', format: 'pem' }) ?? '')
const value = <T>(result: Result<T>): T =>
  result.ok ? result.value : expect.fail(JSON.stringify(result.error))
const NONE = { description: '', style: 'compact' } as const
const START = Date.parse('2026-01-02T03:04:05Z')

let texts: TextStore
let keychain: PretendKeychain
let clock = START
let catalog: KeyCatalog
const now = () => clock
const never = new AbortController().signal
const outside = {
  http: openHttpClient(),
  profileCredentials: () => expect.fail('no profile is asked for an RSA key'),
}
/** An envelope of the current format with this description. */
const wants = (keyDescription: string) => ({
  wrapAlgorithm: 'RSA/NONE/PKCS1Padding',
  keyDescription,
})
const secretsOver = (over: TextStore): SecretStore => keychainSecrets(over, async () => keychain)
const reopened = (over: TextStore = texts) =>
  openKeyCatalog({ texts: over, secrets: secretsOver(over), outside, now })
const importing = (bytes: Buffer, name: string, change: object = {}) =>
  catalog.import({ bytes, passphrase: null, name, ...NONE, use: 'active', ...change })

beforeEach(async () => {
  texts = memoryTexts()
  keychain = pretendKeychain()
  clock = START
  catalog = await reopened()
})

describe('generating and importing', () => {
  test('a generated key is proven, kept, and still there after a restart', async () => {
    const made = value(
      await catalog.generate({
        name: ' Main ',
        bits: 2048,
        description: '{ "team": "a" }',
        style: 'python',
      }),
    )
    expect(made).toEqual({
      id: made.id,
      name: 'Main',
      kind: 'rsa',
      kms: null,
      command: null,
      writes: 'v2',
      bits: 2048,
      hasPrivate: true,
      state: 'active',
      description: '{"team": "a"}',
      style: 'python',
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      created: '2026-01-02T03:04:05.000Z',
      origin: 'generated',
      backedUp: null,
      escrowed: null,
      sheets: null,
      proven: '2026-01-02T03:04:05.000Z',
      weakAllowed: false,
      unavailable: null,
    })
    const envelope = value(
      await newEnvelope(value(await catalog.forWriting(made.id, false, never)), 'v2', never),
    ).envelope
    const after = await reopened()
    expect(await after.list()).toEqual([made])
    expect(
      value(await open(envelope, value(await after.candidates(wants('{"team":"a"}'), [])), never)),
    ).toMatchObject({ keyId: made.id, keyName: 'Main' })
  })

  test('all three sizes, off this thread', async () => {
    let ticks = 0
    const timer = setInterval(() => (ticks += 1), 5)
    for (const bits of [2048, 3072, 4096] as const)
      expect(value(await catalog.generate({ name: `k${bits}`, bits, ...NONE }))).toMatchObject({
        bits,
      })
    clearInterval(timer)
    expect(ticks).toBeGreaterThan(5)
  })

  test('origin of the sample key', async () => {
    const bytes = pemOf(second)
    expect(
      value(
        await catalog.session({
          bytes,
          passphrase: null,
          name: 'Sample',
          description: '',
          origin: 'sample',
        }),
      ),
    ).toMatchObject({ origin: 'sample' })
    expect(
      value(await catalog.session({ bytes, passphrase: null, name: 'Other', description: '' })),
    ).toMatchObject({ origin: 'session' })
  })

  test('an imported key, whole or public only', async () => {
    const whole = value(await importing(pemOf(first), 'Whole', { use: 'decrypt-only' }))
    expect(whole).toMatchObject({
      origin: 'imported',
      state: 'decrypt-only',
      hasPrivate: true,
      proven: '2026-01-02T03:04:05.000Z',
    })
    const half = value(await importing(publicPemOf(second), 'Half'))
    expect(half).toMatchObject({ hasPrivate: false, proven: null, unavailable: null })
    expect(keychain.entries.size).toBe(1)
    expect(await catalog.handle(half.id)).toMatchObject({
      ok: true,
      value: { canWrap: true, canUnwrap: false },
    })
    expect(value(await catalog.publicPem(half.id))).toBe(publicPemOf(second).toString())
  })

  test('inspecting stores nothing and says what is already here', async () => {
    expect(value(await catalog.inspect(pemOf(first), 'k.pem', null))).toMatchObject({
      container: 'pkcs8',
      fileName: 'k.pem',
      bits: 2048,
      hasPrivate: true,
      alreadyHere: null,
    })
    expect(await catalog.list()).toEqual([])
    const made = value(await importing(pemOf(first), 'Main'))
    expect(value(await catalog.inspect(publicPemOf(first), 'k.pub', null))).toMatchObject({
      container: 'spki',
      hasPrivate: false,
      alreadyHere: 'Main',
      fingerprint: made.fingerprint,
    })
    expect(await importing(pemOf(first), 'Again')).toEqual({
      ok: false,
      error: { code: 'key-import', problem: 'already-here' },
    })
    expect(await catalog.inspect(Buffer.from('x'), 'x', null)).toEqual({
      ok: false,
      error: { code: 'key-import', problem: 'not-a-key' },
    })
  })

  test('names and descriptions are used once', async () => {
    value(await importing(pemOf(first), 'Main', { description: '{"a":"1","b":"2"}' }))
    expect(await importing(pemOf(second), ' main')).toEqual({
      ok: false,
      error: { code: 'name-taken', name: 'main' },
    })
    const used = {
      ok: false,
      error: { code: 'key-description', problem: 'used-by', detail: 'Main' },
    }
    expect(
      await importing(pemOf(second), 'Other', { description: '{"b": "2", "a": "\\u0031"}' }),
    ).toEqual(used)
    expect(
      await catalog.generate({
        name: 'Other',
        bits: 2048,
        description: '{"b":"2","a":"1"}',
        style: 'python',
      }),
    ).toEqual(used)
    expect(await catalog.checkDescription('{"b":"2","a":"1"}', 'compact', null)).toEqual(used)
    const [main] = await catalog.list()
    expect(await catalog.checkDescription('{"b":"2","a":"1"}', 'compact', main?.id ?? '')).toEqual({
      ok: true,
      value: { written: '{"a":"1","b":"2"}' },
    })
    expect(await catalog.checkDescription('{"a":1}', 'compact', null)).toMatchObject({
      error: { code: 'key-description', problem: 'value-not-text' },
    })
    // Any number of keys may have none.
    expect(await importing(pemOf(second), 'Other')).toMatchObject({ ok: true })
    expect(await importing(pemOf(weak), 'Third', { description: ' {} ' })).toMatchObject({
      ok: true,
      value: { description: '' },
    })
    expect(await importing(pemOf(weak), '  ')).toMatchObject({ ok: false })
  })

  test('two imports of the same file at once leave one key', async () => {
    const both = await Promise.all([importing(pemOf(first), 'One'), importing(pemOf(first), 'Two')])
    expect(both.map((result) => (result.ok ? 'ok' : result.error))).toEqual([
      'ok',
      { code: 'key-import', problem: 'already-here' },
    ])
    expect(await catalog.list()).toHaveLength(1)
  })
})

describe('writing', () => {
  test('decrypt-only, weak and public-half-only keys', async () => {
    const old = value(await importing(pemOf(first), 'Old', { use: 'decrypt-only' }))
    expect(await catalog.forWriting(old.id, true, never)).toEqual({
      ok: false,
      error: { code: 'key-not-usable', name: 'Old', reason: 'decrypt-only' },
    })
    const short = value(await importing(pemOf(weak), 'Short'))
    const refusal = { ok: false, error: { code: 'key-not-usable', name: 'Short', reason: 'weak' } }
    expect(await catalog.forWriting(short.id, false, never)).toEqual(refusal)
    expect(await catalog.forWriting(short.id, true, never)).toMatchObject({ ok: true })
    // The consent is stored.
    expect(await (await reopened()).forWriting(short.id, false, never)).toMatchObject({ ok: true })
    const half = value(await importing(publicPemOf(second), 'Half'))
    clock += 1000
    expect(await catalog.forWriting(half.id, false, never)).toMatchObject({
      ok: true,
      value: { canUnwrap: false },
    })
    expect((await catalog.list()).find(({ name }) => name === 'Half')).toMatchObject({
      proven: '2026-01-02T03:04:06.000Z',
    })
    expect(await catalog.forWriting('nobody', false, never)).toEqual({
      ok: false,
      error: { code: 'not-found', what: 'master-key', name: 'nobody' },
    })
  })

  test('allowing a weak key by itself', async () => {
    const short = value(await importing(pemOf(weak), 'Short'))
    expect(value(await catalog.allowWeak(short.id))).toMatchObject({ weakAllowed: true })
    expect(await catalog.forWriting(short.id, false, never)).toMatchObject({ ok: true })
  })

  test('the description that is written is the one of the style', async () => {
    const made = value(
      await importing(pemOf(first), 'Main', { description: '{"b":"é","a":"1"}', style: 'python' }),
    )
    expect(value(await catalog.forWriting(made.id, false, never)).description).toBe(
      '{"b": "\\u00e9", "a": "1"}',
    )
    value(
      await catalog.update(made.id, {
        name: 'Main',
        description: '{"b":"é","a":"1"}',
        style: 'compact',
        state: 'active',
        writes: 'v2',
      }),
    )
    expect(value(await catalog.forWriting(made.id, false, never)).description).toBe(
      '{"a":"1","b":"\\u00e9"}',
    )
  })

  test('a key whose private half may be lost encrypts nothing, though it is still open', async () => {
    const made = value(await catalog.generate({ name: 'Main', bits: 2048, ...NONE }))
    expect(await catalog.forWriting(made.id, false, never)).toMatchObject({ ok: true })
    keychain.entries.clear()
    expect(await catalog.forWriting(made.id, false, never)).toEqual({
      ok: false,
      error: { code: 'secret-lost', name: 'Main' },
    })
    expect(await catalog.list()).toMatchObject([{ unavailable: 'secret-lost' }])
    // It is open, so what is there can be read and the key can be backed up.
    expect(await catalog.handle(made.id)).toMatchObject({ ok: true })
    expect(await catalog.backup(made.id, 'passphrase')).toMatchObject({ ok: true })
    catalog.closeAll()
    expect(await catalog.handle(made.id)).toEqual({
      ok: false,
      error: { code: 'secret-lost', name: 'Main' },
    })
  })

  test('a public half that was swapped on disk is noticed', async () => {
    const made = value(await importing(pemOf(first), 'Main'))
    const name = `master-key.${made.id}`
    const record = JSON.parse((await texts.load(name)) ?? '') as Record<string, unknown>
    const other = value(await catalog.inspect(publicPemOf(second), '', null))
    const spki = createPublicKey(publicPemOf(second))
      .export({ type: 'spki', format: 'der' })
      .toString('base64')
    await texts.save(name, JSON.stringify({ ...record, spki, fingerprint: other.fingerprint }))
    const after = await reopened()
    expect(await after.forWriting(made.id, false, never)).toMatchObject({
      ok: false,
      error: { code: 'secret-lost' },
    })
    await texts.save(name, JSON.stringify({ ...record, spki }))
    expect(await (await reopened()).list()).toMatchObject([
      { name: 'Main', unavailable: 'secret-lost', bits: 0 },
    ])
  })
})

describe('trouble with secrets', () => {
  test.each([
    ['locked', 'keychain-locked'],
    ['gone', process.platform === 'linux' ? 'keychain-missing' : 'keychain-locked'],
  ] as const)('%s', async (mood, code) => {
    const made = value(await catalog.generate({ name: 'Main', bits: 2048, ...NONE }))
    keychain.mood = mood
    const after = await reopened()
    expect(await after.list()).toMatchObject([{ name: 'Main', unavailable: code }])
    expect(await after.handle(made.id)).toEqual({ ok: false, error: { code } })
    expect(await after.candidates(wants(''), [])).toEqual({ ok: false, error: { code } })
    expect(await after.forWriting(made.id, false, never)).toEqual({ ok: false, error: { code } })
    expect(await after.generate({ name: 'Second', bits: 2048, ...NONE })).toEqual({
      ok: false,
      error: { code },
    })
    expect(await after.list()).toHaveLength(1)
    keychain.mood = 'working'
    expect(await (await reopened()).handle(made.id)).toMatchObject({ ok: true })
  })

  test('a lost private half comes back by importing the key again, under the same id', async () => {
    const made = value(await importing(pemOf(first), 'Main', { description: '{"a":"b"}' }))
    keychain.entries.clear()
    const after = await reopened()
    catalog = after
    expect(await after.list()).toMatchObject([{ unavailable: 'secret-lost' }])
    expect(value(await after.inspect(pemOf(first), 'k.pem', null))).toMatchObject({
      alreadyHere: null,
    })
    expect(value(await after.inspect(publicPemOf(first), 'k.pem', null))).toMatchObject({
      alreadyHere: 'Main',
    })
    const back = value(await importing(pemOf(first), 'Main', { description: '{"a":"b"}' }))
    expect(back).toMatchObject({ id: made.id, created: made.created, unavailable: null })
    expect(await (await reopened()).handle(made.id)).toMatchObject({ ok: true })
    // Nothing of the lost half stays, neither here nor as lost.
    expect(await texts.list('private-half.')).toHaveLength(1)
    expect((await secretsOver(texts).check()).lost).toEqual([])
  })

  test('a public half gets its private one; a locked keychain is no loss', async () => {
    const half = value(await importing(publicPemOf(first), 'Half'))
    const whole = value(await importing(pemOf(first), 'Whole'))
    expect(whole).toMatchObject({ id: half.id, hasPrivate: true, name: 'Whole' })
    keychain.mood = 'locked'
    catalog = await reopened()
    expect(await importing(pemOf(first), 'Again')).toEqual({
      ok: false,
      error: { code: 'key-import', problem: 'already-here' },
    })
  })

  test('a damaged record is shown as lost, not hidden, and can be removed', async () => {
    const made = value(await importing(pemOf(first), 'Main'))
    await texts.save(`master-key.${made.id}`, '{"version":1')
    const after = await reopened()
    expect(await after.list()).toMatchObject([{ id: made.id, unavailable: 'secret-lost' }])
    expect(await after.handle(made.id)).toEqual({
      ok: false,
      error: { code: 'secret-lost', name: made.id },
    })
    expect(
      await after.update(made.id, { name: 'x', ...NONE, state: 'active', writes: 'v2' }),
    ).toMatchObject({ ok: false, error: { code: 'secret-lost' } })
    expect(after.match(wants(''))).toBeNull()
    expect(await after.remove(made.id)).toEqual({ ok: true, value: null })
    expect(await after.list()).toEqual([])
    expect([await texts.list(''), keychain.entries.size]).toEqual([[], 0])
  })

  test('a sealed private half opens only under its own record', async () => {
    const [a, b] = [
      value(await importing(pemOf(first), 'A')),
      value(await importing(pemOf(second), 'B')),
    ]
    const halves = await Promise.all([a, b].map(({ id }) => texts.load(`private-half.${id}`)))
    await texts.save(`private-half.${a.id}`, halves[1] ?? '')
    expect(await (await reopened()).handle(a.id)).toMatchObject({
      ok: false,
      error: { code: 'secret-lost', name: 'A' },
    })
    await texts.save(`private-half.${a.id}`, halves[0] ?? '')
    expect(await (await reopened()).handle(a.id)).toMatchObject({ ok: true })
  })

  test('which key a lost account belongs to', async () => {
    const made = value(await importing(pemOf(first), 'Main'))
    keychain.entries.clear()
    const [account = ''] = (await secretsOver(texts).check()).lost
    expect(catalog.nameOfAccount(account)).toBe('Main')
    expect(catalog.nameOfAccount('profile:1')).toBeNull()
    expect(account).toContain(made.id)
  })
})

/**
 * Counts down over both stores; the step that reaches zero fails, before or after it did its work.
 */
function faulty(over: TextStore, when: 'before' | 'after') {
  const state = { left: Infinity }
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    const fails = --state.left === 0
    if (fails && when === 'before') throw new Failure({ code: 'disk-full', path: 'x', needed: 1 })
    const done = await work()
    if (fails) throw new Failure({ code: 'disk-full', path: 'x', needed: 1 })
    return done
  }
  const store: TextStore = {
    load: (name) => over.load(name),
    save: (name, text) => step(() => over.save(name, text)),
    remove: (name) => step(() => over.remove(name)),
    list: (prefix) => over.list(prefix),
    alone: (name, work) => over.alone(name, work),
    setAside: (name) => over.setAside(name),
    leave: (name) => over.leave(name),
  }
  return { state, store }
}

describe.each(['before', 'after'] as const)(
  'a store that fails at any step, %s doing it',
  (when) => {
    /** Every listed key opens; a key that was there before is still there. */
    const intact = async (mustHave: readonly string[]): Promise<readonly CatalogKey[]> => {
      const after = await reopened()
      const keys = await after.list()
      for (const { id } of keys)
        expect(await after.handle(id)).toMatchObject({ ok: true, value: { canUnwrap: true } })
      expect(keys.map(({ name }) => name)).toEqual(expect.arrayContaining([...mustHave]))
      return keys
    }
    const stepsOf = async (
      work: (catalog: KeyCatalog) => Promise<Result<unknown>>,
      prepare: () => Promise<void>,
      check: (result: Result<unknown>) => Promise<void>,
    ) => {
      let failed = 0
      for (let nth = 1; nth < 40; nth++) {
        texts = memoryTexts()
        keychain = pretendKeychain()
        catalog = await reopened()
        await prepare()
        const { state, store } = faulty(texts, when)
        const opened = await openKeyCatalog({
          texts: store,
          secrets: secretsOver(store),
          outside,
          now,
        })
        state.left = nth
        const result = await work(opened)
        const spent = state.left > 0
        if (!spent && !result.ok) failed += 1
        await check(result)
        if (spent) return failed
      }
      return expect.fail('never ran out of steps')
    }

    test('importing', async () => {
      const failed = await stepsOf(
        (one) =>
          one.import({
            bytes: pemOf(second),
            passphrase: null,
            name: 'New',
            ...NONE,
            use: 'active',
          }),
        async () => void value(await importing(pemOf(first), 'Main')),
        async (result) => {
          const keys = await intact(result.ok ? ['Main', 'New'] : ['Main'])
          // It can be tried again, or it is there.
          catalog = await reopened()
          if (keys.length === 1)
            expect(await importing(pemOf(second), 'New')).toMatchObject({ ok: true })
        },
      )
      expect(failed).toBeGreaterThan(2)
    })

    test('giving a private half back', async () => {
      await stepsOf(
        (one) =>
          one.import({
            bytes: pemOf(first),
            passphrase: null,
            name: 'Main',
            ...NONE,
            use: 'active',
          }),
        async () => {
          value(await importing(pemOf(first), 'Main'))
          keychain.entries.clear()
        },
        async () => {
          catalog = await reopened()
          const [before] = await catalog.list()
          if (before?.unavailable !== null) value(await importing(pemOf(first), 'Main'))
          expect((await intact(['Main']))[0]?.id).toBe(before?.id)
        },
      )
    })

    test('removing: the key is whole or gone, and what is left over is cleared by the next start', async () => {
      await stepsOf(
        async (one) => one.remove((await one.list()).find(({ name }) => name === 'Old')?.id ?? ''),
        async () => {
          value(await importing(pemOf(first), 'Main'))
          value(await importing(pemOf(second), 'Old'))
        },
        async (result) => {
          const keys = await intact(['Main'])
          if (result.ok) expect(keys).toHaveLength(1)
          if (keys.length === 1) {
            await secretsOver(texts).check()
            expect([
              (await texts.list('private-half.')).length,
              (await texts.list('master-key.')).length,
              keychain.entries.size,
            ]).toEqual([1, 1, 1])
          }
        },
      )
    })

    test('changing', async () => {
      await stepsOf(
        async (one) =>
          one.update((await one.list())[0]?.id ?? '', {
            name: 'Renamed',
            description: '{"a":"b"}',
            style: 'compact',
            state: 'decrypt-only',
            writes: 'v2',
          }),
        async () => void value(await importing(pemOf(first), 'Main')),
        async (result) => {
          const [key] = await intact([])
          expect(key?.name).toBe(
            result.ok ? 'Renamed' : key?.description === '' ? 'Main' : 'Renamed',
          )
        },
      )
    })
  },
)

describe('a keychain that fails at any call', () => {
  test('importing never lists a key that does not open', async () => {
    for (let nth = 1; nth < 14; nth++) {
      texts = memoryTexts()
      keychain = pretendKeychain()
      catalog = await reopened()
      value(await importing(pemOf(first), 'Main'))
      keychain.failAt = nth
      const result = await importing(pemOf(second), 'New')
      keychain.failAt = 0
      const after = await reopened()
      const keys = await after.list()
      expect(keys.map(({ name }) => name).sort()).toEqual(result.ok ? ['Main', 'New'] : ['Main'])
      for (const { id, unavailable } of keys)
        expect([unavailable, (await after.handle(id)).ok]).toEqual([null, true])
    }
  })
})

describe('reading', () => {
  let one: CatalogKey
  let two: CatalogKey
  beforeEach(async () => {
    one = value(await importing(pemOf(first), 'One', { description: '{"k":"1"}' }))
    clock += 1000
    two = value(await importing(pemOf(second), 'Two'))
  })
  const names = async (description: string, only: readonly string[] = []) => {
    const found = await catalog.candidates(wants(description), only)
    return found.ok ? found.value.map(({ name }) => name) : found.error
  }

  test('candidates', async () => {
    expect(await names('{"k": "1"}')).toEqual(['One'])
    expect(await names('')).toEqual(['Two', 'One'])
    expect(await names('{"k":"2"}')).toEqual({
      code: 'unknown-master-key',
      description: '{"k":"2"}',
    })
    expect(await names('{"k":"2"}', [two.id])).toEqual(['Two'])
    expect(await names('', [one.id, two.id])).toEqual(['Two', 'One'])
    expect(await names('{"k":"1"}', [two.id, one.id])).toEqual(['One', 'Two'])
    expect(await names('{"k":"2"}', [one.id, two.id])).toEqual(['One', 'Two'])
    expect(await names('', ['nobody'])).toEqual({
      code: 'not-found',
      what: 'master-key',
      name: 'nobody',
    })
    const half = value(await importing(publicPemOf(weak), 'Half', { description: '{"k":"3"}' }))
    expect(await names('{"k":"3"}')).toEqual({
      code: 'key-not-usable',
      name: 'Half',
      reason: 'public-half-only',
    })
    expect(await names('', [half.id])).toEqual({
      code: 'key-not-usable',
      name: 'Half',
      reason: 'public-half-only',
    })
    expect(await names('')).toEqual(['Two', 'One'])
  })

  test('a decrypt-only key still opens', async () => {
    value(
      await catalog.update(one.id, {
        name: 'One',
        description: '{"k":"1"}',
        style: 'compact',
        state: 'decrypt-only',
        writes: 'v2',
      }),
    )
    expect(await names('{"k":"1"}')).toEqual(['One'])
  })

  test('no key at all', async () => {
    expect(
      await (
        await openKeyCatalog({ texts: memoryTexts(), secrets: memorySecrets(), outside, now })
      ).candidates(wants(''), []),
    ).toEqual({ ok: false, error: { code: 'unknown-master-key', description: '' } })
  })

  test('what a list may say', () => {
    expect(catalog.match(wants('{ "k":"1"}'))).toEqual({
      keyId: one.id,
      keyName: 'One',
      keyKind: 'rsa',
    })
    expect(catalog.match(wants(''))).toEqual({ keyId: two.id, keyName: 'Two', keyKind: 'rsa' })
    expect(catalog.match(wants('{"k":"2"}'))).toBeNull()
  })

  test('what another process does is seen', async () => {
    const other = await reopened()
    value(
      await other.update(one.id, {
        name: 'Uno',
        description: '{"k":"1"}',
        style: 'compact',
        state: 'active',
        writes: 'v2',
      }),
    )
    value(await other.remove(two.id))
    expect((await catalog.list()).map(({ name }) => name)).toEqual(['Uno'])
    expect(await catalog.handle(two.id)).toMatchObject({ ok: false, error: { code: 'not-found' } })
  })
})

describe('session keys', () => {
  test('work, take any name and description, and leave no trace', async () => {
    value(await importing(pemOf(first), 'k.pem', { description: '{"a":"b"}' }))
    const before = await texts.list('')
    const key = value(
      await catalog.session({
        bytes: pemOf(second),
        passphrase: null,
        name: 'k.pem',
        description: '{"a":"b"}',
      }),
    )
    expect(key).toMatchObject({
      name: 'k.pem (2)',
      origin: 'session',
      hasPrivate: true,
      proven: null,
      unavailable: null,
    })
    const writer = value(await catalog.forWriting(key.id, false, never))
    const { envelope } = value(await newEnvelope(writer, 'v2', never))
    expect(
      value(await open(envelope, value(await catalog.candidates(wants('{"a":"b"}'), [])), never)),
    ).toMatchObject({ keyName: 'k.pem (2)' })
    catalog.closeAll()
    expect(await catalog.handle(key.id)).toMatchObject({ ok: true })
    expect(
      value(await catalog.update(key.id, { name: 'mine', ...NONE, state: 'active', writes: 'v2' })),
    ).toMatchObject({ name: 'mine' })
    // It may be imported for good.
    expect(await importing(pemOf(second), 'kept')).toMatchObject({ ok: true })
    value(await catalog.remove(key.id))
    expect((await catalog.list()).map(({ name }) => name)).toEqual(['k.pem', 'kept'])
    expect((await texts.list('')).length).toBe(before.length + 3)
  })
  test('the public half alone', async () => {
    const key = value(
      await catalog.session({
        bytes: publicPemOf(second),
        passphrase: null,
        name: 'pub',
        description: '',
      }),
    )
    expect(key).toMatchObject({ hasPrivate: false })
    expect(await catalog.handle(key.id)).toMatchObject({ ok: true, value: { canUnwrap: false } })
    expect(await catalog.backup(key.id, 'x')).toMatchObject({
      ok: false,
      error: { code: 'key-not-usable', reason: 'public-half-only' },
    })
  })
})

describe('backups', () => {
  const openssl = spawnSync('openssl', ['version'])
  if (openssl.status !== 0)
    console.warn('SKIPPED: backups opened by the openssl program, which is not installed')

  test.each(['correct horse battery', 'ü ß 汉字 😀', '  a b c ', '"\'$(x)`;'])(
    'with the passphrase %j: read back here and by openssl',
    async (passphrase) => {
      const made = value(await importing(pemOf(first), 'Main'))
      const pem = value(await catalog.backup(made.id, passphrase))
      expect(pem).toMatch(
        /^-----BEGIN ENCRYPTED PRIVATE KEY-----\n([A-Za-z0-9+/=]{1,64}\n)+-----END ENCRYPTED PRIVATE KEY-----\n$/,
      )
      expect(value(await catalog.inspect(Buffer.from(pem), 'b.pem', passphrase))).toMatchObject({
        container: 'encrypted-pkcs8',
        fingerprint: made.fingerprint,
        hasPrivate: true,
      })
      expect(await catalog.inspect(Buffer.from(pem), 'b.pem', `${passphrase}x`)).toEqual({
        ok: false,
        error: { code: 'key-import', problem: 'wrong-passphrase' },
      })
      if (openssl.status !== 0) return
      const opened = spawnSync('openssl', ['pkey', '-passin', 'env:SECRET'], {
        input: pem,
        env: { ...process.env, SECRET: passphrase },
      })
      expect(opened.stdout.toString()).toBe(pemOf(first).toString())
      const asn1 = spawnSync('openssl', ['asn1parse'], { input: pem }).stdout.toString()
      expect(asn1).toMatch(
        /PBES2[\s\S]*PBKDF2[\s\S]*INTEGER\s+:0927C0[\s\S]*hmacWithSHA256[\s\S]*aes-256-cbc/,
      )
    },
  )

  test.each(['correct horse battery', 'ü ß 汉字 😀'])(
    'PKCS#12 with the passphrase %j: read back here and by openssl',
    async (passphrase) => {
      const made = value(await importing(pemOf(first), 'Main'))
      const file = Buffer.from(value(await catalog.backup(made.id, passphrase, 'pkcs12')))
      expect(value(await catalog.inspect(file, 'b.p12', passphrase))).toMatchObject({
        container: 'pkcs12',
        fingerprint: made.fingerprint,
        hasPrivate: true,
      })
      expect(await catalog.inspect(file, 'b.p12', `${passphrase}x`)).toEqual({
        ok: false,
        error: { code: 'key-import', problem: 'wrong-passphrase' },
      })
      // One byte of the encrypted key, which the integrity check covers.
      const changed = Buffer.from(file)
      changed[400] = (changed[400] ?? 0) ^ 1
      expect(await catalog.inspect(changed, 'b.p12', passphrase)).toMatchObject({ ok: false })
      if (openssl.status !== 0) return
      const env = { ...process.env, SECRET: passphrase }
      const pkcs12 = ['pkcs12', '-passin', 'env:SECRET', '-nocerts']
      const opened = spawnSync('openssl', [...pkcs12, '-noenc'], { input: file, env })
      expect(opened.stdout.toString()).toContain(pemOf(first).toString())
      const told = spawnSync('openssl', [...pkcs12, '-info', '-noout'], { input: file, env })
      expect(told.stderr.toString()).toMatch(
        /MAC: sha256, Iteration 600000[\s\S]*PBES2, PBKDF2, AES-256-CBC, Iteration 600000, PRF hmacWithSHA256/,
      )
    },
  )

  test('the time of a backup is kept', async () => {
    const made = value(await importing(pemOf(first), 'Main'))
    clock += 5000
    expect(value(await catalog.markBackedUp(made.id))).toMatchObject({
      backedUp: '2026-01-02T03:04:10.000Z',
    })
    expect(await (await reopened()).list()).toMatchObject([
      { backedUp: '2026-01-02T03:04:10.000Z' },
    ])
  })
})

describe('what is told', () => {
  test('listeners hear of changes until they stop listening', async () => {
    let heard = 0
    const off = catalog.onChange(() => (heard += 1))
    const made = value(await importing(pemOf(first), 'Main'))
    value(await catalog.prove(made.id, never))
    value(await catalog.remove(made.id))
    expect(heard).toBe(3)
    off()
    value(await importing(pemOf(first), 'Main'))
    expect(heard).toBe(3)
  })

  test.each(['', 'x', '12345', 'aaaaaaaaaaaa', 'abcabcabcabc', '汉字汉字汉字汉字', '😀😀😀😀'])(
    'the passphrase %j is too weak, and there is no backup',
    async (passphrase) => {
      const made = value(await importing(pemOf(first), 'Main'))
      expect(await catalog.backup(made.id, passphrase)).toEqual({
        ok: false,
        error: { code: 'weak-passphrase', least: 6 },
      })
    },
  )

  test('no answer and no stored text holds key material', async () => {
    const answers: unknown[] = []
    const passphrase = 'pass phrase 1'
    const made = value(await importing(pemOf(first), 'Main'))
    const backup = value(await catalog.backup(made.id, passphrase))
    answers.push(
      made,
      await catalog.list(),
      await catalog.inspect(Buffer.from(backup), 'b', passphrase),
      await catalog.inspect(Buffer.from(backup), 'b', 'other'),
    )
    answers.push(
      await catalog.session({ bytes: Buffer.from(backup), passphrase, name: 's', description: '' }),
      await catalog.prove(made.id, never),
      await catalog.publicPem(made.id),
    )
    answers.push(
      value(await catalog.handle(made.id)),
      value(await catalog.candidates(wants(''), [])),
    )
    keychain.mood = 'locked'
    catalog.closeAll()
    answers.push(
      await catalog.handle(made.id),
      await catalog.list(),
      await importing(pemOf(weak), 'Weak'),
      await secretsOver(texts).status(),
    )
    const jwk = first?.privateKey.export({ format: 'jwk' }) ?? {}
    const secrets = [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi].flatMap((number) => {
      const bytes = Buffer.from(number ?? '', 'base64url')
      return [
        bytes.toString('hex'),
        bytes.toString('base64').slice(4, -4),
        bytes.subarray(1).toString('base64').slice(4, -4),
        bytes.subarray(2).toString('base64').slice(4, -4),
        bytes.toString('base64url'),
      ]
    })
    const told = answers.map((answer) => JSON.stringify(answer)).join('\n')
    const stored = (await Promise.all((await texts.list('')).map((name) => texts.load(name)))).join(
      '\n',
    )
    for (const secret of [...secrets, passphrase]) {
      expect(secret.length).toBeGreaterThan(10)
      expect([told.includes(secret), stored.includes(secret)]).toEqual([false, false])
    }
    for (const kept of keychain.entries.values())
      expect(stored.includes(JSON.parse(kept) as string)).toBe(false)
    // The scan finds what it looks for.
    expect(
      pemOf(first)
        .toString()
        .replace(/\n/g, '')
        .includes(secrets[1]?.slice(0, 20) ?? '-') ||
        secrets.some((secret) => pemOf(first).toString().replace(/\n/g, '').includes(secret)),
    ).toBe(true)
  })
})

/**
 * Two primes that follow one another: anybody takes their product apart in a moment, and OpenSSL
 * uses it all the same.
 */
function breakablePem(): Buffer {
  const e = 65_537n
  const inverse = (a: bigint, m: bigint): bigint => {
    let [old, rest, x, y] = [a % m, m, 1n, 0n]
    while (rest > 0n) [old, rest, x, y] = [rest, old % rest, y, x - (old / rest) * y]
    return ((x % m) + m) % m
  }
  const p = generatePrimeSync(1024, { bigint: true })
  let q = p + 2n
  while (!checkPrimeSync(q)) q += 2n
  const d = inverse(e, (p - 1n) * (q - 1n))
  const text = (number: bigint): string =>
    Buffer.from(
      number.toString(16).padStart(2 * Math.ceil(number.toString(16).length / 2), '0'),
      'hex',
    ).toString('base64url')
  const jwk = {
    kty: 'RSA',
    n: text(p * q),
    e: text(e),
    d: text(d),
    p: text(p),
    q: text(q),
    dp: text(d % (p - 1n)),
    dq: text(d % (q - 1n)),
    qi: text(inverse(q, p)),
  }
  return Buffer.from(
    createPrivateKey({ key: jwk, format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' }),
  )
}

test('a key whose private half anybody can compute still decrypts, and nothing new is encrypted with it, whatever is allowed', async () => {
  const made = value(await importing(breakablePem(), 'Old card'))
  expect(value(await catalog.handle(made.id)).canUnwrap).toBe(true)
  for (const allowWeak of [false, true])
    expect(await catalog.forWriting(made.id, allowWeak, never)).toEqual({
      ok: false,
      error: { code: 'key-not-usable', name: 'Old card', reason: 'breakable' },
    })
  const session = value(
    await catalog.session({
      bytes: breakablePem(),
      passphrase: null,
      name: 'card.pem',
      description: '',
    }),
  )
  expect(await catalog.forWriting(session.id, true, never)).toMatchObject({
    error: { reason: 'breakable' },
  })
})
