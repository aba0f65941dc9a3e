import { create } from 'zustand'
import type { Chosen } from '../queries/chosen.ts'

/** The rows that are dragged in this window. */
interface OwnDrag {
  /** The id in the data of the drag. */
  readonly id: string
  readonly chosen: Chosen
}

/**
 * Null while no rows of this window are dragged. A drag whose row is gone before it ends stays
 * here, so its id is compared before its rows are used.
 */
export const useRowDrag = create<{ readonly own: OwnDrag | null }>(() => ({ own: null }))

/** Returns the one folder that is dragged in this window; null for any other drag. */
export function draggedFolder(): Chosen['place'] | null {
  const { own } = useRowDrag.getState()
  const [row] = own?.chosen.rows ?? []
  return own?.chosen.count === 1 && row?.kind === 'folder'
    ? { ...own.chosen.place, prefix: row.key }
    : null
}
