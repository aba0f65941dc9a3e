import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

/** A key pair that may sign requests. */
export interface Account {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /**
   * The token that every request with temporary credentials must carry; null for the main account.
   */
  readonly securityToken: string | null
  /** ms since 1970; Infinity for the main account. */
  readonly expiresAt: number
}

/** Temporary credentials as the server hands them out. */
export interface TemporaryCredentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
  readonly expiresAt: number
}

const letters = (count: number): string =>
  Array.from(
    randomBytes(count),
    (byte) => 'ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'[byte % 57] ?? 'A',
  ).join('')

/** The accounts of one server: the main one in the file `path`, temporary ones in memory. */
export class Accounts {
  readonly main: Account
  readonly #byId = new Map<string, Account>()

  constructor(path: string, known: readonly TemporaryCredentials[]) {
    this.main = loadMain(path)
    this.#byId.set(this.main.accessKeyId, this.main)
    for (const credentials of known) this.#byId.set(credentials.accessKeyId, credentials)
  }

  find(accessKeyId: string): Account | undefined {
    return this.#byId.get(accessKeyId)
  }

  /** Issues temporary credentials that end at `expiresAt` (ms since 1970). */
  issue(expiresAt: number): TemporaryCredentials {
    const credentials = {
      accessKeyId: `STS.${letters(24)}`,
      accessKeySecret: letters(44),
      securityToken: `CAIS${letters(120)}`,
      expiresAt,
    }
    this.#byId.set(credentials.accessKeyId, credentials)
    return credentials
  }
}

/** Returns the key pair of the first start, at every start. Only the user may read the file. */
function loadMain(path: string): Account {
  if (!existsSync(path)) {
    const made = { accessKeyId: `LTAI5t${letters(18)}`, accessKeySecret: letters(30) }
    writeFileSync(path, `${JSON.stringify(made)}\n`, { mode: 0o600 })
  }
  chmodSync(path, 0o600)
  const kept = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly accessKeyId: string
    readonly accessKeySecret: string
  }
  return { ...kept, securityToken: null, expiresAt: Number.POSITIVE_INFINITY }
}
