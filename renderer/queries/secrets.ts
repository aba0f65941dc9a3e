import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { SecretsStatus } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'

/** Where secrets are stored and whether they can be read. `secrets.changed` updates it. */
const secretsQuery = queryOptions({
  queryKey: names.secrets,
  queryFn: ({ signal }) => call('secrets.status', {}, signal),
})
export const useSecrets = () => useQuery(secretsQuery)

/** Writes, reads and removes a test entry. A locked keychain asks for its password here. */
export function useCheckSecrets() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call('secrets.check', {}),
    onSuccess: (status) => afterSecrets(client, status),
  })
}

/** Opens the passphrase file, or creates it. */
export function useUnlockSecrets() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (passphrase: string) => call('secrets.unlock', { passphrase }),
    onSuccess: (status) => afterSecrets(client, status),
    gcTime: 0,
  })
}

/** The list of keys says which private halves can be read, so it is read again too. */
function afterSecrets(client: ReturnType<typeof useQueryClient>, status: SecretsStatus) {
  client.setQueryData(names.secrets, status)
  return client.invalidateQueries({ queryKey: names.keys })
}
