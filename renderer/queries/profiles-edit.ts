import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import { call, names } from './core.ts'

/** Accounts in the environment and in files of other tools, without their secrets. */
export const useFoundAccounts = (wanted: boolean) =>
  useQuery({
    queryKey: ['found-accounts'],
    queryFn: ({ signal }) => call('profiles.find', {}, signal),
    enabled: wanted,
    staleTime: 0,
    gcTime: 0,
  })

function useProfileCall<N extends RouteName>(name: N) {
  const client = useQueryClient()
  return useMutation<Out<N>, Error, In<N>>({
    mutationFn: (input: In<N>) => call(name, input),
    onSuccess: async () => {
      // The buckets of a profile may answer late, or never.
      void client.invalidateQueries({ queryKey: ['buckets'] })
      await Promise.all([
        client.invalidateQueries({ queryKey: names.profiles }),
        client.invalidateQueries({ queryKey: names.keys }),
      ])
    },
    // The input may hold an AccessKey secret.
    gcTime: 0,
  })
}

export const useAddProfile = () => useProfileCall('profiles.add')
export const useUpdateProfile = () => useProfileCall('profiles.update')
export const useRemoveProfile = () => useProfileCall('profiles.remove')
export const useDefaultKeyOf = () => useProfileCall('profiles.setDefaultKey')

/** Calls OSS with the form. It changes nothing, so nothing is read again. */
export const useTestProfile = () =>
  useMutation({
    mutationFn: (input: In<'profiles.test'>) => call('profiles.test', input),
    gcTime: 0,
  })
