import { create } from 'zustand'
import type { Grant } from '../../shared/contract/models-transfers.ts'

export type ChooserWant = 'files' | 'folders' | 'target'

/**
 * A question to the user that the in-page chooser of the loopback shell answers; null while there
 * is none.
 */
interface ChooserState {
  readonly request: {
    readonly want: ChooserWant
    readonly answer: (grants: readonly Grant[] | null) => void
  } | null
}

export const useChooser = create<ChooserState>(() => ({ request: null }))

/** Asks through the in-page chooser. A question still open is answered with null: cancelled. */
export function choose(want: ChooserWant): Promise<readonly Grant[] | null> {
  useChooser.getState().request?.answer(null)
  return new Promise((resolve) => {
    useChooser.setState({
      request: {
        want,
        answer: (grants) => {
          useChooser.setState({ request: null })
          resolve(grants)
        },
      },
    })
  })
}
