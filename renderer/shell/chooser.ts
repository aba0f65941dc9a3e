import { create } from 'zustand'
import type { Grant } from '../../shared/contract/models-transfers.ts'

export type ChooserWant = 'files' | 'folders' | 'target'

/** A question of the loopback shell that the in-page chooser answers; null without a question. */
interface ChooserState {
  readonly request: {
    readonly want: ChooserWant
    readonly answer: (grants: readonly Grant[] | null) => void
  } | null
}

export const useChooser = create<ChooserState>(() => ({ request: null }))

/** Asks through the in-page chooser. An older open question resolves with null, as if cancelled. */
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
