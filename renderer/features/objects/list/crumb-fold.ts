/** Pixels of `…` and its arrow. */
const FOLD_PX = 40
/** A name takes no more than this before it is cut, so that one long name hides no other. */
export const STEP_PX = 180

/**
 * Which steps of a path are seen: the first one when `first`, and those from `from` on. What lies
 * between folds into `…`.
 */
export interface ShownSteps {
  readonly first: boolean
  readonly from: number
}

/**
 * The last two are always seen, then the first, then as many before the last as fit. `widths`,
 * `room`: pixels.
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
