import { queryOptions, useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query'
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

/**
 * Returns the field `itself` for a call on listed keys: the key that is the folder's own name. Such
 * a key ends in '/' and still names an object. Without the field, the call would read the key as
 * everything below the folder. Empty when no key is the folder's own name.
 */
export function itselfIn(
  { prefix }: Place,
  keys: readonly string[],
): { readonly itself?: string[] } {
  const itself = keys.filter((key) => key === prefix)
  return itself.length === 0 ? {} : { itself }
}

/** A folder as far as it is listed. */
export interface Listing {
  readonly rows: readonly ObjectRow[]
  readonly cursor: string | null
  /**
   * True: the user stopped the listing. It continues from `cursor`, or from the beginning when that
   * is null.
   */
  readonly stopped: boolean
}

/**
 * The time between two views of a growing listing, in milliseconds. Each view sorts all rows and
 * lays them out again.
 */
const SHOW_MS = 300

/** Tells whether a folder is listed to its end. */
export const isWhole = (listing: Listing | undefined): boolean =>
  listing !== undefined && listing.cursor === null && !listing.stopped

/**
 * Lists one folder page after page, until the end or until the user stops it. The first listing
 * shows each page as it comes. A refresh shows the old rows until the new ones are whole, so that
 * nothing jumps.
 */
export const listingQuery = (place: Place) =>
  queryOptions({
    queryKey: names.objects(place.profileId, place.bucket, place.prefix),
    structuralSharing: false,
    queryFn: async ({ signal, client, queryKey }): Promise<Listing> => {
      const before = client.getQueryData<Listing>(queryKey)
      const goesOn = before?.stopped === true
      const growing = !isWhole(before)
      const pages: (readonly ObjectRow[])[] = goesOn ? [before.rows] : []
      let cursor = goesOn ? before.cursor : null
      let told = -Infinity
      do {
        const page = await call('objects.list', { ...place, cursor }, signal)
        pages.push(page.rows)
        cursor = page.cursor
        // Pages may come faster than a window can show them. They are joined only for a view: a
        // long list would otherwise be copied for each page.
        if (cursor !== null && growing && performance.now() - told > SHOW_MS) {
          told = performance.now()
          client.setQueryData<Listing>(queryKey, { rows: pages.flat(), cursor, stopped: false })
        }
      } while (cursor !== null)
      return { rows: pages.flat(), cursor, stopped: false }
    },
  })

/** Stops a listing. The rows that are listed stay. */
export async function stopListing(client: QueryClient, place: Place): Promise<void> {
  const { queryKey } = listingQuery(place)
  await client.cancelQueries({ queryKey, exact: true }, { revert: false, silent: true })
  client.setQueryData(queryKey, (listing) =>
    listing === undefined
      ? { rows: [], cursor: null, stopped: true }
      : listing.cursor === null
        ? listing
        : { ...listing, stopped: true },
  )
}

/** Continues a listing where it stopped. */
export const continueListing = (client: QueryClient, place: Place) =>
  client.refetchQueries({ queryKey: listingQuery(place).queryKey, exact: true })

/** Lists a folder again from the beginning, and drops the folders of the tree below it. */
export async function refreshListing(client: QueryClient, place: Place): Promise<void> {
  const { queryKey } = listingQuery(place)
  client.setQueryData(queryKey, (listing) =>
    listing?.stopped === true ? { ...listing, stopped: false } : listing,
  )
  await Promise.all([
    client.refetchQueries({ queryKey, exact: true }),
    client.invalidateQueries({ queryKey: foldersQuery(place).queryKey, exact: true }),
  ])
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

/** Makes an empty folder. The event `objects.changed` refreshes the shown rows. */
export const useMakeFolder = () =>
  useMutation({
    mutationFn: (input: In<'objects.makeFolder'>) => call('objects.makeFolder', input),
  })

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
