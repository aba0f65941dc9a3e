import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { AppInfo, ObjectRow } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'
import type { Place } from './objects.ts'

/**
 * Is this row one of the samples, as the app put it there? What the user put over one is the
 * user's.
 */
export function sampleIn(
  app: AppInfo | undefined,
  { profileId, bucket }: Place,
): (row: ObjectRow) => boolean {
  const practice = app?.practice
  if (practice?.profileId !== profileId || practice.bucket !== bucket) return () => false
  const etags = new Map(practice.samples.map(({ key, etag }) => [key, etag]))
  return (row) => row.kind === 'file' && etags.get(row.key) === row.etag
}

/** Removes what the user put into the practice bucket and brings the samples back. */
export function useResetPractice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call('practice.reset', {}),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: names.app }),
        client.invalidateQueries({ queryKey: ['objects'] }),
        client.invalidateQueries({ queryKey: ['facts'] }),
      ]),
  })
}
