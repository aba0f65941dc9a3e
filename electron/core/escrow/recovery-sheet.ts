import { encodeQR } from 'qr'
import { checkWords } from './check-words.ts'
import { writeCodes } from './code-text.ts'

/** The facts about a key that a recovery sheet prints. */
export interface SheetFacts {
  readonly name: string
  /** The key description as JSON, '' for none. */
  readonly description: string
  /** 64 hexadecimal digits. */
  readonly fingerprint: string
  readonly bits: number
  /** ISO 8601. */
  readonly made: string
}

/** The share of one sheet of a set. */
export interface SheetShare {
  readonly number: number
  readonly count: number
  readonly threshold: number
  /** 33 bytes. */
  readonly share: Uint8Array
  /** The content of CBK1. */
  readonly facts: Uint8Array
}

/** One code of a sheet, ready to be drawn. */
export interface DrawnCode {
  readonly role: 'key' | 'share' | 'check'
  /** The number among the codes of its role, from 1. */
  readonly number: number
  readonly count: number
  readonly text: string
  /** Rows of modules without a border; true is black. */
  readonly modules: readonly (readonly boolean[])[]
}

/** One recovery sheet, as every form of it shows the same. */
export interface RecoverySheet {
  readonly facts: SheetFacts
  readonly codes: readonly DrawnCode[]
  readonly words: readonly string[]
  /** Null for a sheet that opens with a passphrase. */
  readonly share: Pick<SheetShare, 'number' | 'count' | 'threshold'> | null
}

/** Makes a sheet. `payload`: the encrypted key. `share`: null for a sheet with a passphrase. */
export function recoverySheet(
  facts: SheetFacts,
  payload: Uint8Array,
  share: SheetShare | null,
): RecoverySheet {
  return {
    facts,
    words: checkWords(payload),
    share,
    codes: [
      ...drawn('key', writeCodes('CB1', payload)),
      ...(share === null
        ? []
        : [
            ...drawn('share', writeCodes('CBS1', share.share)),
            ...drawn('check', writeCodes('CBK1', share.facts)),
          ]),
    ],
  }
}

const drawn = (role: DrawnCode['role'], texts: readonly string[]): readonly DrawnCode[] =>
  texts.map((text, i) => ({
    role,
    number: i + 1,
    count: texts.length,
    text,
    modules: modulesOf(text),
  }))

/** Draws a text as a QR code, level M. The package draws a border of at least one module. */
function modulesOf(text: string): readonly (readonly boolean[])[] {
  const rows = encodeQR(text, 'raw', { ecc: 'medium', encoding: 'alphanumeric', border: 1 })
  return rows.slice(1, -1).map((row) => row.slice(1, -1))
}
