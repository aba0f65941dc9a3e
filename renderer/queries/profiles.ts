import { queryOptions, useQuery } from '@tanstack/react-query'
import type { MasterKey, MasterKeyId, Profile, ProfileId } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'

export const profilesQuery = queryOptions({
  queryKey: names.profiles,
  queryFn: ({ signal }) => call('profiles.list', {}, signal),
})
export const useProfiles = () => useQuery(profilesQuery)

/** Buckets the account lists, and those the user named because it may not. */
export const bucketsQuery = (profileId: ProfileId) =>
  queryOptions({
    queryKey: names.buckets(profileId),
    queryFn: ({ signal }) => call('buckets.list', { profileId }, signal),
  })

/** The key new uploads take: the bucket's, else the profile's. `from` says which. */
export function defaultKeyOf(
  profile: Profile | undefined,
  bucket: string,
): { readonly id: MasterKeyId; readonly from: 'bucket' | 'profile' } | null {
  const own = profile?.bucketKeys[bucket]
  if (own !== undefined) return { id: own, from: 'bucket' }
  return profile?.defaultKey ? { id: profile.defaultKey, from: 'profile' } : null
}

/** May be offered for new uploads. Weak keys may, after a word of warning. */
export const canEncrypt = (key: MasterKey): boolean => key.state === 'active'

/** May be offered in this profile: the sample key seals practice files only. */
export const canEncryptIn = (key: MasterKey, profile: Profile | undefined): boolean =>
  canEncrypt(key) && (key.origin !== 'sample' || profile?.kind === 'practice')
