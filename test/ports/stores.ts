import { oneAtATime, type InTurn } from '../../electron/core/base/turns.ts'
import { indexedSecrets } from '../../electron/core/store/secrets/indexed-secrets.ts'
import {
  keychainVault,
  loadKeytar,
  type Keychain,
} from '../../electron/core/store/secrets/keychain-secrets.ts'
import { passphraseVault } from '../../electron/core/store/secrets/passphrase-secrets.ts'
import { secretIndex } from '../../electron/core/store/secrets/secret-index.ts'
import {
  MAX_SECRET_BYTES,
  type SecretStore,
} from '../../electron/core/store/secrets/secret-store.ts'
import type { TextStore } from '../../electron/core/store/text-store.ts'
import { fail, ok } from '../../shared/contract/errors.ts'
import type { SecretsStatus } from '../../shared/contract/models.ts'

/** The rule for names of `text-store.ts`. */
const NAME = /^[a-z0-9](?:[a-z0-9-]|\.(?=[a-z0-9])){0,99}$/

function checked(name: string): string {
  if (!NAME.test(name)) throw new RangeError('not a name for a text')
  return name
}

/** Makes a store of texts in memory. */
export function memoryTexts(): TextStore {
  const texts = new Map<string, string>()
  const turns = new Map<string, InTurn>()
  return {
    load: async (name) => texts.get(checked(name)) ?? null,
    save: async (name, text) => void texts.set(checked(name), text),
    remove: async (name) => void texts.delete(checked(name)),
    list: async (prefix) => [...texts.keys()].filter((name) => name.startsWith(prefix)).sort(),
    setAside: async (name) => void texts.delete(checked(name)),
    leave: () => undefined,
    alone(name, work) {
      const inTurn = turns.get(checked(name)) ?? oneAtATime()
      turns.set(name, inTurn)
      return inTurn(work)
    },
  }
}

/** Makes a store of secrets in memory. */
export function memorySecrets(): SecretStore {
  const values = new Map<string, string>()
  const status = async (): Promise<SecretsStatus> => ({
    place: 'keychain',
    state: 'working',
    exists: false,
    checked: new Date().toISOString(),
    lost: [],
  })
  return {
    status,
    check: status,
    unlock: async () => ok(await status()),
    get: async (account) => ok(values.get(account) ?? null),
    async set(account, value) {
      if (Buffer.byteLength(value) > MAX_SECRET_BYTES)
        return fail({ code: 'too-large', limit: MAX_SECRET_BYTES })
      values.set(account, value)
      return ok(null)
    },
    async remove(account) {
      values.delete(account)
      return ok(null)
    },
    close: () => undefined,
  }
}

/** Makes the store of secrets of a keychain. */
export function keychainSecrets(
  texts: TextStore,
  load: () => Promise<Keychain | null> = loadKeytar,
): SecretStore {
  return indexedSecrets(secretIndex(texts), keychainVault(load))
}

/** Makes the store of secrets of a passphrase file. */
export function passphraseSecrets(texts: TextStore): SecretStore {
  return indexedSecrets(secretIndex(texts), passphraseVault(texts))
}
