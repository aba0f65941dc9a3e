import { encode } from 'fast-png'
import font from 'oled-font-5x7'
import type { RecoverySheet } from './recovery-sheet.ts'
import { PAGE_WIDTH, sheetPages, type Mark } from './sheet-page.ts'

/** 203 dots per inch, as of a fax or a label printer. */
const DOTS_A_MM = 8
/** Dots of one character of the font, with the blank column behind it. */
const GLYPH = { columns: 5, rows: 7 } as const
const MARGIN_MM = 12

/**
 * Draws a sheet as one picture, its pages one below the other: 8-bit grey, 8 dots a millimetre. The
 * text is drawn with a bitmap font of 5 × 7 dots, so that no browser and no font file is needed.
 */
export function sheetPng(sheet: RecoverySheet): Uint8Array {
  const pages = sheetPages(sheet)
  const width = PAGE_WIDTH * DOTS_A_MM
  const heights = pages.map(({ height }) => Math.ceil((height + MARGIN_MM) * DOTS_A_MM))
  const data = new Uint8Array(width * heights.reduce((sum, height) => sum + height, 0)).fill(255)
  let top = 0
  pages.forEach(({ marks }, i) => {
    const page = data.subarray(top * width)
    for (const mark of marks) draw(mark, (x, y, size) => fill(page, width, x, y, size))
    top += heights[i] ?? 0
  })
  return encode({ width, height: top, data, channels: 1, depth: 8 })
}

/** Blackens a square. Units  dots. */
type Dot = (x: number, y: number, size: number) => void

function fill(page: Uint8Array, width: number, x: number, y: number, size: number): void {
  for (let row = y; row < y + size; row++) page.fill(0, row * width + x, row * width + x + size)
}

function draw(mark: Mark, dot: Dot): void {
  const [left, top] = [Math.round(mark.x * DOTS_A_MM), Math.round(mark.y * DOTS_A_MM)]
  if (mark.kind === 'text') {
    ;[...mark.text].forEach((letter, i) =>
      drawGlyph(letter, (x, y) =>
        dot(left + (i * (GLYPH.columns + 1) + x) * mark.scale, top + y * mark.scale, mark.scale),
      ),
    )
    return
  }
  // Every module has the same whole number of dots, so that no edge is blurred.
  const { modules } = mark.code
  const module = Math.floor((mark.size * DOTS_A_MM) / modules.length)
  modules.forEach((row, y) =>
    row.forEach((black, x) => {
      if (black) dot(left + x * module, top + y * module, module)
    }),
  )
}

/** The columns of a tilde, which the font lacks: one byte a column, the lowest bit on top. */
const TILDE = [8, 4, 8, 16, 8]

function drawGlyph(letter: string, dot: (x: number, y: number) => void): void {
  const at = font.lookup.indexOf(letter) * GLYPH.columns
  const columns = at < 0 ? TILDE : font.fontData.slice(at, at + GLYPH.columns)
  columns.forEach((column, x) => {
    for (let y = 0; y < GLYPH.rows + 1; y++) if (((column >> y) & 1) === 1) dot(x, y)
  })
}
