import { useCallback } from 'react'
import type { Chosen } from '../../queries/chosen.ts'
import type { Place } from '../../queries/objects.ts'
import { setClip, useClip } from '../../state/clip.ts'
import { notify } from '../../state/work.ts'
import { errorOf } from '../../text/error-of.ts'
import { useText } from '../../text/use-text.tsx'
import { targetProblem, useCopies } from './copies.ts'

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
