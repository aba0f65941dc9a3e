import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import type { MasterKey, MasterKeyId } from '../../shared/contract/models.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import type { DescriptionStyle } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'

/** All master keys, as the core tells them; `keys.changed` patches this. */
export const keysQuery = queryOptions({
  queryKey: names.keys,
  queryFn: ({ signal }) => call('keys.list', {}, signal),
})
export const useKeys = () => useQuery(keysQuery)

/** A generated or imported pair of which no other copy is known. */
export const lacksBackup = (key: MasterKey): boolean =>
  key.kind === 'rsa' &&
  key.hasPrivate &&
  key.backedUp === null &&
  (key.origin === 'generated' || key.origin === 'imported')

/**
 * Is this description fit for a key? Judged by the core as it is typed; `exceptId` is the key being
 * edited. The answer is kept per text, so that going back to an earlier text asks nothing.
 */
export const useCheckedDescription = (
  description: string,
  style: DescriptionStyle,
  exceptId: MasterKeyId | null,
) =>
  useQuery({
    queryKey: ['description', description, style, exceptId],
    queryFn: ({ signal }) =>
      call('keys.checkDescription', { description, style, exceptId }, signal),
    placeholderData: (before) => before,
    // Another key may have been made since.
    staleTime: 0,
    gcTime: 0,
  })

/**
 * An intent on keys. The list is asked again afterwards, for the case that the event came before
 * the answer.
 */
function useKeyCall<N extends RouteName>(name: N, signal?: () => AbortSignal) {
  const client = useQueryClient()
  return useMutation<Out<N>, Error, In<N>>({
    mutationFn: (input: In<N>) => call(name, input, signal?.()),
    onSettled: () => client.invalidateQueries({ queryKey: names.keys }),
    // Inputs may hold a passphrase: nothing of a call is kept once nobody looks at it.
    gcTime: 0,
  })
}

/**
 * An intent that asks KMS or runs a program, which can take half a minute: `stop` gives it up, and
 * it fails as cancelled.
 */
function useTrial<N extends RouteName>(name: N) {
  const under = useRef<AbortController | null>(null)
  const trial = useKeyCall(name, () => (under.current = new AbortController()).signal)
  return { ...trial, stop: () => under.current?.abort() }
}

export const useGenerateKey = () => useKeyCall('keys.generate')
export const useAddKmsKey = () => useTrial('keys.addKms')
export const useUpdateKmsKey = () => useTrial('keys.updateKms')
export const useListKms = () => useKeyCall('keys.listKms')
export const useAddProgram = () => useTrial('keys.addCommand')
export const useInspectKey = () => useKeyCall('keys.inspect')
export const useImportKey = () => useKeyCall('keys.import')
export const useUpdateKey = () => useKeyCall('keys.update')
export const useProveKey = () => useKeyCall('keys.prove')
export const useExportPublic = () => useKeyCall('keys.exportPublic')
export const useBackupKey = () => useKeyCall('keys.backup')
export const useRemoveKey = () => useKeyCall('keys.remove')
/** `keyId` null: no default any more. `bucket` null: for the whole profile. */
export const useSetDefaultKey = () => useKeyCall('profiles.setDefaultKey')

/**
 * A key stops encrypting: its places get `successorId` first, because at no moment may a default
 * name a key that refuses.
 */
export function useRetireKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: async ({
      key,
      successorId,
    }: {
      readonly key: MasterKey
      readonly successorId: MasterKeyId | null
    }) => {
      for (const place of key.defaultFor)
        await call('profiles.setDefaultKey', {
          profileId: place.profileId,
          bucket: place.bucket,
          keyId: successorId,
        })
      return call('keys.update', {
        id: key.id,
        name: key.name,
        description: key.description,
        style: key.style,
        state: 'decrypt-only',
        writes: key.writes,
      })
    },
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: names.keys }),
        client.invalidateQueries({ queryKey: names.profiles }),
      ]),
  })
}
