import type { MasterKey } from '../../../shared/contract/models.ts'
import type { SeenObjects } from '../history/seen-objects.ts'
import type { KeyCatalog } from '../keys/catalog/key-catalog.ts'
import type { DefaultKeys } from './profiles/default-keys.ts'
import type { Profiles } from './profiles/profiles.ts'

interface Needs {
  readonly catalog: KeyCatalog
  readonly seen: SeenObjects
  readonly defaults: DefaultKeys
  readonly profiles: Profiles
}

/** Lists the keys of the catalog, with their places as default and the objects seen under each. */
export async function shownKeys({
  catalog,
  seen,
  defaults,
  profiles,
}: Needs): Promise<readonly MasterKey[]> {
  return (await catalog.list()).map((key) => ({
    ...key,
    seen: seen.counts(key.id),
    defaultFor: defaults.placesOf(key.id).flatMap(({ profileId, bucket }) => {
      const profile = profiles.get(profileId)
      return profile.ok ? [{ profileId, profileName: profile.value.name, bucket }] : []
    }),
  }))
}
