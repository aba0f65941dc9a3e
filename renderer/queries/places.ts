import { queryOptions, useQuery } from '@tanstack/react-query'
import { NO_PLACES, type PlaceLists } from '../../shared/contract/models-places.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call, names } from './core.ts'

/** Asks for the favorites, and for the places and files opened last. Events change them. */
export const placesQuery = queryOptions({
  queryKey: names.places,
  queryFn: ({ signal }) => call('places.get', {}, signal),
})

/** The favorites, and the places and files opened last. Empty until they are known. */
export const usePlaceLists = (): PlaceLists => useQuery(placesQuery).data ?? NO_PLACES

type Change = In<'places.change'>

/** Changes the lists at the user's word. Rejects with Failure when they cannot be stored. */
export const changePlaces = (change: Change): Promise<null> => call('places.change', change)

/**
 * Notes what the window did by itself: a place or a file that was opened, the view of a folder. A
 * failure is silent, because the lists are an aid.
 */
export const notePlace = (change: Exclude<Change, { readonly do: 'favorite' }>): void =>
  void changePlaces(change).catch(() => undefined)
