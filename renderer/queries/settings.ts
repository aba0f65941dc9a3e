import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { call, names } from './core.ts'

/** The user's settings. `settings.changed` updates them. */
export const settingsQuery = queryOptions({
  queryKey: names.settings,
  queryFn: ({ signal }) => call('settings.get', {}, signal),
})
export const useSettings = () => useQuery(settingsQuery)

/**
 * Changes the cache before the core answers, so that a setting takes effect at once. A refusal
 * restores it.
 */
export function useUpdateSettings() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (change: Partial<Settings>) => call('settings.update', change),
    onMutate: (change) => {
      const before = client.getQueryData(settingsQuery.queryKey)
      if (before !== undefined)
        client.setQueryData(settingsQuery.queryKey, { ...before, ...change })
      return { before }
    },
    onError: (_error, _change, context) =>
      client.setQueryData(settingsQuery.queryKey, context?.before),
    onSuccess: (settings) => client.setQueryData(settingsQuery.queryKey, settings),
  })
}
