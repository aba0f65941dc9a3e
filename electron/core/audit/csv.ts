/** Excel reads UTF-8 only behind this mark. */
export const CSV_START = '\uFEFF'

/**
 * Returns one row of a CSV file, as RFC 4180 has it. A cell that a spreadsheet would take for a
 * formula begins with an apostrophe. Such a cell begins with = + - @, a tab or a line break.
 */
export const csvRow = (cells: readonly (string | number)[]): string =>
  `${cells.map((cell) => (typeof cell === 'number' ? String(cell) : quoted(cell))).join(',')}\r\n`

/** Blanks before the first character do not make a formula harmless. */
const FORMULA = /^\s*[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/u

function quoted(cell: string): string {
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return `"${safe.replaceAll('"', '""')}"`
}
