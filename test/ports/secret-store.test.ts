import { describe, expect, test } from 'vitest'
import type { Keychain } from '../../electron/core/store/secrets/keychain-secrets.ts'
import { keychainSecrets } from '../../electron/core/store/secrets/keychain-secrets.ts'
import { openSecrets } from '../../electron/core/store/secrets/open-secrets.ts'
import {
  passphraseSecrets,
  SECRETS_FILE,
} from '../../electron/core/store/secrets/passphrase-secrets.ts'
import {
  MAX_SECRET_BYTES,
  memorySecrets,
  type SecretStore,
} from '../../electron/core/store/secrets/secret-store.ts'
import { memoryTexts, type TextStore } from '../../electron/core/store/text-store.ts'
import { pretendKeychain } from './pretend-keychain.ts'

const PASS = 'correct horse battery'
const loadOf = (keychain: Keychain | null) => async () => keychain
const opened = async (store: SecretStore): Promise<SecretStore> => {
  expect(await store.unlock(PASS)).toMatchObject({ ok: true })
  return store
}

const twins: readonly (readonly [string, () => Promise<SecretStore>])[] = [
  ['memory', async () => memorySecrets()],
  ['keychain', async () => keychainSecrets(memoryTexts(), loadOf(pretendKeychain()))],
  ['passphrase file', () => opened(passphraseSecrets(memoryTexts()))],
  [
    'chosen: keychain',
    () => openSecrets({ texts: memoryTexts(), place: 'auto', load: loadOf(pretendKeychain()) }),
  ],
  [
    'chosen: file',
    async () =>
      opened(await openSecrets({ texts: memoryTexts(), place: 'auto', load: loadOf(null) })),
  ],
]

for (const [kind, make] of twins) {
  describe(kind, () => {
    test('what was never stored is null', async () => {
      const store = await make()
      expect(await store.get('profile:1')).toEqual({ ok: true, value: null })
      expect(await store.remove('profile:1')).toEqual({ ok: true, value: null })
      expect(await store.status()).toMatchObject({ state: 'working', lost: [] })
    })

    test('values come back as they were', async () => {
      const store = await make()
      for (const value of [
        '',
        ' ',
        'a',
        '{"a":"ü\\u0000"}',
        'a\0b',
        '汉字 😀',
        '"',
        'x'.repeat(MAX_SECRET_BYTES),
      ]) {
        expect(await store.set('profile:1', value)).toEqual({ ok: true, value: null })
        expect(await store.get('profile:1')).toEqual({ ok: true, value })
      }
    })

    test('accounts do not meet, and odd names are names', async () => {
      const store = await make()
      const accounts = ['profile:1', 'profile:2', 'key:1', '__proto__', '../x', 'Profile:1', '']
      for (const account of accounts) await store.set(account, `of ${account}`)
      for (const account of accounts)
        expect(await store.get(account)).toEqual({ ok: true, value: `of ${account}` })
      await store.remove('profile:1')
      expect(await store.get('profile:1')).toEqual({ ok: true, value: null })
      expect(await store.get('profile:2')).toEqual({ ok: true, value: 'of profile:2' })
      expect((await store.check()).lost).toEqual([])
    })

    test('many at once', async () => {
      const store = await make()
      await Promise.all(Array.from({ length: 20 }, (_, i) => store.set(`key:${i}`, String(i))))
      for (let i = 0; i < 20; i++)
        expect(await store.get(`key:${i}`)).toEqual({ ok: true, value: String(i) })
    })

    test('what would not fit everywhere is refused', async () => {
      const store = await make()
      expect(await store.set('a', 'ü'.repeat(MAX_SECRET_BYTES / 2 + 1))).toEqual({
        ok: false,
        error: { code: 'too-large', limit: MAX_SECRET_BYTES },
      })
    })
  })
}

describe('keychain that fails', () => {
  const stored = async (): Promise<{
    texts: TextStore
    keychain: ReturnType<typeof pretendKeychain>
  }> => {
    const texts = memoryTexts()
    const keychain = pretendKeychain()
    expect(await keychainSecrets(texts, loadOf(keychain)).set('key:1', 'precious')).toMatchObject({
      ok: true,
    })
    return { texts, keychain }
  }

  test('locked: an error, never null, and open again after it', async () => {
    const { texts, keychain } = await stored()
    const store = keychainSecrets(texts, loadOf(keychain))
    keychain.mood = 'locked'
    expect(await store.get('key:1')).toEqual({ ok: false, error: { code: 'keychain-locked' } })
    expect(await store.set('key:2', 'x')).toEqual({ ok: false, error: { code: 'keychain-locked' } })
    expect(await store.get('key:2')).toEqual({ ok: true, value: null })
    expect(await store.status()).toMatchObject({ place: 'keychain', state: 'locked', lost: [] })
    keychain.mood = 'working'
    expect(await store.check()).toMatchObject({ state: 'working', lost: [] })
    expect(await store.get('key:1')).toEqual({ ok: true, value: 'precious' })
  })

  test('locked while in use', async () => {
    const { texts, keychain } = await stored()
    const store = keychainSecrets(texts, loadOf(keychain))
    expect(await store.get('key:1')).toEqual({ ok: true, value: 'precious' })
    keychain.mood = 'locked'
    expect(await store.get('key:1')).toEqual({ ok: false, error: { code: 'keychain-locked' } })
  })

  test('gone: keychain-missing', async () => {
    const { texts, keychain } = await stored()
    keychain.mood = 'gone'
    const store = keychainSecrets(texts, loadOf(keychain))
    expect(await store.get('key:1')).toMatchObject({
      ok: false,
      error: { code: process.platform === 'linux' ? 'keychain-missing' : 'keychain-locked' },
    })
    expect(await keychainSecrets(texts, loadOf(null)).get('key:1')).toEqual({
      ok: false,
      error: { code: 'keychain-missing' },
    })
  })

  test('wiped: secret-lost, listed as lost, and never set up anew behind the back', async () => {
    const { texts, keychain } = await stored()
    keychain.entries.clear()
    const store = keychainSecrets(texts, loadOf(keychain))
    expect(await store.get('key:1')).toEqual({
      ok: false,
      error: { code: 'secret-lost', name: 'key:1' },
    })
    expect(await store.check()).toMatchObject({ state: 'working', lost: ['key:1'] })
    expect(await store.remove('key:1')).toEqual({ ok: true, value: null })
    expect(await store.check()).toMatchObject({ lost: [] })
  })

  test('an entry that was replaced by something else is lost too', async () => {
    const { texts, keychain } = await stored()
    for (const name of keychain.entries.keys()) keychain.entries.set(name, 'not JSON')
    expect(await keychainSecrets(texts, loadOf(keychain)).get('key:1')).toMatchObject({
      error: { code: 'secret-lost' },
    })
  })

  test('removing while locked: gone at once, cleared away when it opens', async () => {
    const { texts, keychain } = await stored()
    keychain.mood = 'locked'
    const store = keychainSecrets(texts, loadOf(keychain))
    expect(await store.remove('key:1')).toEqual({ ok: true, value: null })
    expect(await store.get('key:1')).toEqual({ ok: true, value: null })
    expect(keychain.entries.size).toBe(1)
    keychain.mood = 'working'
    await store.check()
    expect(keychain.entries.size).toBe(0)
    expect(await texts.list('secret.')).toEqual([])
  })

  test('the probe leaves nothing behind, and two data folders never meet', async () => {
    const keychain = pretendKeychain()
    const [first, second] = [
      keychainSecrets(memoryTexts(), loadOf(keychain)),
      keychainSecrets(memoryTexts(), loadOf(keychain)),
    ]
    await first.check()
    expect(keychain.entries.size).toBe(0)
    await first.set('key:1', 'one')
    await second.set('key:1', 'two')
    expect(await first.get('key:1')).toEqual({ ok: true, value: 'one' })
    await second.remove('key:1')
    expect(await first.get('key:1')).toEqual({ ok: true, value: 'one' })
  })

  test('unlocked while we asked: what is there is found', async () => {
    const { texts, keychain } = await stored()
    let asked = 0
    const late: Keychain = {
      ...keychain,
      // The first answer is still that of a locked keychain.
      getPassword: async (service, account) =>
        account === 'key:1' && asked++ === 0 ? null : keychain.getPassword(service, account),
    }
    expect(await keychainSecrets(texts, loadOf(late)).get('key:1')).toEqual({
      ok: true,
      value: 'precious',
    })
  })

  test('a write that is not kept is no success', async () => {
    const { texts, keychain } = await stored()
    const forgetful: Keychain = {
      ...keychain,
      setPassword: async (service, account, value) =>
        account.startsWith('probe:') ? keychain.setPassword(service, account, value) : undefined,
    }
    const store = keychainSecrets(texts, loadOf(forgetful))
    expect(await store.set('key:2', 'new')).toMatchObject({ ok: false })
    expect(await store.set('key:1', 'changed')).toMatchObject({ ok: false })
    expect(await store.get('key:1')).toEqual({ ok: true, value: 'precious' })
  })

  test('at every call that can fail: an error, then nothing lost', async () => {
    for (let nth = 1; nth < 12; nth++) {
      const { texts, keychain } = await stored()
      keychain.failAt = nth
      const store = keychainSecrets(texts, loadOf(keychain))
      const set = await store.set('key:2', 'new')
      const changed = await store.set('key:1', 'changed')
      keychain.failAt = 0
      await store.check()
      const after = keychainSecrets(texts, loadOf(keychain))
      expect(await after.get('key:1')).toEqual({
        ok: true,
        value: changed.ok ? 'changed' : expect.stringMatching(/^(precious|changed)$/),
      })
      const second = await after.get('key:2')
      expect(
        second.ok &&
          (set.ok ? second.value === 'new' : second.value === null || second.value === 'new'),
      ).toBe(true)
    }
  })

  test('its own words never come out', async () => {
    const { texts, keychain } = await stored()
    keychain.mood = 'gone'
    expect(
      JSON.stringify(await keychainSecrets(texts, loadOf(keychain)).get('key:1')),
    ).not.toContain('precious')
  })
})

describe('passphrase file', () => {
  test('nothing without its passphrase, everything with it', async () => {
    const texts = memoryTexts()
    const first = passphraseSecrets(texts)
    expect(await first.set('key:1', 'x')).toEqual({
      ok: false,
      error: { code: 'passphrase-needed', exists: false },
    })
    expect(await first.status()).toMatchObject({
      place: 'passphrase-file',
      state: 'passphrase-needed',
      exists: false,
    })
    await opened(first)
    await first.set('key:1', 'precious')
    const second = passphraseSecrets(texts)
    expect(await second.get('key:1')).toEqual({
      ok: false,
      error: { code: 'passphrase-needed', exists: true },
    })
    expect(await second.get('key:2')).toEqual({ ok: true, value: null })
    const before = await texts.load(SECRETS_FILE)
    expect(await second.unlock('wrong')).toEqual({ ok: false, error: { code: 'wrong-passphrase' } })
    expect(await texts.load(SECRETS_FILE)).toBe(before)
    await opened(second)
    expect(await second.get('key:1')).toEqual({ ok: true, value: 'precious' })
    // One store reads the secrets of the other.
    await first.set('key:2', 'also')
    expect(await second.get('key:2')).toEqual({ ok: true, value: 'also' })
    second.close()
    expect(await second.get('key:1')).toEqual({
      ok: false,
      error: { code: 'passphrase-needed', exists: true },
    })
    for (const name of await texts.list(''))
      expect(await texts.load(name)).not.toContain('precious')
  })

  test('the same passphrase in other code points opens it', async () => {
    const texts = memoryTexts()
    await passphraseSecrets(texts).unlock('caf\u00e9 au lait')
    expect(await passphraseSecrets(texts).unlock('cafe\u0301 au lait')).toMatchObject({ ok: true })
  })

  test.each([
    ['not JSON', () => 'rubbish'],
    ['another version', (text: string) => text.replace('"version":1', '"version":2')],
    ['absurd cost', (text: string) => text.replace('"N":131072', '"N":1073741824')],
  ])('a file we cannot read (%s) is never replaced', async (_, damage) => {
    const texts = memoryTexts()
    const store = await opened(passphraseSecrets(texts))
    await store.set('key:1', 'precious')
    const damaged = damage((await texts.load(SECRETS_FILE)) ?? '')
    await texts.save(SECRETS_FILE, damaged)
    expect(await passphraseSecrets(texts).unlock(PASS)).toEqual({
      ok: false,
      error: { code: 'file-damaged', path: 'secrets-file.json', kept: null },
    })
    expect(await store.set('key:2', 'x')).toMatchObject({ ok: false })
    expect(await store.get('key:1')).toMatchObject({ ok: false, error: { code: 'file-damaged' } })
    expect(await texts.load(SECRETS_FILE)).toBe(damaged)
  })

  test('a changed file does not open: cost, salt, nonce and content are bound together', async () => {
    const texts = memoryTexts()
    await opened(passphraseSecrets(texts))
    const file = JSON.parse((await texts.load(SECRETS_FILE)) ?? '') as {
      sealed: string
      derivation: object
    }
    const flipped = `${file.sealed.startsWith('A') ? 'B' : 'A'}${file.sealed.slice(1)}`
    await texts.save(SECRETS_FILE, JSON.stringify({ ...file, sealed: flipped }))
    expect(await passphraseSecrets(texts).unlock(PASS)).toMatchObject({
      ok: false,
      error: { code: 'wrong-passphrase' },
    })
  })

  test('a file that is gone although secrets were in it: lost, and not made anew', async () => {
    const texts = memoryTexts()
    await (await opened(passphraseSecrets(texts))).set('key:1', 'precious')
    await texts.remove(SECRETS_FILE)
    const store = passphraseSecrets(texts)
    expect(await store.status()).toMatchObject({ state: 'missing', exists: false })
    expect(await store.get('key:1')).toMatchObject({ ok: false, error: { code: 'secret-lost' } })
    expect(await store.unlock(PASS)).toMatchObject({ ok: false, error: { code: 'secret-lost' } })
    expect(await texts.load(SECRETS_FILE)).toBeNull()
    // Only after the loss was accepted, account by account, may there be a new one.
    await store.remove('key:1')
    expect(await store.unlock(PASS)).toMatchObject({ ok: true, value: { state: 'working' } })
  })
})

describe('the place', () => {
  test('stays the keychain once something is in it', async () => {
    const texts = memoryTexts()
    const keychain = pretendKeychain()
    await (
      await openSecrets({ texts, place: 'auto', load: loadOf(keychain) })
    ).set('key:1', 'precious')
    const without = await openSecrets({ texts, place: 'auto', load: loadOf(null) })
    expect(await without.status()).toMatchObject({ place: 'keychain', state: 'missing' })
    expect(await without.get('key:1')).toEqual({ ok: false, error: { code: 'keychain-missing' } })
    expect(await without.set('key:2', 'x')).toEqual({
      ok: false,
      error: { code: 'keychain-missing' },
    })
    expect(await without.unlock(PASS)).toMatchObject({
      ok: false,
      error: { code: 'keychain-missing' },
    })
    expect(await texts.load(SECRETS_FILE)).toBeNull()
    const forced = await openSecrets({ texts, place: 'file', load: loadOf(keychain) })
    expect(await forced.get('key:1')).toEqual({ ok: false, error: { code: 'keychain-missing' } })
  })

  test('stays the file once something is in it', async () => {
    const texts = memoryTexts()
    await (
      await opened(await openSecrets({ texts, place: 'auto', load: loadOf(null) }))
    ).set('key:1', 'precious')
    const later = await openSecrets({ texts, place: 'auto', load: loadOf(pretendKeychain()) })
    expect(await later.status()).toMatchObject({
      place: 'passphrase-file',
      state: 'passphrase-needed',
      exists: true,
    })
    expect(await later.get('key:1')).toEqual({
      ok: false,
      error: { code: 'passphrase-needed', exists: true },
    })
    await opened(later)
    expect(await later.get('key:1')).toEqual({ ok: true, value: 'precious' })
  })

  test('with nothing stored: no keychain means the file; a locked one means waiting, unless a passphrase is given', async () => {
    expect(
      await (
        await openSecrets({ texts: memoryTexts(), place: 'auto', load: loadOf(null) })
      ).status(),
    ).toMatchObject({ place: 'passphrase-file', state: 'passphrase-needed', exists: false })
    const keychain = pretendKeychain()
    keychain.mood = 'locked'
    const store = await openSecrets({ texts: memoryTexts(), place: 'auto', load: loadOf(keychain) })
    expect(await store.status()).toMatchObject({ place: 'keychain', state: 'locked' })
    expect(await store.unlock(PASS)).toMatchObject({
      ok: true,
      value: { place: 'passphrase-file', state: 'working' },
    })
    expect(await store.status()).toMatchObject({
      place: 'passphrase-file',
      state: 'working',
      exists: true,
    })
  })

  test('a working keychain needs no passphrase, and none is made', async () => {
    const texts = memoryTexts()
    const store = await openSecrets({ texts, place: 'auto', load: loadOf(pretendKeychain()) })
    expect(await store.unlock(PASS)).toMatchObject({
      ok: true,
      value: { place: 'keychain', state: 'working' },
    })
    expect(await texts.load(SECRETS_FILE)).toBeNull()
  })
})
