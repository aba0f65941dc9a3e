/** Rows under one heading; `heading` is null where the section shows none. */
export interface Section {
  readonly heading: string | null
  readonly count: number
}

/** One item of the grid. `index` counts rows over all sections. */
export type GridItem =
  | { readonly kind: 'heading'; readonly section: Section }
  | { readonly kind: 'row'; readonly index: number }

export interface GridItems {
  /** Rows of all sections. */
  readonly rows: number
  /** Rows and headings. */
  readonly count: number
  /** Height of all items, in pixels. */
  readonly px: number
  at(item: number): GridItem | undefined
  /** Number of the item that shows a row. */
  itemOf(row: number): number
  /** Returns the pixels above an item. */
  startOf(item: number): number
  /** Returns the item at a distance from the top, in pixels; the first or last one beyond. */
  itemAt(px: number): number
}

/**
 * Puts rows and headings into one numbered list. The work is one step per section, not per row.
 * Sections without rows are left out. Rows and headings have one height each.
 */
export function gridItems(
  sections: readonly Section[],
  { rowPx, headingPx }: { readonly rowPx: number; readonly headingPx: number },
): GridItems {
  let [rows, count, px] = [0, 0, 0]
  const placed = sections
    .filter((section) => section.count > 0)
    .map((section) => {
      const [firstRow, firstItem, firstPx] = [rows, count, px]
      const headings = section.heading === null ? 0 : 1
      rows += section.count
      count += headings + section.count
      px += headings * headingPx + section.count * rowPx
      return { section, firstRow, firstItem, firstPx, headings, end: count, endPx: px }
    })
  const partOf = (item: number) => placed.find(({ end }) => item < end)
  return {
    rows,
    count,
    px,
    at(item) {
      const part = partOf(item)
      if (part === undefined || item < 0) return undefined
      const inside = item - part.firstItem - part.headings
      return inside < 0
        ? { kind: 'heading', section: part.section }
        : { kind: 'row', index: part.firstRow + inside }
    },
    itemOf(row) {
      const part = placed.find(({ firstRow, section }) => row < firstRow + section.count)
      return part === undefined ? -1 : part.firstItem + part.headings + (row - part.firstRow)
    },
    startOf(item) {
      const part = partOf(item)
      if (part === undefined) return px
      const inside = item - part.firstItem
      return (
        part.firstPx +
        (inside === 0 ? 0 : part.headings * headingPx) +
        Math.max(0, inside - part.headings) * rowPx
      )
    },
    itemAt(at) {
      const part = placed.find(({ endPx }) => at < endPx) ?? placed.at(-1)
      if (part === undefined) return 0
      const inside = at - part.firstPx - part.headings * headingPx
      const row = Math.min(part.section.count - 1, Math.floor(inside / rowPx))
      return inside < 0 ? part.firstItem : part.firstItem + part.headings + row
    },
  }
}
