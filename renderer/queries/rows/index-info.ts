import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { call, names } from '../core.ts'

/**
 * The place and the size of the local index. Each look at the page asks again. `keepIndex`: the
 * setting, whose change moves the index.
 */
export const useIndexInfo = (keepIndex: boolean) =>
  useQuery({
    queryKey: [...names.indexInfo, keepIndex],
    queryFn: ({ signal }) => call('index.info', {}, signal),
    staleTime: 0,
  })

/** Deletes the local index of all profiles. The folders in view are listed again. */
export function useClearIndex() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call('index.clear', {}),
    onSettled: () => client.invalidateQueries({ queryKey: names.indexInfo }),
  })
}
