import { queryOptions, useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { In } from '../../shared/contract/routes/routes.ts'
import { call } from './core.ts'
import { errorOf } from '../text/error-of.ts'
import type { Place } from './objects.ts'

/**
 * The object whose headers are to be edited, as it was when the dialog opened: later changes must
 * not move what is being typed.
 */
export const headersQuery = ({ profileId, bucket }: Place, key: string) =>
  queryOptions({
    queryKey: ['headers', profileId, bucket, key] as const,
    queryFn: ({ signal }) => call('objects.facts', { profileId, bucket, key }, signal),
    gcTime: 0,
  })

/**
 * Changes headers of the object with this ETag, and of the one that replaced it once the user was
 * told and asked again. `stop` gives it up, and it fails as cancelled.
 */
export function useEditHeaders({ profileId, bucket }: Place, key: string) {
  const under = useRef<AbortController | null>(null)
  const replacedBy = useRef<string | null>(null)
  const edit = useMutation({
    mutationFn: ({ etag, change }: Pick<In<'objects.editHeaders'>, 'etag' | 'change'>) => {
      under.current = new AbortController()
      return call(
        'objects.editHeaders',
        { profileId, bucket, key, etag: replacedBy.current ?? etag, change },
        under.current.signal,
      )
    },
    onError: async (cause) => {
      if (errorOf(cause).code === 'object-changed')
        replacedBy.current = await call('objects.facts', { profileId, bucket, key }).then(
          (now) => now.etag,
          () => null,
        )
    },
  })
  return { ...edit, stop: () => under.current?.abort() }
}
