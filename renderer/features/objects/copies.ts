import { useMutation } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Bucket, TransferId } from '../../../shared/contract/models.ts'
import type { In } from '../../../shared/contract/routes/routes.ts'
import type { Chosen, SelectionInput } from '../../queries/chosen.ts'
import { call } from '../../queries/core.ts'
import type { Place } from '../../queries/objects.ts'
import { useKnownTransfer } from '../../queries/transfers/transfers.ts'
import { awaitTransfers } from '../../state/awaited-transfers.ts'
import { say } from '../../ui/announce.ts'
import { parentOf, setPanes } from '../../state/ui.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import type { TextKey } from '../../text/words.ts'
import { sayCopied } from '../toasts/after-copy.ts'

type Start = Omit<In<'copies.start'>, 'from' | keyof SelectionInput>

/** Starts copies or moves. Their rows in the panel show the progress. */
export function useCopies(onStarted: () => void) {
  const t = useText()
  const q = useQuantities()
  const known = useKnownTransfer()
  const mutation = useMutation({
    async mutationFn({ chosen, how }: { readonly chosen: Chosen; readonly how: Start }) {
      const ids: TransferId[] = []
      for (const { bucket, selection } of chosen.parts) {
        const from = { profileId: chosen.place.profileId, bucket }
        ids.push(...(await call('copies.start', { from, ...selection, ...how })))
      }
      return ids
    },
  })
  const { mutateAsync } = mutation
  const start = useCallback(
    async (chosen: Chosen, how: Start, showPanel: boolean) => {
      const ids = await mutateAsync({ chosen, how })
      awaitTransfers(
        ids,
        known,
        (ended) => void sayCopied({ t, q, known }, inputOf(chosen, how), ended),
      )
      if (showPanel) setPanes({ panelOpen: true })
      const count = ids.length
      say(
        t(how.move ? 'objects:copy.moving' : 'objects:copy.copying', { count, n: q.count(count) }),
      )
      onStarted()
    },
    [mutateAsync, known, t, q, onStarted],
  )
  return {
    ...mutation,
    /** Rejects with the core's error. */
    start,
    /** As `start`. The error is in `error`. */
    begin: (chosen: Chosen, how: Start, showPanel: boolean) =>
      void start(chosen, how, showPanel).catch(() => undefined),
  }
}

/** The calls as one, for the toast. Of several buckets no rows are named, so there is no Undo. */
function inputOf({ place, parts }: Chosen, how: Start): In<'copies.start'> {
  const [first, second] = parts
  const from = { profileId: place.profileId, bucket: first?.bucket ?? place.bucket }
  const selection = second === undefined ? first?.selection : undefined
  return { from, keys: [], ...selection, ...how }
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
export function targetProblem({ place, parts }: Chosen, to: Place): TextKey | null {
  const inside = parts.find(
    ({ bucket }) => place.profileId === to.profileId && bucket === to.bucket,
  )
  if (inside === undefined) return null
  const { keys, under, query } = inside.selection
  if (
    isWithin(keys, to.prefix) ||
    (keys.length === 0 && to.prefix === place.prefix && query?.scope.depth !== 'below')
  )
    return 'objects:copy.same'
  const isInside = (key: string) => key.endsWith('/') && to.prefix.startsWith(key)
  return keys.some(isInside) || (under !== undefined && isInTree(under, to.prefix))
    ? 'objects:copy.intoItself'
    : null
}

/** Tells whether all of these keys are in the folder already. */
const isWithin = (keys: readonly string[], prefix: string): boolean =>
  keys.length > 0 && keys.every((key) => parentOf(key) === prefix)

const isInTree = (
  { prefix, except }: NonNullable<SelectionInput['under']>,
  target: string,
): boolean =>
  target.startsWith(prefix) && !except.some((key) => key.endsWith('/') && target.startsWith(key))
