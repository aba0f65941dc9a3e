import { useCallback } from 'react'
import type { Chosen } from '../../queries/chosen.ts'
import type { Place } from '../../queries/objects.ts'
import { setClip, useClip } from '../../state/clip.ts'
import { useFilters } from '../../state/filters.ts'
import { useRowDrag } from '../../state/row-drag.ts'
import { notify } from '../../state/work.ts'
import { errorOf } from '../../text/error-of.ts'
import { useText } from '../../text/use-text.tsx'
import { targetProblem, useCopies } from './copies.ts'
import { droppedRows } from './row-drag.ts'

/** Moves or copies rows into a folder without a dialog. A transfer asks about a taken name. */
export type MoveInto = (chosen: Chosen, to: Place, move: boolean) => void

const nothing = () => undefined

export function useMoveInto(): MoveInto {
  const t = useText()
  const { start } = useCopies(nothing)
  return useCallback(
    (chosen, to, move) => {
      const wrong = targetProblem(chosen, to)
      if (wrong !== null) return notify({ about: null, error: null, text: t(wrong) })
      const { profileId, bucket, prefix } = to
      const how = { to: { profileId, bucket }, toPrefix: prefix, toKey: null, move }
      start(chosen, { ...how, existing: 'fail' }, true).catch((cause: unknown) =>
        notify({ about: null, error: errorOf(cause), text: null }),
      )
    },
    [t, start],
  )
}

/**
 * Returns a function that moves or copies dropped rows of any window of the app into a folder.
 * Data of another origin is refused with a sentence. `data`: of the drag.
 */
export function useDropRows(): (data: string, to: Place, move: boolean) => Promise<void> {
  const t = useText()
  const moveInto = useMoveInto()
  return useCallback(
    async (data, to, move) => {
      try {
        const dropped = await droppedRows(data)
        if (typeof dropped === 'object') moveInto(dropped, to, move)
        else notify({ about: null, error: null, text: t(`objects:drag.${dropped}`) })
      } catch (cause) {
        notify({ about: null, error: errorOf(cause), text: null })
      }
    },
    [t, moveInto],
  )
}

/**
 * Tells whether the shown folder takes dragged rows. It takes no rows of its own. Rows of another
 * window are known when they are dropped. The list of a search is no folder.
 */
export function takesRows(here: Place): boolean {
  const { own } = useRowDrag.getState()
  return (
    useFilters.getState().where === 'here' &&
    (own === null || targetProblem(own.chosen, here) === null)
  )
}

/**
 * Returns a function that pastes the rows that were copied or cut in this window. It returns false
 * if there are none, or if the system's clipboard has another text by now. `text`: that text; null
 * if it is not known.
 */
export function usePasteRows(): (text: string | null, to: Place) => boolean {
  const moveInto = useMoveInto()
  return useCallback(
    (text, to) => {
      const { clip } = useClip.getState()
      // A field of the system may have changed the ends of lines.
      if (clip === null || (text !== null && text.replace(/\r\n/g, '\n') !== clip.text))
        return false
      if (clip.move) setClip(null)
      moveInto(clip.chosen, to, clip.move)
      return true
    },
    [moveInto],
  )
}
