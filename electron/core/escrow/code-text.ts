import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { base32, base32Bytes } from './base32.ts'
import { rejectSheet } from './refuse-sheet.ts'

/**
 * The kinds of codes. CB1: the encrypted key. CBS1: a share. CBK1: the numbers of a set of shares,
 * and the check value of their secret. Source FORMAT.md 12.2.
 */
export type CodeKind = 'CB1' | 'CBS1' | 'CBK1'

/** One code, whose checksum fits. */
export interface SheetCode {
  readonly kind: CodeKind
  /** The first 4 bytes of the SHA-256 of the whole content, in 8 hexadecimal digits. */
  readonly sum: string
  /** The number of this code, from 1. */
  readonly number: number
  readonly count: number
  readonly bytes: Uint8Array
}

/** The codes of a text. */
export interface CodeReading {
  readonly codes: readonly SheetCode[]
  /** The number of places that begin as a code and are none. */
  readonly damaged: number
}

/** The most bytes of content in one code. */
export const CODE_BYTES = 700
/** The most codes of one content. A key of 16,384 bits needs 14. */
const MAX_CODES = 32

/** Writes a content as the texts of its codes, in order. */
export function writeCodes(kind: CodeKind, content: Uint8Array): readonly string[] {
  const count = Math.ceil(content.length / CODE_BYTES)
  return Array.from({ length: count }, (_, i) => {
    const part = content.subarray(i * CODE_BYTES, (i + 1) * CODE_BYTES)
    const text = `${kind}:${sumOf(content)}:${i + 1}/${count}:${base32(part)}`
    return `${text}:${crcOf(text)}`
  })
}

/**
 * Reads all codes in a text. Blanks, line ends and lower case make no difference, because people
 * copy and type codes. Anything between codes is ignored.
 */
export function readCodes(text: string): CodeReading {
  const packed = text.replace(/\s+/g, '').toUpperCase()
  const codes = [...packed.matchAll(CODE)].flatMap((match) => codeOf(match) ?? [])
  const starts = [...packed.matchAll(/CB[SK]?1:(?=[0-9A-Z])/g)].length
  return { codes, damaged: starts - codes.length }
}

const CODE = /(CB[SK]?1):([0-9A-F]{8}):(\d{1,2})\/(\d{1,2}):([A-Z2-7]{1,1200}):([0-9A-F]{8})/g

function codeOf(match: RegExpExecArray): SheetCode | null {
  const [whole, kind, sum = '', number = '', count = '', letters = '', crc] = match
  const bytes = base32Bytes(letters)
  if (crcOf(whole.slice(0, -9)) !== crc || bytes === null || bytes.length > CODE_BYTES) return null
  const code = { kind: kind as CodeKind, sum, number: Number(number), count: Number(count), bytes }
  return code.number >= 1 && code.number <= code.count && code.count <= MAX_CODES ? code : null
}

/** The codes of one kind, which may be incomplete or of several sheets. */
export interface CodeSet {
  readonly sum: string
  readonly count: number
  /** Null while codes are missing. */
  readonly content: Uint8Array | null
  /** The numbers of the missing codes. */
  readonly missing: readonly number[]
}

/**
 * Joins the codes of one kind into their contents, one for each sum. Codes may come in any order
 * and more than once. Throws Failure 'recovery-sheet' mixed when codes of one sum contradict each
 * other.
 */
export function joinCodes(kind: CodeKind, codes: readonly SheetCode[]): readonly CodeSet[] {
  const own = codes.filter((code) => code.kind === kind)
  return [...new Set(own.map(({ sum }) => sum))].map((sum) =>
    joinedSet(
      sum,
      own.filter((code) => code.sum === sum),
    ),
  )
}

function joinedSet(sum: string, codes: readonly SheetCode[]): CodeSet {
  const count = codes[0]?.count ?? 0
  const parts = new Map<number, Uint8Array>()
  for (const { count: other, number, bytes } of codes) {
    const before = parts.get(number)
    if (other !== count || (before !== undefined && Buffer.compare(before, bytes) !== 0))
      rejectSheet('mixed')
    parts.set(number, bytes)
  }
  const missing = Array.from({ length: count }, (_, i) => i + 1).filter((n) => !parts.has(n))
  if (missing.length > 0) return { sum, count, content: null, missing }
  const numbers = [...parts.keys()].sort((a, b) => a - b)
  const content = Buffer.concat(numbers.map((n) => parts.get(n) ?? Buffer.alloc(0)))
  if (sumOf(content) !== sum) rejectSheet('mixed')
  return { sum, count, content, missing }
}

const sumOf = (content: Uint8Array): string =>
  createHash('sha256').update(content).digest('hex').slice(0, 8).toUpperCase()

const crcOf = (text: string): string => crc32(text).toString(16).padStart(8, '0').toUpperCase()
