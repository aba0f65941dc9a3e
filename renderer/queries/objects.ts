import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { ObjectRow } from '../../shared/contract/models.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call, names } from './core.ts'
import { errorOf } from '../text/error-of.ts'

/** The place in OSS that the window shows. `prefix`: '' or ending in '/'. */
export interface Place {
  readonly profileId: string
  readonly bucket: string
  readonly prefix: string
}

const TREE_PAGES = 5
const TREE_FOLDERS = 500

/**
 * Lists the folders of a folder for the tree. It reads only the first pages, so that opening a node
 * of a huge folder stays cheap.
 */
export const foldersQuery = (place: Place) =>
  queryOptions({
    queryKey: ['folders', place.profileId, place.bucket, place.prefix] as const,
    queryFn: async ({
      signal,
    }): Promise<{ readonly folders: readonly string[]; readonly more: boolean }> => {
      const folders: string[] = []
      let cursor: string | null = null
      for (let page = 0; page < TREE_PAGES && folders.length < TREE_FOLDERS; page++) {
        const answer: Awaited<ReturnType<typeof call<'objects.list'>>> = await call(
          'objects.list',
          { ...place, cursor },
          signal,
        )
        for (const row of answer.rows) if (row.kind === 'folder') folders.push(row.key)
        cursor = answer.cursor
        if (cursor === null) break
      }
      return {
        folders: folders.slice(0, TREE_FOLDERS),
        more: cursor !== null || folders.length > TREE_FOLDERS,
      }
    },
  })

/** Asks for everything about one object. */
export const factsQuery = (profileId: string, bucket: string, key: string) =>
  queryOptions({
    queryKey: names.facts(profileId, bucket, key),
    queryFn: ({ signal }) => call('objects.facts', { profileId, bucket, key }, signal),
  })

/** Makes a call on objects. The event `objects.changed` refreshes the shown rows. */
function useObjectCall<N extends 'objects.makeFolder' | 'objects.tryKeys' | 'objects.preview'>(
  name: N,
) {
  return useMutation({ mutationFn: (input: In<N>) => call(name, input) })
}

export const useMakeFolder = () => useObjectCall('objects.makeFolder')
export const usePreview = () => useObjectCall('objects.preview')

/** Tells whether an object has this name, or whether this folder holds anything. */
export async function isTaken(
  at: Pick<Place, 'profileId' | 'bucket'>,
  key: string,
): Promise<boolean> {
  if (key.endsWith('/'))
    return (await call('objects.list', { ...at, prefix: key, cursor: null })).rows.length > 0
  try {
    await call('objects.facts', { ...at, key })
    return true
  } catch (cause) {
    if (errorOf(cause).code === 'not-found') return false
    throw cause
  }
}

/** Tries every key. When one opens the object, the state of the object is asked again. */
export function useTryKeys() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: In<'objects.tryKeys'>) => call('objects.tryKeys', input),
    onSuccess: (_opened, { profileId, bucket, key }) =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['encryption', profileId, bucket, key] }),
        client.invalidateQueries({ queryKey: names.facts(profileId, bucket, key) }),
      ]),
  })
}

/** A message has a header of some 200 bytes, and its one tag covers at most 64 GiB. */
const MESSAGE_BYTES = { least: 100, most: 64 * 1024 ** 3 + 4096 } as const

/**
 * Tells whether an object without envelope headers is a whole message of the KMS Encryption SDK.
 * Reads its first bytes. Null: it is not.
 */
export const sniffQuery = (place: Place, row: ObjectRow) =>
  queryOptions({
    queryKey: ['sniff', place.profileId, place.bucket, row.key, row.etag] as const,
    queryFn: ({ signal }) =>
      row.size < MESSAGE_BYTES.least || row.size > MESSAGE_BYTES.most
        ? null
        : call(
            'objects.sniff',
            { profileId: place.profileId, bucket: place.bucket, key: row.key },
            signal,
          ),
  })
