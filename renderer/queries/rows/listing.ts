import { queryOptions, type QueryClient } from '@tanstack/react-query'
import type { ListingStatus } from '../../../shared/contract/models-index.ts'
import { call, names } from '../core.ts'
import { foldersQuery, type Place } from '../objects.ts'

/** Tells whether a folder is listed to its end. */
export const isWhole = (status: ListingStatus | undefined): boolean => status?.complete === true

/**
 * Returns the progress of the listing of a folder, and starts the listing. A folder that is known
 * from an earlier time is listed again behind its rows. `listing.changed` updates the answer.
 */
export const listingQuery = (place: Place) =>
  queryOptions({
    queryKey: names.listing(place.profileId, place.bucket, place.prefix),
    queryFn: ({ signal }) => call('listing.open', { ...place, refresh: true }, signal),
  })

/** Stops a listing. The rows that are listed stay. */
export const stopListing = (place: Place): Promise<unknown> => call('listing.stop', { ...place })

/** Continues a listing where it stopped. */
export async function continueListing(client: QueryClient, place: Place): Promise<void> {
  const status = await call('listing.open', { ...place, refresh: false })
  client.setQueryData(listingQuery(place).queryKey, status)
}

/** Lists a folder again, and drops the folders of the tree below it. */
export async function refreshListing(client: QueryClient, place: Place): Promise<void> {
  await Promise.all([
    client.refetchQueries({ queryKey: listingQuery(place).queryKey, exact: true }),
    client.invalidateQueries({ queryKey: foldersQuery(place).queryKey, exact: true }),
  ])
}
