import { useState } from 'react'

/** The active row of a list that keeps no selection of its own. */
export interface ActiveRow {
  /** Number of the row, or -1 in an empty list. */
  readonly index: number
  set(index: number): void
}

/**
 * Keeps the active row by its key, so that rows may come and go above it. When the row is gone, the
 * row that took its place becomes active. `indexOf` returns -1 for a key that is gone.
 */
export function useActiveRow(
  count: number,
  keyAt: (index: number) => string | undefined,
  indexOf: (key: string) => number,
): ActiveRow {
  const [active, setActive] = useState<{ readonly key: string; readonly index: number } | null>(
    null,
  )
  const found = active === null ? 0 : indexOf(active.key)
  return {
    index: Math.min(found >= 0 ? found : (active?.index ?? 0), count - 1),
    set(index) {
      const key = keyAt(index)
      if (key !== undefined) setActive({ key, index })
    },
  }
}
