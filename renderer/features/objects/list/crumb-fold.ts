/** Pixels of `…` and its arrow. */
const FOLD_PX = 40
/** Pixels after which a name is cut, so that a long name hides no other. */
export const STEP_PX = 180

/**
 * The visible steps of a path: the first one if `first`, and those from `from` on. The steps
 * between fold into `…`.
 */
export interface ShownSteps {
  readonly first: boolean
  readonly from: number
}

/**
 * Chooses the visible steps: the last two always, then the first, then as many before the last two
 * as fit. `widths` and `room` are pixels.
 */
export function shownSteps(widths: readonly number[], room: number): ShownSteps {
  const all = widths.reduce((sum, width) => sum + width, 0)
  if (widths.length <= 2 || all <= room) return { first: true, from: 1 }
  let from = Math.max(1, widths.length - 2)
  let used = FOLD_PX + widths.slice(from).reduce((sum, width) => sum + width, 0)
  const first = used + (widths[0] ?? 0) <= room
  if (first) used += widths[0] ?? 0
  for (; from > 1 && used + (widths[from - 1] ?? 0) <= room; from--) used += widths[from - 1] ?? 0
  return { first, from }
}
