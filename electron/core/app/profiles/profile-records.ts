import type { Profile, ProfileId } from '../../../../shared/contract/models.ts'
import { loadSound, objectIn } from '../../store/sound-text.ts'
import type { TextStore } from '../../store/text-store.ts'

/** A profile without its default keys, which have their own texts. */
export type StoredProfile = Omit<Profile, 'defaultKey' | 'bucketKeys'>

interface ProfileRecord {
  readonly profile: StoredProfile
  /** ISO 8601. The list is in this order. */
  readonly added: string
}

/** The stored profiles. Memory changes only after the text is written. */
export interface ProfileRecords {
  /** Reads the texts again, so that changes of another process are seen. */
  refresh(): Promise<void>
  /** Returns all profiles, the oldest first. */
  all(): readonly StoredProfile[]
  find(id: ProfileId): StoredProfile | undefined
  save(profile: StoredProfile): Promise<void>
  /** Removes a profile. Resolves with false for an unknown id. */
  remove(id: ProfileId): Promise<boolean>
}

const PREFIX = 'profile.'

/**
 * Opens the profiles, one text `profile.<id>` each, so that two processes never write over each
 * other's profiles. A damaged text is set aside and reported; the other profiles remain.
 */
export async function openProfileRecords(texts: TextStore): Promise<ProfileRecords> {
  let records = new Map<ProfileId, ProfileRecord>()
  const refresh = async (): Promise<void> => {
    const found: ProfileRecord[] = []
    for (const name of await texts.list(PREFIX)) {
      const record = await loadSound(texts, name, (text) => readRecord(name, text))
      // Null: the profile was removed since the listing, or set aside.
      if (record !== null) found.push(record)
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

function readRecord(name: string, text: string): ProfileRecord | null {
  const { profile, added } = (objectIn(text) ?? {}) as Partial<ProfileRecord>
  const known =
    typeof profile === 'object' &&
    profile !== null &&
    typeof added === 'string' &&
    PREFIX + profile.id === name
  if (!known || !TEXTS.every((field) => typeof profile[field] === 'string')) return null
  return Array.isArray(profile.buckets) &&
    profile.buckets.every((bucket) => typeof bucket === 'string')
    ? { profile: { ...SEAL_DEFAULTS, ...profile }, added }
    : null
}

/** The rules for seals of a new profile, and of a record of an earlier version. */
export const SEAL_DEFAULTS = { sealsNew: true, sealedOnly: false } as const

const TEXTS = [
  'name',
  'colour',
  'endpoint',
  'region',
  'accessKeyId',
] as const satisfies readonly (keyof StoredProfile)[]
