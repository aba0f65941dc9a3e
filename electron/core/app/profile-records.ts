import { Failure } from '../../../shared/contract/errors.ts'
import type { Profile, ProfileId } from '../../../shared/contract/models.ts'
import type { TextStore } from '../store/text-store.ts'

/** A profile without the default keys, which live in their own texts. */
export type StoredProfile = Omit<Profile, 'defaultKey' | 'bucketKeys'>

interface ProfileRecord {
  readonly profile: StoredProfile
  /** ISO 8601: the order in which they are listed. */
  readonly added: string
}

/** The stored profiles. What memory says is changed only after the text is. */
export interface ProfileRecords {
  /** Reads them anew, so that what another process stored is seen. */
  refresh(): Promise<void>
  /** The oldest first. */
  all(): readonly StoredProfile[]
  find(id: ProfileId): StoredProfile | undefined
  save(profile: StoredProfile): Promise<void>
  /** False when there is none of this id. */
  remove(id: ProfileId): Promise<boolean>
}

const PREFIX = 'profile.'

/**
 * One text `profile.<id>` each, so that two processes never write over each other's profiles.
 * Throws Failure 'source-unreadable' for a damaged one: it is never passed over in silence.
 */
export async function openProfileRecords(texts: TextStore): Promise<ProfileRecords> {
  let records = new Map<ProfileId, ProfileRecord>()
  const refresh = async (): Promise<void> => {
    const found: ProfileRecord[] = []
    for (const name of await texts.list(PREFIX)) {
      const text = await texts.load(name)
      // Null: removed since it was listed.
      if (text !== null) found.push(readRecord(name, text))
    }
    found.sort((a, b) => (a.added < b.added ? -1 : a.added > b.added ? 1 : 0))
    records = new Map(found.map((record) => [record.profile.id, record]))
  }
  await refresh()
  return {
    refresh,
    all: () => [...records.values()].map(({ profile }) => profile),
    find: (id) => records.get(id)?.profile,
    async save(profile) {
      const record = { profile, added: records.get(profile.id)?.added ?? new Date().toISOString() }
      await texts.save(PREFIX + profile.id, JSON.stringify(record, null, 2))
      records.set(profile.id, record)
    },
    async remove(id) {
      if (!records.has(id)) return false
      await texts.remove(PREFIX + id)
      return records.delete(id)
    },
  }
}

function readRecord(name: string, text: string): ProfileRecord {
  try {
    const record = JSON.parse(text) as Partial<ProfileRecord>
    if (record.profile !== undefined && PREFIX + record.profile.id === name && typeof record.added === 'string') return { profile: record.profile, added: record.added }
  } catch {
    // Told below, as any other damage.
  }
  throw new Failure({ code: 'source-unreadable', path: `${name}.json`, reason: 'DAMAGED' })
}
