import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Leftover } from '../../shared/contract/models-transfers.ts'
import type { In } from '../../shared/contract/routes/routes.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { inPieces } from './pieces.ts'
import { call, names } from './core.ts'

/** A bucket of a profile. */
export interface BucketPlace {
  readonly profileId: string
  readonly bucket: string
}

/**
 * Returns unfinished multipart uploads, oldest first. No event reports them, so each view reads
 * them again.
 */
export const leftoversQuery = (place: BucketPlace | null) =>
  queryOptions({
    queryKey: names.leftovers(place?.profileId ?? '', place?.bucket ?? ''),
    staleTime: 0,
    enabled: place !== null,
    queryFn: ({ signal }) =>
      call(
        'leftovers.list',
        { profileId: place?.profileId ?? '', bucket: place?.bucket ?? '' },
        signal,
      ),
  })

/** Most uploads of one call. */
const MOST = 10_000

/** Returns the number of aborted uploads. */
export function useAbortLeftovers({ profileId, bucket }: BucketPlace) {
  const client = useQueryClient()
  return useMutation({
    async mutationFn(leftovers: readonly Pick<Leftover, 'key' | 'uploadId'>[]) {
      const wanted = leftovers.map(({ key, uploadId }) => ({ key, uploadId }))
      const { results, error } = await inPieces(wanted, MOST, (uploads) =>
        call('leftovers.abort', { profileId, bucket, uploads }),
      )
      if (error !== null) throw new Failure(error)
      return results.reduce((sum, one) => sum + one.aborted, 0)
    },
    // After a failure some uploads may still be gone.
    onSettled: () => client.invalidateQueries({ queryKey: names.leftovers(profileId, bucket) }),
  })
}

/** Returns the transfer that continues the upload. */
export function useResumeLeftover() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: In<'leftovers.resume'>) => call('leftovers.resume', input),
    onSuccess: (_id, { profileId, bucket }) =>
      void client.invalidateQueries({ queryKey: names.leftovers(profileId, bucket) }),
  })
}
