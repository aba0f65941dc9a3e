import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { AppInfo, ObjectRow } from '../../shared/contract/models.ts'
import { call, names } from './core.ts'
import type { Place } from './objects.ts'

/**
 * True if a row is an unchanged sample of the app. A sample that the user replaced is the user's.
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

/** Deletes the user's objects in the practice bucket and restores the samples. */
export function useResetPractice() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => call('practice.reset', {}),
    onSuccess: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: names.app }),
        client.invalidateQueries({ queryKey: ['listing'] }),
        client.invalidateQueries({ queryKey: ['rows'] }),
        client.invalidateQueries({ queryKey: ['facts'] }),
      ]),
  })
}
