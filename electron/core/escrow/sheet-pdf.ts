import { encode } from 'fast-png'
import { PDFDocument, StandardFonts } from 'pdf-lib'
import type { DrawnCode, RecoverySheet } from './recovery-sheet.ts'
import { CHARACTER, PAGE_HEIGHT, PAGE_WIDTH, sheetPages } from './sheet-page.ts'

const POINTS_A_MM = 72 / 25.4
/** A character of Courier is 0.6 of the size of the font wide. */
const COURIER_WIDTH = 0.6
/** Dots of one module in the picture of a code. */
const MODULE = 4
/** Modules of white around a code, as the standard of QR codes wants them. */
const QUIET = 4

/**
 * Writes a sheet as a PDF of A4 pages. The text can be selected, in fonts that every reader has.
 * Each code is a picture, which `pdf-pictures.ts` finds again.
 */
export async function sheetPdf(sheet: RecoverySheet): Promise<Uint8Array> {
  const pdf = await PDFDocument.create()
  pdf.setTitle('Recovery sheet')
  pdf.setCreator('Cipherbucket')
  const fonts = {
    prose: await pdf.embedFont(StandardFonts.Helvetica),
    mono: await pdf.embedFont(StandardFonts.Courier),
  }
  for (const { marks } of sheetPages(sheet)) {
    const page = pdf.addPage([PAGE_WIDTH * POINTS_A_MM, PAGE_HEIGHT * POINTS_A_MM])
    for (const mark of marks) {
      const x = mark.x * POINTS_A_MM
      if (mark.kind === 'text') {
        const size = (CHARACTER * mark.scale * POINTS_A_MM) / COURIER_WIDTH
        const y = (PAGE_HEIGHT - mark.y) * POINTS_A_MM - size
        page.drawText(mark.text, { x, y, size, font: mark.mono ? fonts.mono : fonts.prose })
        continue
      }
      const image = await pdf.embedPng(codePng(mark.code))
      const border = (mark.size * QUIET) / mark.code.modules.length
      const size = (mark.size + 2 * border) * POINTS_A_MM
      page.drawImage(image, {
        x: (mark.x - border) * POINTS_A_MM,
        y: (PAGE_HEIGHT - mark.y + border) * POINTS_A_MM - size,
        width: size,
        height: size,
      })
    }
  }
  // Plain objects, which a reader of another day parses with less code.
  return pdf.save({ useObjectStreams: false })
}

function codePng({ modules }: DrawnCode): Uint8Array {
  const width = (modules.length + 2 * QUIET) * MODULE
  const data = new Uint8Array(width * width).fill(255)
  modules.forEach((row, y) =>
    row.forEach((black, x) => {
      if (!black) return
      for (let line = 0; line < MODULE; line++) {
        const at = ((y + QUIET) * MODULE + line) * width + (x + QUIET) * MODULE
        data.fill(0, at, at + MODULE)
      }
    }),
  )
  return encode({ width, height: width, data, channels: 1, depth: 8 })
}
