import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { versionOfBlob, type Cmk, type CmkState } from './cmk.ts'
import { kmsRefusal } from './errors.ts'

/** The alias of the first key of every region. */
export const PRACTICE_ALIAS = 'alias/practice'

/** The file of one region. */
interface KeyFile {
  /** The account id: sixteen digits. */
  readonly account: string
  readonly keys: readonly Cmk[]
}

/**
 * The master keys of one region, in the file `<directory>/<region>.json`. Only the user may read
 * the file.
 */
export class KeyStore {
  readonly region: string
  readonly #path: string
  #file: KeyFile

  /** Reads the file, or creates it with two keys. `now`: ms since 1970. */
  constructor(directory: string, region: string, now: number) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.region = region
    this.#path = join(directory, `${region}.json`)
    if (existsSync(this.#path)) {
      chmodSync(this.#path, 0o600)
      this.#file = JSON.parse(readFileSync(this.#path, 'utf8')) as KeyFile
    } else {
      this.#file = {
        account: Array.from({ length: 16 }, () => randomInt(1, 10)).join(''),
        keys: [],
      }
      this.create([PRACTICE_ALIAS], now)
      this.create([], now)
    }
  }

  /** The id of the account that owns the keys. */
  get account(): string {
    return this.#file.account
  }

  /** The keys, oldest first. */
  get keys(): readonly Cmk[] {
    return this.#file.keys
  }

  /** Creates and stores an enabled key. `now`: ms since 1970. */
  create(aliases: readonly string[], now: number): Cmk {
    const key: Cmk = {
      id: randomUUID(),
      versionId: randomUUID(),
      material: randomBytes(32).toString('base64'),
      created: now,
      state: 'Enabled',
      aliases,
    }
    this.#save([...this.keys, key])
    return key
  }

  /** Sets the state of the key with this id. Errors: Forbidden.KeyNotFound. */
  setState(id: string, state: CmkState): void {
    if (!this.keys.some((key) => key.id === id)) throw kmsRefusal('Forbidden.KeyNotFound')
    this.#save(this.keys.map((key) => (key.id === id ? { ...key, state } : key)))
  }

  /**
   * Returns the key with this id, alias or ARN.
   * Errors: Forbidden.KeyNotFound, Forbidden.AliasNotFound.
   */
  find(name: string): Cmk {
    const found = this.keys.find(
      (key) => key.id === name || this.arn(key) === name || key.aliases.includes(name),
    )
    if (found === undefined)
      throw kmsRefusal(
        name.startsWith('alias/') ? 'Forbidden.AliasNotFound' : 'Forbidden.KeyNotFound',
      )
    return found
  }

  /**
   * Returns the key that encrypted a blob.
   * Errors: InvalidParameter; Forbidden.KeyNotFound, also for a blob of another region.
   */
  findByBlob(blob: string): Cmk {
    const versionId = versionOfBlob(blob)
    const found = this.keys.find((key) => key.versionId === versionId)
    if (found === undefined) throw kmsRefusal('Forbidden.KeyNotFound')
    return found
  }

  arn({ id }: Cmk): string {
    return `acs:kms:${this.region}:${this.account}:key/${id}`
  }

  aliasArn(alias: string): string {
    return `acs:kms:${this.region}:${this.account}:${alias}`
  }

  /** Replaces the file by a rename, so that a crash leaves the old file or the new one. */
  #save(keys: readonly Cmk[]): void {
    this.#file = { ...this.#file, keys }
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#file)}\n`, { mode: 0o600 })
    renameSync(`${this.#path}.new`, this.#path)
  }
}
