import { useMutation, useQueryClient } from '@tanstack/react-query'
import { call, names } from './core.ts'

/** Removes what the user put into the practice bucket and brings the samples back. */
export function useResetPractice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call('practice.reset', {}),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: names.app }), client.invalidateQueries({ queryKey: ['objects'] }), client.invalidateQueries({ queryKey: ['facts'] })]),
  })
}
