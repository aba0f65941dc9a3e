import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import { fail, Failure, ok, type Result } from '../../../../shared/contract/errors.ts'
import { indexedSecrets, type Vault } from './indexed-secrets.ts'
import { secretIndex } from './secret-index.ts'
import { strongEnough } from './passphrase-strength.ts'
import type { SecretStore } from './secret-store.ts'
import { readable } from '../sound-text.ts'
import type { TextStore } from '../text-store.ts'

const scryptAsync = promisify<Buffer, Buffer, number, object, Buffer>(scrypt)

/** The name of the text that holds all secrets of the passphrase file. */
export const SECRETS_FILE = 'secrets-file'

interface Derivation {
  readonly name: 'scrypt'
  readonly N: number
  readonly r: number
  readonly p: number
  /** 16 bytes in base64. */
  readonly salt: string
}

interface SecretsFile {
  readonly version: 1
  readonly derivation: Derivation
  /** 12 bytes in base64, new for every save. */
  readonly nonce: string
  /** A JSON map of account to value under AES-256-GCM, then its 16-byte tag, in base64. */
  readonly sealed: string
}

/** Half a second and 128 MiB. Source RFC 7914 §2, OWASP's password storage sheet. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const
/**
 * The highest cost that a file may ask for. A laptop can bear 512 MiB of memory and some seconds.
 */
const MAX_COST = { N: 2 ** 19, r: 16, p: 4 } as const
const MAX_MEMORY = 512 * 1024 ** 2
const TAG_BYTES = 16
/** A damaged file is not replaced, because another program or a later version may still read it. */
const DAMAGED = { code: 'file-damaged', path: `${SECRETS_FILE}.json`, kept: null } as const

/**
 * Makes a vault that is one file under a passphrase, for computers without a keychain. `unlock`
 * derives the key, which stays in memory until `close`. The secrets do not stay in memory. Every
 * change reads the file, changes it and replaces it as a whole, one process at a time.
 */
export function passphraseSecrets(texts: TextStore): SecretStore {
  return indexedSecrets(secretIndex(texts), passphraseVault(texts))
}

export function passphraseVault(texts: TextStore): Vault {
  let held: { readonly key: Buffer; readonly salt: string } | null = null
  const close = () => {
    held?.key.fill(0)
    held = null
  }
  /** Opens the file. Rejects with Failure 'passphrase-needed', 'secret-lost', 'file-damaged'. */
  const open = async (): Promise<{
    readonly file: SecretsFile
    readonly secrets: Map<string, string>
    readonly key: Buffer
  }> => {
    const text = await readable(texts, SECRETS_FILE)
    if (text === undefined) throw new Failure(DAMAGED)
    if (held === null) throw new Failure({ code: 'passphrase-needed', exists: text !== null })
    const file = text === null ? null : readFile(text)
    if (text === null)
      throw new Failure({ code: 'secret-lost', name: SECRETS_FILE, place: 'data-folder' })
    if (file === null) throw new Failure(DAMAGED)
    // Another process made a new file. Our key is that of the old one.
    if (file.derivation.salt !== held.salt) {
      close()
      throw new Failure({ code: 'passphrase-needed', exists: true })
    }
    const secrets = unsealed(file, held.key)
    if (secrets === null) throw new Failure(DAMAGED)
    return { file, secrets, key: held.key }
  }
  const change = (edit: (secrets: Map<string, string>) => void): Promise<void> =>
    texts.alone(SECRETS_FILE, async () => {
      const { file, secrets, key } = await open()
      edit(secrets)
      await texts.save(SECRETS_FILE, sealed(file.derivation, secrets, key))
    })
  const make = async (passphrase: string): Promise<Result<null>> => {
    const strong = strongEnough(passphrase)
    if (!strong.ok) return strong
    const derivation: Derivation = {
      name: 'scrypt',
      ...COST,
      salt: randomBytes(16).toString('base64'),
    }
    const key = await derived(passphrase, derivation)
    const isFirst = await texts.alone(SECRETS_FILE, async () => {
      if ((await texts.load(SECRETS_FILE)) !== null) return false
      await texts.save(SECRETS_FILE, sealed(derivation, new Map(), key))
      return true
    })
    // Another process chose a passphrase in the meantime. Ours must be the same one.
    if (!isFirst) return unlock(passphrase, true)
    held = { key, salt: derivation.salt }
    return ok(null)
  }
  const unlock = async (passphrase: string, inUse: boolean): Promise<Result<null>> => {
    const text = await readable(texts, SECRETS_FILE)
    if (text === undefined) return fail(DAMAGED)
    if (text === null)
      return inUse
        ? fail({ code: 'secret-lost', name: SECRETS_FILE, place: 'data-folder' })
        : make(passphrase)
    const file = readFile(text)
    if (file === null) return fail(DAMAGED)
    const key = await derived(passphrase, file.derivation)
    if (unsealed(file, key) === null) {
      key.fill(0)
      return fail({ code: 'wrong-passphrase' })
    }
    close()
    held = { key, salt: file.derivation.salt }
    return ok(null)
  }

  return {
    place: 'passphrase-file',
    async ready() {
      try {
        await open()
        return ok(null)
      } catch (cause) {
        if (cause instanceof Failure) return fail(cause.error)
        throw cause
      }
    },
    read: async ({ account }) => (await open()).secrets.get(account) ?? null,
    write: ({ account }, value) => change((secrets) => secrets.set(account, value)),
    erase: ({ account }) => change((secrets) => secrets.delete(account)),
    unlock,
    exists: () => hasSecretsFile(texts),
    close,
  }
}

/**
 * Derives the key. Another keyboard can give the same passphrase in other code points; NFC makes
 * them equal.
 */
function derived(passphrase: string, { N, r, p, salt }: Derivation): Promise<Buffer> {
  return scryptAsync(Buffer.from(passphrase.normalize('NFC')), Buffer.from(salt, 'base64'), 32, {
    N,
    r,
    p,
    maxmem: 256 * N * r,
  })
}

/** Tells whether the file exists, whatever is in it. */
export const hasSecretsFile = async (texts: TextStore): Promise<boolean> =>
  (await texts.list(SECRETS_FILE)).includes(SECRETS_FILE)

/** Tells whether this text can be opened with a passphrase. `undefined`: it cannot be read. */
export const isSecretsFile = (text: string | null | undefined): boolean =>
  typeof text === 'string' && readFile(text) !== null

/** Reads the file, and returns null for damaged content. A damaged file is not replaced. */
function readFile(text: string): SecretsFile | null {
  try {
    const file = JSON.parse(text) as SecretsFile
    const { name, N, r, p, salt } = file.derivation
    const bounded =
      isWithin(N, MAX_COST.N) &&
      r >= COST.r &&
      isWithin(r, MAX_COST.r) &&
      isWithin(p, MAX_COST.p) &&
      128 * N * r <= MAX_MEMORY &&
      N > 1 &&
      Number.isInteger(Math.log2(N))
    return file.version === 1 &&
      name === 'scrypt' &&
      bounded &&
      [salt, file.nonce, file.sealed].every((part) => typeof part === 'string')
      ? file
      : null
  } catch {
    return null
  }
}

const isWithin = (value: number, max: number): boolean =>
  Number.isInteger(value) && value >= 1 && value <= max

/** Returns the fields around the ciphertext, which are authenticated with it. */
const bindingOf = (derivation: Derivation): Buffer =>
  Buffer.from(
    JSON.stringify([1, derivation.name, derivation.N, derivation.r, derivation.p, derivation.salt]),
  )

function sealed(derivation: Derivation, secrets: ReadonlyMap<string, string>, key: Buffer): string {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bindingOf(derivation))
  const plain = Buffer.from(JSON.stringify([...secrets]))
  const bytes = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  plain.fill(0)
  return JSON.stringify({
    version: 1,
    derivation,
    nonce: nonce.toString('base64'),
    sealed: bytes.toString('base64'),
  } satisfies SecretsFile)
}

function unsealed(
  { derivation, nonce, sealed: packed }: SecretsFile,
  key: Buffer,
): Map<string, string> | null {
  try {
    const bytes = Buffer.from(packed, 'base64')
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), {
      authTagLength: TAG_BYTES,
    })
    decipher.setAAD(bindingOf(derivation)).setAuthTag(bytes.subarray(-TAG_BYTES))
    const plain = decipher.update(bytes.subarray(0, -TAG_BYTES))
    decipher.final()
    const entries = JSON.parse(plain.toString('utf8')) as [string, string][]
    plain.fill(0)
    return new Map(entries)
  } catch {
    return null
  }
}
