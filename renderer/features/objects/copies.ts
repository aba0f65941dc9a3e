import type { Bucket } from '../../../shared/contract/models.ts'
import { useStartCopies, type Place } from '../../queries/objects.ts'
import { say } from '../../state/live.ts'
import { setPanes } from '../../state/ui.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import type { TextKey } from '../../text/words.ts'

/** Starts copies or moves; the rows in the panel tell how they go. */
export function useCopies(onStarted: () => void) {
  const t = useText()
  const q = useQuantities()
  const start = useStartCopies()
  return {
    ...start,
    begin: (input: Parameters<typeof start.mutate>[0], showPanel: boolean) =>
      start.mutate(input, {
        onSuccess: (ids) => {
          if (showPanel) setPanes({ panelOpen: true })
          say(t(input.move ? 'objects:copy.moving' : 'objects:copy.copying', { count: ids.length, n: q.count(ids.length) }))
          onStarted()
        },
      }),
  }
}

type Target = Pick<Place, 'profileId' | 'bucket'>

/** What will happen to the bytes, as the core decides it: see wayOf in the core. `buckets`: those of the profile, when they are known. */
export function wayWords(from: Target, to: Target, buckets: readonly Bucket[] | undefined): TextKey {
  if (from.profileId !== to.profileId) return 'objects:copy.through'
  if (from.bucket === to.bucket) return 'objects:copy.inside'
  const [here, there] = [from, to].map((one) => buckets?.find(({ name }) => name === one.bucket)?.region ?? '')
  return here === there || here === '' || there === '' ? 'objects:copy.near' : 'objects:copy.through'
}

/** Why nothing can go there; null when it can. */
export function targetProblem(place: Place, keys: readonly string[], to: Place): TextKey | null {
  if (place.profileId !== to.profileId || place.bucket !== to.bucket) return null
  if (keys.some((key) => key.endsWith('/') && to.prefix.startsWith(key))) return 'objects:copy.intoItself'
  return to.prefix === place.prefix ? 'objects:copy.same' : null
}
