import { isChild, isMoving, type Transfer } from '../../queries/transfer-facts.ts'
import type { Transfers } from '../../queries/transfer-book.ts'

/**
 * What "Pause all" is about: many files go and stand as one. Looked for when it is pressed, and not
 * before.
 */
export const allGoing = (transfers: Transfers): readonly Transfer[] =>
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
