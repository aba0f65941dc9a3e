import { queryOptions, useQuery } from '@tanstack/react-query'
import type { MasterKey, MasterKeyId, Profile, ProfileId } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'

export const profilesQuery = queryOptions({
  queryKey: names.profiles,
  queryFn: ({ signal }) => call('profiles.list', {}, signal),
})
export const useProfiles = () => useQuery(profilesQuery)

/** Buckets that the account lists, and those that the user named because it cannot. */
export const bucketsQuery = (profileId: ProfileId) =>
  queryOptions({
    queryKey: names.buckets(profileId),
    queryFn: ({ signal }) => call('buckets.list', { profileId }, signal),
  })

/** The key of new uploads: the bucket's, else the profile's. `from` says which. */
export function defaultKeyOf(
  profile: Profile | undefined,
  bucket: string,
): { readonly id: MasterKeyId; readonly from: 'bucket' | 'profile' } | null {
  const own = profile?.bucketKeys[bucket]
  if (own !== undefined) return { id: own, from: 'bucket' }
  return profile?.defaultKey ? { id: profile.defaultKey, from: 'profile' } : null
}

/** True if new uploads can use the key. Weak keys can, after a warning. */
export const canEncrypt = (key: MasterKey): boolean => key.state === 'active'

/** True if uploads of this profile can use the key. The sample key is for practice files only. */
export const canEncryptIn = (key: MasterKey, profile: Profile | undefined): boolean =>
  canEncrypt(key) && (key.origin !== 'sample' || profile?.kind === 'practice')
