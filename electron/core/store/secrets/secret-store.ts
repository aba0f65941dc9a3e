import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { SecretsStatus } from '../../../../shared/contract/models.ts'

/**
 * Secrets on the disk, by account name (`profile:<id>`, `key:<id>`). A stored account is always
 * answered, with its secret or with an error. `ok(null)` means that nothing was ever stored, so a
 * locked or wiped keychain is never taken for a first run.
 */
export interface SecretStore {
  /**
   * Returns the result of the last test, and tests the place if there was none. `lost` holds
   * account names.
   */
  status(): Promise<SecretsStatus>
  /** Tests the place now, and looks for every stored account. */
  check(): Promise<SecretsStatus>
  /**
   * Opens the passphrase file, or makes it when none exists and none should. Does nothing where the
   * keychain holds the secrets.
   * Errors  'wrong-passphrase', 'weak-passphrase' for a new file, 'file-damaged', 'secret-lost'
   * when the file is gone, 'keychain-locked', 'keychain-missing'.
   */
  unlock(passphrase: string): Promise<Result<SecretsStatus>>
  /**
   * Returns a secret. Errors  'secret-lost', 'keychain-locked', 'keychain-missing',
   * 'passphrase-needed'.
   */
  get(account: string): Promise<Result<string | null>>
  /**
   * Stores a secret and reads it back. Errors  as `get`, and 'too-large' above {@link
   * MAX_SECRET_BYTES}.
   */
  set(account: string, value: string): Promise<Result<null>>
  /** Removes a secret, also one that is lost. */
  remove(account: string): Promise<Result<null>>
  /** Wipes the secrets in memory. The passphrase file needs its passphrase again. */
  close(): void
}

/**
 * The most bytes of a secret. Windows stores at most 2,560 bytes per entry. A larger secret belongs
 * in a text, encrypted under a small one here.
 */
export const MAX_SECRET_BYTES = 2400

/** In memory only: for tests, and for a core that must leave nothing behind. */
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
