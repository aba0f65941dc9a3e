import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'

/** An AccessKey that the server accepts. */
export interface Account {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** The token that requests with temporary credentials must have; null for the main account. */
  readonly securityToken: string | null
  /** ms since 1970; Infinity for the main account. */
  readonly expiresAt: number
}

/** Temporary credentials, with the token that their requests must have. */
export interface TemporaryCredentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
  /** ms since 1970 */
  readonly expiresAt: number
}

const randomText = (count: number): string =>
  Array.from(
    randomBytes(count),
    (byte) => 'ABCDEFGHIJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789'[byte % 57] ?? 'A',
  ).join('')

/** The accounts of one server. The main account is in a file, the temporary ones in memory. */
export class Accounts {
  readonly main: Account
  readonly #byId = new Map<string, Account>()

  /** `path`: the file of the main account. `known`: temporary credentials that are valid too. */
  constructor(path: string, known: readonly TemporaryCredentials[]) {
    this.main = loadMain(path)
    this.#byId.set(this.main.accessKeyId, this.main)
    for (const credentials of known) this.#byId.set(credentials.accessKeyId, credentials)
  }

  /** Returns the account with this id. An unknown id gives undefined. */
  find(accessKeyId: string): Account | undefined {
    return this.#byId.get(accessKeyId)
  }

  /** Issues temporary credentials that end at `expiresAt` (ms since 1970). */
  issue(expiresAt: number): TemporaryCredentials {
    const credentials = {
      accessKeyId: `STS.${randomText(24)}`,
      accessKeySecret: randomText(44),
      securityToken: `CAIS${randomText(120)}`,
      expiresAt,
    }
    this.#byId.set(credentials.accessKeyId, credentials)
    return credentials
  }
}

/** Reads the main account, or creates it at the first start. Only the user may read the file. */
function loadMain(path: string): Account {
  if (!existsSync(path)) {
    const account = { accessKeyId: `LTAI5t${randomText(18)}`, accessKeySecret: randomText(30) }
    writeFileSync(path, `${JSON.stringify(account)}\n`, { mode: 0o600 })
  }
  chmodSync(path, 0o600)
  const stored = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly accessKeyId: string
    readonly accessKeySecret: string
  }
  return { ...stored, securityToken: null, expiresAt: Number.POSITIVE_INFINITY }
}
