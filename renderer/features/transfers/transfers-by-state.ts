import { isChild, isMoving, type Transfer } from '../../queries/transfers/transfer-facts.ts'
import type { Transfers } from '../../queries/transfers/transfer-book.ts'

/**
 * The transfers that "Pause all" pauses. Files of a batch are paused with it. Computed only when
 * the button is pressed.
 */
export const allActive = (transfers: Transfers): readonly Transfer[] =>
  [...transfers.rows('running').values(), ...transfers.rows('waiting').values()].filter(
    (transfer) => !isChild(transfer) && (isMoving(transfer) || transfer.phase === 'waiting'),
  )

export const allPaused = (transfers: Transfers): readonly Transfer[] =>
  [...transfers.rows('waiting').values()].filter(
    (transfer) => !isChild(transfer) && transfer.phase === 'paused',
  )

export const allDone = (transfers: Transfers): readonly Transfer[] => [
  ...transfers.rows('over').values(),
]
