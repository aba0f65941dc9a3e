import { useCallback } from 'react'
import type { TransferId } from '../../../shared/contract/models.ts'
import type { Chosen } from '../../queries/chosen.ts'
import { call } from '../../queries/core.ts'
import { useKnownTransfer } from '../../queries/transfers/transfers.ts'
import { awaitTransfers } from '../../state/awaited-transfers.ts'
import { useReadyCopies } from '../../state/drag-out.ts'
import { lastOf, setPanes } from '../../state/ui.ts'
import { notify } from '../../state/work.ts'
import { errorOf } from '../../text/error-of.ts'
import { useQuantities } from '../../text/use-quantities.ts'
import { useText } from '../../text/use-text.tsx'
import { say } from '../../ui/announce.ts'
import { sumOf } from '../objects/list/rows.ts'

/** The most files and bytes that are copied for a drag. More is a download. */
export const MOST_FILES = 100
export const MOST_BYTES = 2_000_000_000

/** Returns why these rows cannot be dragged out; null if they can. */
export function dragOutProblem({
  rows,
  count,
  isMore,
}: Chosen): 'folder' | 'tooMany' | 'tooLarge' | null {
  if (rows.some(({ kind }) => kind === 'folder') || isMore === 'folder') return 'folder'
  if (isMore !== null || rows.length < count || count > MOST_FILES) return 'tooMany'
  return sumOf(rows).bytes > MOST_BYTES ? 'tooLarge' : null
}

/**
 * Returns the function that makes decrypted copies of files to drag out. The panel shows the
 * progress. When all copies are whole, a bar appears that the user drags. A copy that fails stays
 * in the panel with its reason, and then nothing can be dragged.
 */
export function useDragOut(): (chosen: Chosen) => Promise<void> {
  const t = useText()
  const q = useQuantities()
  const known = useKnownTransfer()
  return useCallback(
    async (chosen) => {
      const problem = dragOutProblem(chosen)
      if (problem !== null)
        return notify({
          about: null,
          error: null,
          text: t(`objects:dragOut.${problem}`, {
            most: q.count(MOST_FILES),
            bytes: q.bytes(MOST_BYTES),
          }),
        })
      notify(null)
      useReadyCopies.setState({ ready: null })
      const { profileId } = chosen.place
      const ids: TransferId[] = []
      const keys = chosen.parts.flatMap(({ bucket, selection }) =>
        selection.keys.map((key) => ({ bucket, key })),
      )
      const [first] = keys
      if (first === undefined) return
      try {
        for (const { bucket, key } of keys)
          ids.push(await call('files.copy', { profileId, bucket, key, keyIds: [] }))
      } catch (cause) {
        return notify({ about: lastOf(first.key), error: errorOf(cause), text: null })
      }
      setPanes({ panelOpen: true })
      awaitTransfers(ids, known, () => {
        useReadyCopies.setState({ ready: { ids, name: lastOf(first.key) } })
        say(t('objects:dragOut.say', { count: ids.length, n: q.count(ids.length) }))
      })
    },
    [t, q, known],
  )
}
