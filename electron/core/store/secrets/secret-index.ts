import { createHash } from 'node:crypto'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { SecretsStatus } from '../../../../shared/contract/models.ts'
import { readable } from '../sound-text.ts'
import type { TextStore } from '../text-store.ts'

/**
 * The place of an account's secret. The entry is not secret and is stored outside the keychain. It
 * shows whether a keychain that answers "nothing" is locked or wiped, or was never given the
 * secret.
 */
export interface IndexEntry {
  readonly account: string
  readonly place: SecretsStatus['place']
  /**
   * The service name in the keychain. Each entry stores the name, so that no other file is needed
   * to find the secret.
   */
  readonly service: string
  /**
   * 'adding': the secret may be written, and nobody was told of it yet. 'removing': the secret is
   * gone for the caller, and is still to be erased.
   */
  readonly state: 'adding' | 'kept' | 'removing'
}

export interface SecretIndex {
  find(account: string): Promise<IndexEntry | null>
  all(): Promise<readonly IndexEntry[]>
  save(entry: IndexEntry): Promise<void>
  remove(account: string): Promise<void>
}

const PREFIX = 'secret.'

/**
 * Stores one text per account, so that two processes never overwrite each other's entries.
 * Errors  Failure 'secret-lost' from `find` for a damaged entry, because it shows that a secret was
 * stored. `all` leaves the entry out and reports it.
 */
export function secretIndex(texts: TextStore): SecretIndex {
  const nameOf = (account: string) =>
    PREFIX + createHash('sha256').update(account).digest('hex').slice(0, 32)
  return {
    async find(account) {
      const text = await texts.load(nameOf(account))
      if (text === null) return null
      const entry = readEntry(text)
      if (entry?.account !== account) throw new Failure({ code: 'secret-lost', name: account })
      return entry
    },
    async all() {
      const all = await Promise.all(
        (await texts.list(PREFIX)).map(async (name) => {
          const text = await readable(texts, name)
          const entry = text === undefined || text === null ? null : readEntry(text)
          if (entry === null && text !== null) texts.leave(name)
          return entry
        }),
      )
      return all.filter((entry) => entry !== null)
    },
    save: (entry) => texts.save(nameOf(entry.account), JSON.stringify(entry)),
    remove: (account) => texts.remove(nameOf(account)),
  }
}

function readEntry(text: string): IndexEntry | null {
  try {
    const entry = JSON.parse(text) as IndexEntry
    const known =
      ['keychain', 'passphrase-file'].includes(entry.place) &&
      ['adding', 'kept', 'removing'].includes(entry.state)
    return known && typeof entry.account === 'string' && typeof entry.service === 'string'
      ? entry
      : null
  } catch {
    return null
  }
}
