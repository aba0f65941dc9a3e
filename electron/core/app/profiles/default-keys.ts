import type { MasterKeyId, ProfileId } from '../../../../shared/contract/models.ts'
import { loadSound, objectIn } from '../../store/sound-text.ts'
import type { TextStore } from '../../store/text-store.ts'

interface Defaults {
  readonly profile: MasterKeyId | null
  readonly buckets: Readonly<Record<string, MasterKeyId>>
}
const NONE: Defaults = { profile: null, buckets: {} }

/**
 * The places where a key is the default, as pairs of profile and bucket (null: the whole profile).
 */
export interface DefaultPlace {
  readonly profileId: ProfileId
  readonly bucket: string | null
}

export interface DefaultKeys {
  of(profileId: ProfileId): Defaults
  /** Returns the key for a new upload: the bucket's, else the profile's, else null. */
  choose(profileId: ProfileId, bucket: string): MasterKeyId | null
  set(place: DefaultPlace, keyId: MasterKeyId | null): Promise<void>
  placesOf(keyId: MasterKeyId): readonly DefaultPlace[]
  forget(profileId: ProfileId): Promise<void>
}

const PREFIX = 'default-keys.'

/**
 * Opens the default keys, in one text `default-keys.<profile>` each. A text holds ids only. The
 * catalog decides whether a key may still encrypt. Memory changes only after the text is written.
 */
export async function openDefaultKeys(texts: TextStore): Promise<DefaultKeys> {
  const all = new Map<ProfileId, Defaults>()
  const read = async (profileId: ProfileId): Promise<Defaults> =>
    (await loadSound(texts, PREFIX + profileId, readDefaults)) ?? NONE
  for (const name of await texts.list(PREFIX))
    all.set(name.slice(PREFIX.length), await read(name.slice(PREFIX.length)))
  const of = (profileId: ProfileId) => all.get(profileId) ?? NONE

  return {
    of,
    choose: (profileId, bucket) => of(profileId).buckets[bucket] ?? of(profileId).profile,
    set: ({ profileId, bucket }, keyId) =>
      texts.alone(PREFIX + profileId, async () => {
        // Another process may have set a key for another bucket.
        const { profile, buckets } = await read(profileId)
        const others = Object.fromEntries(
          Object.entries(buckets).filter(([name]) => name !== bucket),
        )
        const changed: Defaults =
          bucket === null
            ? { profile: keyId, buckets }
            : { profile, buckets: keyId === null ? others : { ...others, [bucket]: keyId } }
        await texts.save(PREFIX + profileId, JSON.stringify(changed, null, 2))
        all.set(profileId, changed)
      }),
    placesOf(keyId) {
      return [...all].flatMap(([profileId, { profile, buckets }]) => [
        ...(profile === keyId ? [{ profileId, bucket: null }] : []),
        ...Object.entries(buckets).flatMap(([bucket, id]) =>
          id === keyId ? [{ profileId, bucket }] : [],
        ),
      ])
    },
    async forget(profileId) {
      if (!all.has(profileId)) return
      await texts.remove(PREFIX + profileId)
      all.delete(profileId)
    },
  }
}

/**
 * Parses a text. Returns null for a damaged text, which is set aside and reported. An upload then
 * asks for a key, and takes no other key by itself.
 */
function readDefaults(text: string): Defaults | null {
  const { profile, buckets } = (objectIn(text) ?? {}) as Partial<Defaults>
  const known =
    (profile === null || typeof profile === 'string') &&
    typeof buckets === 'object' &&
    buckets !== null &&
    !Array.isArray(buckets)
  return known && Object.values(buckets).every((id) => typeof id === 'string')
    ? { profile, buckets }
    : null
}
