import type { DrawnCode, RecoverySheet } from './recovery-sheet.ts'
import { OPEN_KEY, OPEN_OBJECT, readProgram } from './sheet-recipe.ts'
import { ENGLISH, grouped, sheetTime } from './sheet-texts.ts'

/**
 * One thing on a page of A4. Places are in millimetres from the top left. `scale` 2, 3 or 5: a
 * character is 0.75 mm × scale wide and 0.875 mm × scale high.
 */
export type Mark =
  | {
      readonly kind: 'text'
      readonly x: number
      readonly y: number
      readonly scale: number
      readonly mono: boolean
      readonly text: string
    }
  | {
      readonly kind: 'code'
      readonly x: number
      readonly y: number
      readonly size: number
      readonly code: DrawnCode
    }

/** One page. `height`: millimetres down to the last mark. */
export interface SheetPage {
  readonly marks: readonly Mark[]
  readonly height: number
}

export const PAGE_WIDTH = 210
export const PAGE_HEIGHT = 297
/** The width of one character at scale 1. */
export const CHARACTER = 0.75
const LINE = 1.4
const LEFT = 18
const WIDTH = PAGE_WIDTH - 2 * LEFT
const TOP = 16
const BOTTOM = PAGE_HEIGHT - 14
const CODE = 55
const GAP = 4.5

/**
 * Lays a sheet out in pages of A4, in English and in printable ASCII. Other characters of a name
 * are written as \u{…}, because neither a PDF's own fonts nor a small bitmap font has them.
 */
export function sheetPages(sheet: RecoverySheet): readonly SheetPage[] {
  const pages: Mark[][] = [[]]
  const heights = [TOP]
  let y = TOP
  const newPage = (): void => {
    pages.push([])
    heights.push(TOP)
    y = TOP
  }
  const put = (mark: Mark): void => void pages.at(-1)?.push(mark)
  const advance = (by: number): void => {
    y += by
    heights[heights.length - 1] = y
  }
  const write = (text: string, scale = 3, mono = false, x = LEFT): void => {
    for (const line of wrapped(ascii(text), Math.floor((LEFT + WIDTH - x) / (CHARACTER * scale)))) {
      if (y + scale * LINE > BOTTOM) newPage()
      put({ kind: 'text', x, y, scale, mono, text: line })
      advance(scale * LINE)
    }
  }
  const fact = (label: string, value: string): void => {
    put({ kind: 'text', x: LEFT, y, scale: 3, mono: false, text: label })
    write(value, 3, true, LEFT + 42)
  }
  const program = (lines: readonly string[]): void => {
    advance(1.5)
    for (const line of lines) write(line, 2, true)
    advance(3)
  }

  const { facts, codes, words } = sheet
  write(ENGLISH.title, 6)
  write(ENGLISH.place(sheet), 2)
  advance(3)
  write(`${ENGLISH.keep} ${ENGLISH.warning(sheet)}`)
  advance(4)
  fact(ENGLISH.name, facts.name)
  fact(ENGLISH.description, facts.description)
  fact(ENGLISH.fingerprint, grouped(facts.fingerprint))
  fact(ENGLISH.made, `${sheetTime(facts.made)}, RSA-${facts.bits}`)
  advance(4)
  for (let i = 0; i < codes.length; i += 3) {
    if (y + CODE + 8 > BOTTOM) newPage()
    codes.slice(i, i + 3).forEach((code, column) => {
      const x = LEFT + column * (CODE + GAP)
      put({ kind: 'code', x, y, size: CODE, code })
      const label = { scale: 2, mono: false, text: ENGLISH.code(code) } as const
      put({ kind: 'text', x, y: y + CODE + 3, ...label })
    })
    advance(CODE + 11)
  }
  write(`${ENGLISH.checkWords}: ${words.join(' ')}`, 3, true)
  advance(4)
  write(`${ENGLISH.secondCopy} ${'_'.repeat(22)}`)
  advance(1)
  write(`${ENGLISH.readBack} ${'_'.repeat(22)}`)
  newPage()
  write(ENGLISH.withApp, 4)
  ENGLISH.appSteps(sheet).forEach((step, i) => write(`${i + 1}. ${step}`))
  advance(4)
  write(ENGLISH.withoutApp, 4)
  write(ENGLISH.readCodes)
  program(readProgram(sheet.share !== null))
  write(ENGLISH.openKey(sheet))
  program(OPEN_KEY)
  write(ENGLISH.openObject)
  program(OPEN_OBJECT)
  return pages.map((marks, i) => ({ marks, height: heights[i] ?? TOP }))
}

const ascii = (text: string): string =>
  text.replace(/[^\x20-\x7e]/gu, (letter) => `\\u{${letter.codePointAt(0)?.toString(16) ?? ''}}`)

/** Breaks a text into lines of at most `columns` characters, at blanks where there are some. */
function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > columns) {
    const blank = rest.lastIndexOf(' ', columns)
    // The blanks in front of a line of a program are its structure.
    const end = blank > rest.search(/\S/) ? blank : columns
    lines.push(rest.slice(0, end))
    rest = rest.slice(end).trimStart()
  }
  return [...lines, rest]
}
