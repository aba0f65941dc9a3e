import { caught, fail, type Result } from '../../../../shared/contract/errors.ts'
import type { SecretsStatus } from '../../../../shared/contract/models.ts'
import { indexedSecrets } from './indexed-secrets.ts'
import { keychainVault, loadKeytar, type Keychain } from './keychain-secrets.ts'
import {
  hasSecretsFile,
  isSecretsFile,
  passphraseVault,
  SECRETS_FILE,
} from './passphrase-secrets.ts'
import { secretIndex } from './secret-index.ts'
import type { SecretStore } from './secret-store.ts'
import { readable } from '../sound-text.ts'
import type { TextStore } from '../text-store.ts'

interface Needs {
  readonly texts: TextStore
  /** 'file': the passphrase file, also where there is a keychain. */
  readonly place: 'auto' | 'file'
  /** Loads the keychain. Tests replace it. */
  readonly load?: () => Promise<Keychain | null>
}

/**
 * Opens the secret store of this computer: the keychain where there is one, else the passphrase
 * file. The first secret decides the place. Errors of that place are reported, and no secret moves
 * to the other place by itself.
 *
 * While nothing is stored, an existing passphrase file is the place. Otherwise it is a keychain
 * that works or is only locked, and otherwise a new file.
 */
export async function openSecrets({
  texts,
  place,
  load = loadKeytar,
}: Needs): Promise<SecretStore> {
  const index = secretIndex(texts)
  const vaults = { keychain: keychainVault(load), file: passphraseVault(texts) }
  const keychain = indexedSecrets(index, vaults.keychain)
  const file = indexedSecrets(index, vaults.file)

  // The damage is reported at once and not at the first secret, because a backup of the file may
  // expire.
  if ((await hasSecretsFile(texts)) && !isSecretsFile(await readable(texts, SECRETS_FILE)))
    texts.leave(SECRETS_FILE)

  const home = async (): Promise<SecretStore> => {
    if (place === 'file') return file
    const used = new Set(
      (await index.all()).filter((entry) => entry.state === 'kept').map((entry) => entry.place),
    )
    if (used.size > 0) return used.has('keychain') ? keychain : file
    if (await hasSecretsFile(texts)) return file
    const usable = await vaults.keychain.ready(false)
    return usable.ok || usable.error.code === 'keychain-locked' ? keychain : file
  }
  /** Returns the store that holds this account, or that a new secret would go to. */
  const storeOf = async (account: string): Promise<Result<SecretStore>> => {
    const entry = await index.find(account)
    if (entry === null) return { ok: true, value: await home() }
    if (entry.place === 'passphrase-file') return { ok: true, value: file }
    return place === 'file' ? fail({ code: 'keychain-missing' }) : { ok: true, value: keychain }
  }
  const withStore = async <T>(
    account: string,
    work: (store: SecretStore) => Promise<Result<T>>,
  ): Promise<Result<T>> => {
    try {
      const store = await storeOf(account)
      return store.ok ? await work(store.value) : store
    } catch (cause) {
      return caught(cause)
    }
  }
  const status = async (): Promise<SecretsStatus> => (await home()).status()
  return {
    status,
    check: async () => (await home()).check(),
    async unlock(passphrase) {
      const store = await home()
      const opened = await store.unlock(passphrase)
      if (
        opened.ok ||
        store === file ||
        (await index.all()).some((entry) => entry.state === 'kept')
      )
        return opened
      // The keychain is locked and holds none of our secrets. A user who gives a passphrase chose
      // the file.
      return file.unlock(passphrase)
    },
    get: (account) => withStore(account, (store) => store.get(account)),
    set: (account, value) => withStore(account, (store) => store.set(account, value)),
    remove: (account) => withStore(account, (store) => store.remove(account)),
    close() {
      keychain.close()
      file.close()
    },
  }
}
