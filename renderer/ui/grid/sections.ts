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
  /** Identifies where the headings stand. Two equal texts have the same items. */
  readonly shape: string
  at(item: number): GridItem | undefined
  /** Number of the item that shows a row. */
  itemOf(row: number): number
}

/**
 * Puts rows and headings into one numbered list. The work is one step per section, not per row.
 * Sections without rows are left out.
 */
export function itemsOf(sections: readonly Section[]): GridItems {
  let [rows, count] = [0, 0]
  const placed = sections
    .filter((section) => section.count > 0)
    .map((section) => {
      const [firstRow, firstItem] = [rows, count]
      const headings = section.heading === null ? 0 : 1
      rows += section.count
      count += headings + section.count
      return { section, firstRow, firstItem, headings, end: count }
    })
  return {
    rows,
    count,
    shape: placed.map(({ headings, end }) => `${headings}:${end}`).join(' '),
    at(item) {
      const part = placed.find(({ end }) => item < end)
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
  }
}
