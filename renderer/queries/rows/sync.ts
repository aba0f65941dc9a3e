import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import type {
  IndexFilter,
  IndexScope,
  ListingStatus,
  StatesProgress,
} from '../../../shared/contract/models-index.ts'
import { call, names } from '../core.ts'
import type { Place } from '../objects.ts'

/** Returns the progress of listing everything below a prefix, and starts that. */
const syncQuery = ({ profileId, bucket, prefix }: IndexScope) =>
  queryOptions({
    queryKey: names.sync(profileId, bucket, prefix),
    queryFn: ({ signal }) => call('index.sync', { profileId, bucket, prefix }, signal),
  })

export interface Sync {
  /** Undefined: everything is known from an earlier time, and nothing is listed now. */
  readonly status: ListingStatus | undefined
  readonly error: Error | null
  /** Lists everything again. */
  refresh(): void
  stop(): void
}

/**
 * Lists everything below a place while `known` says that it is not known yet. `known`: the status
 * of the index's rows; undefined waits.
 */
export function useSync(scope: IndexScope, on: boolean, known: ListingStatus | undefined): Sync {
  const client = useQueryClient()
  const query = syncQuery(scope)
  const { data, error } = useQuery({
    ...query,
    enabled: on && known !== undefined && !known.complete,
  })
  const { profileId, bucket, prefix } = scope
  return {
    status: data,
    error,
    refresh: () => void client.fetchQuery({ ...query, staleTime: 0 }).catch(() => undefined),
    stop: () => void call('index.stopSync', { profileId, bucket, prefix }).catch(() => undefined),
  }
}

/** Returns objects and bytes below a folder, as far as they are known, and of each folder in it. */
export const sizesQuery = ({ profileId, bucket, prefix }: Place) =>
  queryOptions({
    queryKey: names.sizes(profileId, bucket, prefix),
    queryFn: ({ signal }) => call('index.sizes', { profileId, bucket, prefix, depth: 1 }, signal),
  })

/** Returns the progress of looking for encryption states; undefined until it was started. */
export const useStates = (profileId: string) =>
  useQuery<StatesProgress | null>({
    queryKey: names.states(profileId),
    queryFn: () => null,
    enabled: false,
  }).data ?? undefined

/** Looks for the encryption states of rows, with at most `budget` requests. */
export const startStates = (scope: IndexScope, filter: IndexFilter, budget: number) =>
  call('index.states', { scope, filter, budget })

export const stopStates = (profileId: string) => call('index.stopStates', { profileId })
