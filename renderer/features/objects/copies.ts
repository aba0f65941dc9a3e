import { useMutation } from '@tanstack/react-query'
import { Failure } from '../../../shared/contract/errors.ts'
import type { Bucket } from '../../../shared/contract/models.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import { sentence } from '../../../shared/contract/sentences/sentences.ts'
import { startCopies, type Place } from '../../queries/objects.ts'
import { useSending } from '../../queries/pieces.ts'
import { say } from '../../ui/announce.ts'
import { setPanes } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useLanguage, useText } from '../../text/use-text.tsx'
import type { TextKey } from '../../text/words.ts'

/** Starts copies or moves; the rows in the panel tell how they go. */
export function useCopies(onStarted: () => void) {
  const t = useText()
  const q = useQuantities()
  const language = useLanguage()
  const sending = useSending()
  const start = useMutation({
    mutationFn: async (input: In<'copies.start'>) => {
      const { results, done, error } = await sending.while(input.keys.length, (how) =>
        startCopies(input, how),
      )
      if (error !== null && done === 0) throw new Failure(error)
      return { ids: results.flat(), done, error }
    },
  })
  return {
    ...start,
    sending: sending.sending,
    stop: sending.stop,
    begin: (input: In<'copies.start'>, showPanel: boolean) =>
      start.mutate(input, {
        onSuccess: ({ ids, done, error }) => {
          if (showPanel) setPanes({ panelOpen: true })
          say(
            t(input.move ? 'objects:copy.moving' : 'objects:copy.copying', {
              count: ids.length,
              n: q.count(ids.length),
            }),
          )
          const some = { done: q.count(done), total: q.count(input.keys.length) }
          if (error !== null)
            notify({
              about: null,
              error: null,
              text:
                error.code === 'cancelled'
                  ? t('objects:sending.stopped', some)
                  : t('objects:sending.failed', { ...some, why: sentence(error, language) }),
            })
          onStarted()
        },
      }),
  }
}

type Target = Pick<Place, 'profileId' | 'bucket'>

/**
 * What will happen to the bytes, as the core decides it: see wayOf in the core. `buckets`: those of
 * the profile, when they are known.
 */
export function wayWords(
  from: Target,
  to: Target,
  buckets: readonly Bucket[] | undefined,
): TextKey {
  if (from.profileId !== to.profileId) return 'objects:copy.through'
  if (from.bucket === to.bucket) return 'objects:copy.inside'
  const [here, there] = [from, to].map(
    (one) => buckets?.find(({ name }) => name === one.bucket)?.region ?? '',
  )
  return here === there || here === '' || there === ''
    ? 'objects:copy.near'
    : 'objects:copy.through'
}

/** Why nothing can go there; null when it can. */
export function targetProblem(place: Place, keys: readonly string[], to: Place): TextKey | null {
  if (place.profileId !== to.profileId || place.bucket !== to.bucket) return null
  if (keys.some((key) => key.endsWith('/') && to.prefix.startsWith(key)))
    return 'objects:copy.intoItself'
  return to.prefix === place.prefix ? 'objects:copy.same' : null
}
