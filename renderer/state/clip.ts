import { create } from 'zustand'
import type { Chosen } from '../queries/chosen.ts'

/** The rows that were copied or cut. */
export interface Clip {
  readonly chosen: Chosen
  /** True: they were cut, and a paste moves them. */
  readonly move: boolean
  /** The names as the system's clipboard has them. Another text there ends the clip. */
  readonly text: string
}

/** Null: nothing was copied or cut in this window. */
export const useClip = create<{ readonly clip: Clip | null }>(() => ({ clip: null }))
export const setClip = (clip: Clip | null): void => useClip.setState({ clip })
