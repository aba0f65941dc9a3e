import { codesInFile } from './read-pictures.ts'
import { readSheet, type ReadSheet } from './read-sheet.ts'
import { recoverySheet, type RecoverySheet, type SheetFacts } from './recovery-sheet.ts'
import { newShares, sharedPassphrase } from './shares.ts'
import { sheetHtml } from './sheet-html.ts'
import { sheetPdf } from './sheet-pdf.ts'
import { sheetPng } from './sheet-png.ts'

/**
 * Recovery sheets as files. The core loads this module when a sheet is made or read, because the
 * packages behind it would slow down every start.
 */

export interface SheetOrder {
  readonly facts: SheetFacts
  /** The passphrase of the key, or the number of shares in its place. */
  readonly lock: string | { readonly count: number; readonly threshold: number }
  readonly form: 'html' | 'pdf' | 'png'
  /** The language of HTML that is shown first. PDF and PNG are in English. */
  readonly language: 'en' | 'zh-CN'
  /** Encrypts the key under a passphrase, as PKCS#8 in DER. */
  encrypt(passphrase: string): Promise<Uint8Array>
}

/** The files of one sheet, or of the sheets of a set of shares. */
export interface SheetFiles {
  readonly contents: readonly (string | Uint8Array)[]
  /** The number of codes on each sheet. */
  readonly codes: number
  readonly words: readonly string[]
}

/** Makes one sheet, or one for each share. Rejects with the Failure of `encrypt`. */
export async function makeSheets(order: SheetOrder): Promise<SheetFiles> {
  const sheets = await sheetsOf(order)
  const [first] = sheets
  if (first === undefined) throw new Error('an order of no sheet')
  const contents = []
  for (const sheet of sheets) contents.push(await written(sheet, order))
  return { contents, codes: first.codes.length, words: first.words }
}

async function sheetsOf({ facts, lock, encrypt }: SheetOrder): Promise<readonly RecoverySheet[]> {
  if (typeof lock === 'string') return [recoverySheet(facts, await encrypt(lock), null)]
  const set = await newShares(lock.count, lock.threshold)
  try {
    const payload = await encrypt(sharedPassphrase(set.secret))
    return set.shares.map((share, i) =>
      recoverySheet(facts, payload, { ...lock, number: i + 1, share, facts: set.facts }),
    )
  } finally {
    set.secret.fill(0)
  }
}

function written(
  sheet: RecoverySheet,
  { form, language }: SheetOrder,
): string | Uint8Array | Promise<Uint8Array> {
  if (form === 'html') return sheetHtml(sheet, language)
  return form === 'pdf' ? sheetPdf(sheet) : sheetPng(sheet)
}

/** A file that may show codes. `name`: for errors. */
export interface SheetPicture {
  readonly name: string
  readonly bytes: Uint8Array
}

/** Reads one sheet, or sheets of one set. Throws Failure 'recovery-sheet'. */
export async function readSheetFiles(pictures: readonly SheetPicture[]): Promise<ReadSheet> {
  const readings = []
  for (const { bytes, name } of pictures) readings.push(await codesInFile(bytes, name))
  return readSheet(readings)
}
