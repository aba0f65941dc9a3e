import { randomBytes } from 'node:crypto'
import {
  caught,
  fail,
  Failure,
  ok,
  type AppError,
  type Result,
} from '../../../../shared/contract/errors.ts'
import type { SecretsStatus } from '../../../../shared/contract/models.ts'
import { oneAtATime } from '../../base/turns.ts'
import type { IndexEntry, SecretIndex } from './secret-index.ts'
import { MAX_SECRET_BYTES, type SecretStore } from './secret-store.ts'

/** A place for secrets that may lose them or hide them: the keychain, the passphrase file. */
export interface Vault {
  readonly place: SecretsStatus['place']
  /** Tells whether the place can be used. `again`: tests the place even if it was just tested. */
  ready(again: boolean): Promise<Result<null>>
  /**
   * Returns a secret, and null when no secret is stored or a locked place hides it. Rejects when
   * the place cannot be used.
   */
  read(entry: IndexEntry): Promise<string | null>
  write(entry: IndexEntry, value: string): Promise<void>
  erase(entry: IndexEntry): Promise<void>
  /** Opens the place. `inUse`: secrets were stored here, so nothing may be created. */
  unlock(passphrase: string, inUse: boolean): Promise<Result<null>>
  /** Tells whether a passphrase was chosen. */
  exists(): Promise<boolean>
  close(): void
}

/**
 * Makes a secret store of a vault and an index of all accounts in it. With the index, `get` can
 * tell a lost secret from one that was never stored:
 *
 * - An account that is not in the index, or that is being removed: ok(null). No vault is asked.
 * - An account in the index whose secret is in the vault: ok(value).
 * - An account in the index without a secret in a vault that proved to work: 'secret-lost'.
 * - An account in the index, with a vault that does not work: the error of the vault.
 * - An account that is being added, without a secret in a vault that proved to work: ok(null).
 */
export function indexedSecrets(index: SecretIndex, vault: Vault): SecretStore {
  const inTurn = oneAtATime()
  const lost = new Set<string>()
  let last: SecretsStatus | null = null

  const entriesHere = async () => (await index.all()).filter((entry) => entry.place === vault.place)
  const inUse = async () => (await entriesHere()).some((entry) => entry.state === 'kept')

  /**
   * Tests the vault. A vault that was never set up although secrets were stored there has lost
   * them, and must not be set up again.
   */
  const ready = async (again: boolean): Promise<Result<null>> => {
    const usable = await vault.ready(again)
    const gone =
      !usable.ok &&
      usable.error.code === 'passphrase-needed' &&
      !usable.error.exists &&
      (await inUse())
    return gone ? fail({ code: 'secret-lost', name: vault.place, place: 'data-folder' }) : usable
  }
  /**
   * Reads a secret. Null counts as "no secret" only from a vault that proves right after that it
   * works.
   */
  const lookUp = async (entry: IndexEntry): Promise<Result<string | null>> => {
    const usable = await ready(false)
    if (!usable.ok) return usable
    const first = await readFrom(vault, entry)
    if (first !== null) return ok(first)
    const still = await ready(true)
    if (!still.ok) return still
    // The second read is for a vault that was unlocked between the two.
    const second = await readFrom(vault, entry)
    if (second !== null || entry.state === 'adding') return ok(second)
    lost.add(entry.account)
    return fail({
      code: 'secret-lost',
      name: entry.account,
      ...(vault.place === 'passphrase-file' && { place: 'passphrase-file' }),
    })
  }
  const sweep = async (): Promise<void> => {
    for (const entry of await entriesHere()) {
      if (entry.state !== 'removing') continue
      await vault.erase(entry)
      await index.remove(entry.account)
    }
  }
  const check = async (): Promise<SecretsStatus> => {
    const usable = await ready(true)
    lost.clear()
    if (usable.ok) {
      await sweep().catch(() => undefined)
      for (const entry of await entriesHere()) if (entry.state === 'kept') await lookUp(entry)
    }
    last = {
      place: vault.place,
      state: usable.ok ? 'working' : stateOf(usable.error),
      exists: await vault.exists(),
      checked: new Date().toISOString(),
      lost: [],
    }
    return { ...last, lost: [...lost] }
  }
  const newEntry = async (account: string): Promise<IndexEntry> => {
    const service =
      (await index.all()).find((entry) => entry.service !== '')?.service ??
      `Cipherbucket ${randomBytes(6).toString('hex')}`
    return { account, place: vault.place, service, state: 'adding' }
  }
  const put = async (account: string, value: string): Promise<Result<null>> => {
    const before = await index.find(account)
    if (before !== null && before.place !== vault.place) return fail(elsewhere(before))
    const usable = await ready(false)
    if (!usable.ok) return usable
    const entry = before ?? (await newEntry(account))
    if (entry.state !== 'kept') await index.save({ ...entry, state: 'adding' })
    if (!(await wroteTo(vault, entry, value))) {
      const still = await ready(true)
      return still.ok ? fail({ code: 'keychain-locked' }) : still
    }
    if (entry.state !== 'kept') await index.save({ ...entry, state: 'kept' })
    lost.delete(account)
    return ok(null)
  }
  const take = async (account: string): Promise<Result<null>> => {
    const entry = await index.find(account)
    if (entry === null) return ok(null)
    if (entry.place !== vault.place) return fail(elsewhere(entry))
    await index.save({ ...entry, state: 'removing' })
    lost.delete(account)
    // The next check clears a vault that is locked now. For the caller the secret is gone.
    if ((await ready(true)).ok) await sweep().catch(() => undefined)
    return ok(null)
  }
  const guarded = <T>(work: () => Promise<Result<T>>) =>
    work().catch((cause: unknown) => caught(cause))

  return {
    status: async () =>
      last === null ? inTurn(check) : { ...last, ...(await current(last)), lost: [...lost] },
    check: () => inTurn(check),
    unlock: (passphrase) =>
      guarded(() =>
        inTurn(async () => {
          const opened = await vault.unlock(passphrase, await inUse())
          return opened.ok ? ok(await check()) : opened
        }),
      ),
    get: (account) =>
      guarded(async () => {
        const entry = await index.find(account)
        if (entry === null || entry.state === 'removing') return ok(null)
        return entry.place === vault.place ? lookUp(entry) : fail(elsewhere(entry))
      }),
    async set(account, value) {
      if (Buffer.byteLength(value) > MAX_SECRET_BYTES)
        return fail({ code: 'too-large', limit: MAX_SECRET_BYTES })
      return guarded(() => inTurn(() => put(account, value)))
    },
    remove: (account) => guarded(() => inTurn(() => take(account))),
    close() {
      vault.close()
      last = null
    },
  }

  /** Returns the state with everything that changed since the last check. */
  async function current(before: SecretsStatus): Promise<Pick<SecretsStatus, 'state' | 'exists'>> {
    const usable = await ready(false)
    return {
      state: usable.ok ? 'working' : stateOf(usable.error),
      exists: before.exists || (await vault.exists()),
    }
  }
}

/**
 * Returns null also when the vault throws. The caller tests the vault next, and that answer counts.
 */
async function readFrom(vault: Vault, entry: IndexEntry): Promise<string | null> {
  try {
    return await vault.read(entry)
  } catch {
    return null
  }
}

/**
 * Writes a secret and reads it back. The caller gets the error of a full disk, and not the words of
 * a keychain.
 */
async function wroteTo(vault: Vault, entry: IndexEntry, value: string): Promise<boolean> {
  try {
    await vault.write(entry, value)
    return (await vault.read(entry)) === value
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    return false
  }
}

function elsewhere({ place }: IndexEntry): AppError {
  return place === 'keychain'
    ? { code: 'keychain-missing' }
    : { code: 'passphrase-needed', exists: true }
}

function stateOf(error: AppError): SecretsStatus['state'] {
  if (error.code === 'passphrase-needed') return 'passphrase-needed'
  return error.code === 'keychain-locked' ? 'locked' : 'missing'
}
