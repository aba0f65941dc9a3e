import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { SecretsStatus } from '../../../../shared/contract/models.ts'

/**
 * Secrets at rest, by account name (`profile:<id>`, `key:<id>`). An account that was stored is
 * either answered or reported as an error: `ok(null)` means it was never stored, so a caller may
 * never take a locked or wiped keychain for a first run.
 */
export interface SecretStore {
  /**
   * What is known from the last probe; probes when there was none yet. `lost` holds account names.
   */
  status(): Promise<SecretsStatus>
  /** Probes now, and looks for every account that was stored. */
  check(): Promise<SecretsStatus>
  /**
   * Opens the passphrase file, or makes it when none exists and none should. Does nothing where the
   * keychain holds the secrets. Errors 'wrong-passphrase', 'weak-passphrase' for a new one,
   * 'file-damaged', 'secret-lost' when the file is gone, 'keychain-locked'/'-missing'.
   */
  unlock(passphrase: string): Promise<Result<SecretsStatus>>
  /** Errors 'secret-lost', 'keychain-locked', 'keychain-missing', 'passphrase-needed'. */
  get(account: string): Promise<Result<string | null>>
  /**
   * The value is read back before this answers ok. Errors as `get`, and 'too-large' above
   * {@link MAX_SECRET_BYTES}.
   */
  set(account: string, value: string): Promise<Result<null>>
  /** Also forgets an account whose secret is lost. */
  remove(account: string): Promise<Result<null>>
  /** Wipes what is held in memory; the passphrase file needs its passphrase again. */
  close(): void
}

/**
 * Windows keeps at most 2,560 bytes per entry; large secrets belong in a text, sealed under a small
 * one kept here.
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
