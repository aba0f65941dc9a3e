import { randomBytes } from 'node:crypto'
import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'
import type { Vault } from './indexed-secrets.ts'

/**
 * The three calls of keytar that are safe. `findCredentials` can crash the process, so the accounts
 * are in an index of our own.
 */
export interface Keychain {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
}

/**
 * Loads keytar. Resolves with null where the package or its library is missing, because it is an
 * optional dependency.
 */
export async function loadKeytar(): Promise<Keychain | null> {
  try {
    const module = await import('keytar')
    return (module as { readonly default?: Keychain }).default ?? module
  } catch {
    return null
  }
}

/** The wait for a keychain that asks the user to unlock it. */
const PATIENCE_MS = 60_000
/**
 * The time for which a failed test of the keychain counts. A page of keys then causes one prompt
 * and not one for each key.
 */
const STICKY_MS = 3000

/**
 * Makes a vault of the system's keychain. The service name of an entry comes from the index. Every
 * data folder has a name of its own, `Cipherbucket <12 hex digits>`, which is chosen at random with
 * its first secret. Two folders never meet, and a folder that is moved keeps its secrets.
 */
export function keychainVault(load: () => Promise<Keychain | null>): Vault {
  let loading: Promise<Keychain | null> | null = null
  let probing: Promise<Result<null>> | null = null
  let last: { readonly result: Result<null>; readonly at: number } | null = null

  const keychain = async (): Promise<Keychain> => {
    const loaded = await (loading ??= load())
    if (loaded === null) throw new Error('no keychain')
    return loaded
  }
  const probe = async (): Promise<Result<null>> => {
    const loaded = await (loading ??= load())
    const result =
      loaded === null ? fail({ code: 'keychain-missing' } as const) : await probed(loaded)
    last = { result, at: Date.now() }
    probing = null
    return result
  }
  return {
    place: 'keychain',
    async ready(again) {
      if (!again && last !== null && (last.result.ok || Date.now() - last.at < STICKY_MS))
        return last.result
      return (probing ??= probe())
    },
    async read({ service, account }) {
      const text = await patiently((await keychain()).getPassword(service, account))
      return text === null ? null : decoded(text)
    },
    write: async ({ service, account }, value) =>
      patiently((await keychain()).setPassword(service, account, JSON.stringify(value))),
    erase: async ({ service, account }) =>
      void (await patiently((await keychain()).deletePassword(service, account))),
    unlock: async () => ((last?.result.ok ?? false) ? ok(null) : probe()),
    exists: async () => false,
    close: () => (last = null),
  }
}

/**
 * Writes, reads and removes an entry. Only this test fails on a locked keychain, which answers
 * reads with "nothing". A Linux without a secret service already fails the read. Other systems
 * always have a keychain, so a failure there means a locked one.
 */
async function probed(keychain: Keychain): Promise<Result<null>> {
  const account = `probe:${randomBytes(8).toString('hex')}`
  try {
    await patiently(keychain.getPassword(PROBE_SERVICE, account))
  } catch {
    return fail({ code: process.platform === 'linux' ? 'keychain-missing' : 'keychain-locked' })
  }
  try {
    const value = randomBytes(16).toString('hex')
    await patiently(keychain.setPassword(PROBE_SERVICE, account, value))
    const read = await patiently(keychain.getPassword(PROBE_SERVICE, account))
    const removed = await patiently(keychain.deletePassword(PROBE_SERVICE, account))
    return read === value && removed ? ok(null) : fail({ code: 'keychain-locked' })
  } catch {
    return fail({ code: 'keychain-locked' })
  }
}

const PROBE_SERVICE = 'Cipherbucket probe'

/**
 * Reads a value. Values are stored as JSON text, because keytar refuses an empty text and cuts a
 * text at its first NUL.
 */
function decoded(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : null
  } catch {
    return null
  }
}

async function patiently<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the keychain does not answer')), PATIENCE_MS)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
