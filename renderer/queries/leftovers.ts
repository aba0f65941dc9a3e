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
 * Uploads in parts that nobody finished, oldest first. No event tells of them: asked anew whenever
 * they are looked at.
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

/** As many as one call takes. */
const MOST = 10_000

/** Answers with how many were aborted. */
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
    // Some may be gone where one failed.
    onSettled: () => client.invalidateQueries({ queryKey: names.leftovers(profileId, bucket) }),
  })
}

/** Answers with the transfer that goes on. */
export function useResumeLeftover() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (input: In<'leftovers.resume'>) => call('leftovers.resume', input),
    onSuccess: (_id, { profileId, bucket }) =>
      void client.invalidateQueries({ queryKey: names.leftovers(profileId, bucket) }),
  })
}
