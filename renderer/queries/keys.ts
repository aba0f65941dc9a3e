import {
  queryOptions,
  useMutation,
  useQuery,
  useQueryClient,
  type QueryClient,
} from '@tanstack/react-query'
import { useRef } from 'react'
import type { MasterKey, MasterKeyId } from '../../shared/contract/models.ts'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import type { DescriptionStyle } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'

/** Returns all master keys. `keys.changed` updates them. */
const keysQuery = queryOptions({
  queryKey: names.keys,
  queryFn: ({ signal }) => call('keys.list', {}, signal),
})
export const useKeys = () => useQuery(keysQuery)

/** Calls `onNew` for each key that comes into the list after the first reading. */
export function followNewKeys(client: QueryClient, onNew: (key: MasterKey) => void): () => void {
  let known: ReadonlySet<MasterKeyId> | null = null
  return client.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || query.queryKey[0] !== names.keys[0]) return
    const keys = query.state.data as readonly MasterKey[] | undefined
    if (keys === undefined) return
    const before = known
    known = new Set(keys.map(({ id }) => id))
    if (before !== null) for (const key of keys) if (!before.has(key.id)) onNew(key)
  })
}

/** True for a generated or imported pair without a known copy. */
export const lacksBackup = (key: MasterKey): boolean =>
  key.kind === 'rsa' &&
  key.hasPrivate &&
  key.backedUp === null &&
  (key.origin === 'generated' || key.origin === 'imported')

/**
 * Asks the core whether a key can have this description, as it is typed. `exceptId`: the key that
 * is edited. Answers are cached by text.
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
    // The answer becomes stale, because another key may be made.
    staleTime: 0,
    gcTime: 0,
  })

/**
 * Returns the objects that a key opens, as this computer knows them. They are counted again each
 * time the dialog opens.
 */
export const useKeyLedger = (id: MasterKeyId) =>
  useQuery({
    queryKey: ['ledger', id],
    queryFn: ({ signal }) => call('keys.ledger', { id }, signal),
    staleTime: 0,
    gcTime: 0,
  })

/**
 * A change of keys. The list is read again afterwards, in case the event came before the answer.
 */
function useKeyCall<N extends RouteName>(name: N, signal?: () => AbortSignal) {
  const client = useQueryClient()
  return useMutation<Out<N>, Error, In<N>>({
    mutationFn: (input: In<N>) => call(name, input, signal?.()),
    onSettled: () => client.invalidateQueries({ queryKey: names.keys }),
    // Inputs may hold a passphrase, so a call is removed from the cache once no component uses it.
    gcTime: 0,
  })
}

/**
 * A change that calls KMS or runs a program, which can take half a minute. `stop` ends the call,
 * which then fails as 'cancelled'.
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
/** `keyId: null` removes the default. `bucket: null` means the whole profile. */
export const useSetDefaultKey = () => useKeyCall('profiles.setDefaultKey')

/**
 * Makes a key decrypt-only. Its defaults move to `successorId` first, because a default must never
 * name a key that cannot encrypt.
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
