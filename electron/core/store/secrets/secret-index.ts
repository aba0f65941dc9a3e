import { createHash } from 'node:crypto'
import { Failure } from '../../../../shared/contract/errors.ts'
import type { SecretsStatus } from '../../../../shared/contract/models.ts'
import { readable } from '../sound-text.ts'
import type { TextStore } from '../text-store.ts'

/**
 * Where the secret of an account was put. Not secret itself, and kept outside the keychain: only so
 * does a keychain that answers "nothing" because it is locked or was wiped differ from one that was
 * never asked to keep anything.
 */
export interface IndexEntry {
  readonly account: string
  readonly place: SecretsStatus['place']
  /**
   * Service name in the keychain; each entry has its own word for it, so that no other file is
   * needed to find it.
   */
  readonly service: string
  /**
   * 'adding': written or not, nobody was told yet. 'removing': gone for the caller, to be cleared
   * away.
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
 * One text per account, so that two processes never write over each other's entries.
 * Errors Failure 'secret-lost' from `find` for a damaged entry: it is no first run. `all` leaves it
 * out, and tells of it.
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
