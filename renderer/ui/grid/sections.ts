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
  /** Returns the pixels above the lower edge of an item. */
  endOf(item: number): number
  /** Returns the place of an item in its line, from 0. */
  columnOf(item: number): number
  /**
   * Returns the item at a distance from the top, in pixels; the first or last one beyond. `column`:
   * its place in the line. A line with fewer items has its last one there.
   */
  itemAt(px: number, column?: number): number
}

/**
 * Puts rows and headings into one numbered list. The work is one step per section, not per row.
 * Sections without rows are left out. Rows and headings have one height each. `across`: rows that
 * stand side by side in a line.
 */
export function gridItems(
  sections: readonly Section[],
  {
    rowPx,
    headingPx,
    across = 1,
  }: { readonly rowPx: number; readonly headingPx: number; readonly across?: number },
): GridItems {
  let [rows, count, px] = [0, 0, 0]
  const placed = sections
    .filter((section) => section.count > 0)
    .map((section) => {
      const [firstRow, firstItem, firstPx] = [rows, count, px]
      const headings = section.heading === null ? 0 : 1
      rows += section.count
      count += headings + section.count
      px += headings * headingPx + Math.ceil(section.count / across) * rowPx
      return { section, firstRow, firstItem, firstPx, headings, end: count, endPx: px }
    })
  const partOf = (item: number) => placed.find(({ end }) => item < end)
  const startOf = (item: number): number => {
    const part = partOf(item)
    if (part === undefined) return px
    const inside = item - part.firstItem
    if (inside < part.headings) return part.firstPx
    const line = Math.floor((inside - part.headings) / across)
    return part.firstPx + part.headings * headingPx + line * rowPx
  }
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
    startOf,
    endOf(item) {
      const part = partOf(item)
      if (part === undefined) return px
      return startOf(item) + (item - part.firstItem < part.headings ? headingPx : rowPx)
    },
    columnOf(item) {
      const part = partOf(item)
      if (part === undefined) return 0
      return Math.max(0, item - part.firstItem - part.headings) % across
    },
    itemAt(at, column = 0) {
      const part = placed.find(({ endPx }) => at < endPx) ?? placed.at(-1)
      if (part === undefined) return 0
      const inside = at - part.firstPx - part.headings * headingPx
      if (inside < 0) return part.firstItem
      const last = part.section.count - 1
      const line = Math.min(Math.floor(last / across), Math.floor(inside / rowPx))
      return part.firstItem + part.headings + Math.min(last, line * across + column)
    },
  }
}
