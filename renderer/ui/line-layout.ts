/** Rows under one heading; `heading` null for none. */
export interface Section {
  readonly heading: string | null
  readonly count: number
}

export type Line =
  | { readonly kind: 'heading'; readonly section: Section; readonly top: number }
  /** `index` counts over all sections. */
  | { readonly kind: 'row'; readonly index: number; readonly top: number }

export interface LineLayout {
  /** Rows of all sections. */
  readonly count: number
  /** Pixels of all together. */
  readonly height: number
  topOf(index: number): number
  /** Everything that lies between two heights, even in part. */
  between(from: number, to: number): readonly Line[]
}

/**
 * Where rows and headings lie when each kind has one height, in pixels: worked out per section,
 * never per row.
 */
export function layoutOf(
  sections: readonly Section[],
  rowPx: number,
  headingPx: number,
): LineLayout {
  let [count, height] = [0, 0]
  const placed = sections
    .filter((section) => section.count > 0)
    .map((section) => {
      const first = count
      const top = height
      const rowsTop = top + (section.heading === null ? 0 : headingPx)
      count += section.count
      height = rowsTop + section.count * rowPx
      return { section, first, top, rowsTop, end: height }
    })
  return {
    count,
    height,
    topOf(index) {
      const one = placed.find(({ first, section }) => index < first + section.count)
      return one === undefined ? 0 : one.rowsTop + (index - one.first) * rowPx
    },
    between: (from, to) =>
      placed.flatMap(({ section, first, top, rowsTop, end }): readonly Line[] => {
        if (end <= from || top >= to) return []
        const low = Math.max(0, Math.floor((from - rowsTop) / rowPx))
        const high = Math.min(section.count, Math.ceil((to - rowsTop) / rowPx))
        const rows = Array.from({ length: Math.max(0, high - low) }, (_, i): Line => ({
          kind: 'row',
          index: first + low + i,
          top: rowsTop + (low + i) * rowPx,
        }))
        return section.heading !== null && rowsTop > from
          ? [{ kind: 'heading', section, top }, ...rows]
          : rows
      }),
  }
}
