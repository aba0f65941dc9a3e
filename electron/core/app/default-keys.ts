import type { MasterKeyId, ProfileId } from '../../../shared/contract/models.ts'
import type { TextStore } from '../store/text-store.ts'

interface Defaults {
  readonly profile: MasterKeyId | null
  readonly buckets: Readonly<Record<string, MasterKeyId>>
}
const NONE: Defaults = { profile: null, buckets: {} }

/** Where a key is the default, as pairs of profile and bucket (null: the whole profile). */
export interface DefaultPlace {
  readonly profileId: ProfileId
  readonly bucket: string | null
}

export interface DefaultKeys {
  of(profileId: ProfileId): Defaults
  /** The key for a new upload: the bucket's, else the profile's, else null. */
  choose(profileId: ProfileId, bucket: string): MasterKeyId | null
  set(place: DefaultPlace, keyId: MasterKeyId | null): Promise<void>
  placesOf(keyId: MasterKeyId): readonly DefaultPlace[]
  forget(profileId: ProfileId): Promise<void>
}

/** Which master key new uploads use, in the text `default-keys`. Ids only; whether a key may still encrypt is the catalog's say. */
export async function openDefaultKeys(texts: TextStore): Promise<DefaultKeys> {
  const all = new Map<ProfileId, Defaults>(Object.entries(JSON.parse((await texts.load('default-keys')) ?? '{}') as Record<string, Defaults>))
  const save = () => texts.save('default-keys', JSON.stringify(Object.fromEntries(all), null, 2))
  const of = (profileId: ProfileId) => all.get(profileId) ?? NONE

  return {
    of,
    choose: (profileId, bucket) => of(profileId).buckets[bucket] ?? of(profileId).profile,
    async set({ profileId, bucket }, keyId) {
      const { profile, buckets } = of(profileId)
      if (bucket === null) all.set(profileId, { profile: keyId, buckets })
      else {
        const others = Object.fromEntries(Object.entries(buckets).filter(([name]) => name !== bucket))
        all.set(profileId, { profile, buckets: keyId === null ? others : { ...others, [bucket]: keyId } })
      }
      await save()
    },
    placesOf(keyId) {
      return [...all].flatMap(([profileId, { profile, buckets }]) => [
        ...(profile === keyId ? [{ profileId, bucket: null }] : []),
        ...Object.entries(buckets).flatMap(([bucket, id]) => (id === keyId ? [{ profileId, bucket }] : [])),
      ])
    },
    async forget(profileId) {
      if (all.delete(profileId)) await save()
    },
  }
}
