import { randomBytes, randomInt, randomUUID } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { versionOfBlob, type Cmk, type CmkState } from './cmk.ts'
import { kmsRefusal } from './errors.ts'

/** The alias of the first key of every region. */
export const PRACTICE_ALIAS = 'alias/practice'

interface Kept {
  /** Sixteen digits. */
  readonly account: string
  readonly keys: readonly Cmk[]
}

/**
 * The master keys of one region, kept in `<directory>/<region>.json`, which is private to the user.
 */
export class KeyStore {
  readonly region: string
  readonly #path: string
  #kept: Kept

  /** Makes two keys on first use. `now`: ms since 1970. */
  constructor(directory: string, region: string, now: number) {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    this.region = region
    this.#path = join(directory, `${region}.json`)
    if (existsSync(this.#path)) {
      chmodSync(this.#path, 0o600)
      this.#kept = JSON.parse(readFileSync(this.#path, 'utf8')) as Kept
    } else {
      this.#kept = {
        account: Array.from({ length: 16 }, () => randomInt(1, 10)).join(''),
        keys: [],
      }
      this.create([PRACTICE_ALIAS], now)
      this.create([], now)
    }
  }

  get account(): string {
    return this.#kept.account
  }

  /** In the order in which they were made. */
  get keys(): readonly Cmk[] {
    return this.#kept.keys
  }

  /** A new enabled key. */
  create(aliases: readonly string[], now: number): Cmk {
    const made: Cmk = {
      id: randomUUID(),
      versionId: randomUUID(),
      material: randomBytes(32).toString('base64'),
      created: now,
      state: 'Enabled',
      aliases,
    }
    this.#save([...this.keys, made])
    return made
  }

  /** Puts the key with this id into a state. Errors: Forbidden.KeyNotFound. */
  setState(id: string, state: CmkState): void {
    if (!this.keys.some((key) => key.id === id)) throw kmsRefusal('Forbidden.KeyNotFound')
    this.#save(this.keys.map((key) => (key.id === id ? { ...key, state } : key)))
  }

  /**
   * The key that an id, an alias or an ARN of this region names. Errors: Forbidden.KeyNotFound,
   * Forbidden.AliasNotFound.
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
   * The key that sealed a blob. Errors: InvalidParameter; Forbidden.KeyNotFound, also for a blob of
   * another region.
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

  /** All of the file or nothing of it changes. */
  #save(keys: readonly Cmk[]): void {
    this.#kept = { ...this.#kept, keys }
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(this.#kept)}\n`, { mode: 0o600 })
    renameSync(`${this.#path}.new`, this.#path)
  }
}
