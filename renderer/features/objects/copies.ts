import { useMutation } from '@tanstack/react-query'
import type { Bucket } from '../../../shared/contract/models.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import type { SelectionInput } from '../../queries/chosen.ts'
import { call } from '../../queries/core.ts'
import type { Place } from '../../queries/objects.ts'
import { useKnownTransfer } from '../../queries/transfers.ts'
import { awaitTransfers } from '../../state/awaited-transfers.ts'
import { say } from '../../ui/announce.ts'
import { setPanes } from '../../state/ui.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import type { TextKey } from '../../text/words.ts'
import { sayCopied } from '../toasts/after-copy.ts'

/** Starts copies or moves. Their rows in the panel show the progress. */
export function useCopies(onStarted: () => void) {
  const t = useText()
  const q = useQuantities()
  const known = useKnownTransfer()
  const start = useMutation({
    mutationFn: (input: In<'copies.start'>) => call('copies.start', input),
  })
  return {
    ...start,
    begin: (input: In<'copies.start'>, showPanel: boolean) =>
      start.mutate(input, {
        onSuccess: (ids) => {
          awaitTransfers(ids, known, (ended) => void sayCopied({ t, q, known }, input, ended))
          if (showPanel) setPanes({ panelOpen: true })
          say(
            t(input.move ? 'objects:copy.moving' : 'objects:copy.copying', {
              count: ids.length,
              n: q.count(ids.length),
            }),
          )
          onStarted()
        },
      }),
  }
}

type Target = Pick<Place, 'profileId' | 'bucket'>

/**
 * Returns the words for the way that the bytes take. The core decides the way; see `wayOf`.
 * `buckets`: those of the profile, when they are known.
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

/** Returns why nothing can go to this place; null when it can. */
export function targetProblem(
  place: Place,
  { keys, under }: SelectionInput,
  to: Place,
): TextKey | null {
  if (place.profileId !== to.profileId || place.bucket !== to.bucket) return null
  if (to.prefix === place.prefix) return 'objects:copy.same'
  const isInside = (key: string) => key.endsWith('/') && to.prefix.startsWith(key)
  return keys.some(isInside) || (under !== undefined && isInTree(under, to.prefix))
    ? 'objects:copy.intoItself'
    : null
}

const isInTree = (
  { prefix, except }: NonNullable<SelectionInput['under']>,
  target: string,
): boolean =>
  target.startsWith(prefix) && !except.some((key) => key.endsWith('/') && target.startsWith(key))
