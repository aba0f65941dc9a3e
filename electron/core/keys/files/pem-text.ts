import { isWholeDer } from './der-view.ts'
import { isOpenSshKey } from './openssh-key.ts'
import { rejectKeyFile } from './refuse.ts'

/** One `-----BEGIN X-----` block with its base64 decoded. */
export interface PemBlock {
  /**
   * The label is often wrong. It serves only to distinguish a damaged private key from a block of
   * another kind.
   */
  readonly label: string
  /** The value of the DEK-Info header; null when the block is not encrypted. */
  readonly encryption: string | null
  readonly bytes: Uint8Array
}

const MAX_BLOCKS = 64
const BEGIN = '-----BEGIN '
const END = '-----END '

/**
 * Reads all blocks of a text, however the text is indented and broken into lines. The last block
 * may lack its END line. Throws Failure 'key-import': not-a-key for damaged base64, too-large for
 * more than 64 blocks.
 */
export function pemBlocks(text: string): readonly PemBlock[] {
  const blocks: PemBlock[] = []
  for (let at = text.indexOf(BEGIN); at >= 0;) {
    const labelEnd = text.indexOf('-----', at + BEGIN.length)
    const found = text.indexOf(END, at + BEGIN.length)
    // People forget to copy the last line. Its content is whole all the same.
    const end = found < 0 ? text.length : found
    if (labelEnd < 0 || end < labelEnd) rejectKeyFile('not-a-key')
    if (blocks.length === MAX_BLOCKS) rejectKeyFile('too-large')
    blocks.push(block(text.slice(at + BEGIN.length, labelEnd), text.slice(labelEnd + 5, end)))
    at = text.indexOf(BEGIN, end)
  }
  return blocks
}

/** Returns a text without its blocks. */
export const withoutBlocks = (text: string): string =>
  text
    .split(BEGIN)
    .map((piece, i) =>
      i === 0
        ? piece
        : piece.slice(Math.max(0, piece.indexOf(END)) + (piece.includes(END) ? END.length : 0)),
    )
    .join('\n')

function block(label: string, inner: string): PemBlock {
  // Where a whole block is one line, its headers stand in that line too.
  const dek = /DEK-Info[ \t]*:[ \t]*([\w-]+[ \t]*,[ \t]*[0-9A-Fa-f]*)/i.exec(inner)
  const lines = inner
    .replace(
      /DEK-Info[ \t]*:[ \t]*[\w-]+[ \t]*,[ \t]*[0-9A-Fa-f]*|Proc-Type[ \t]*:[ \t]*4[ \t]*,[ \t]*ENCRYPTED/gi,
      '',
    )
    .split(/\r\n?|\n/)
  const encryption = dek?.[1]?.trim() ?? null
  let first: Buffer | null = null
  for (const reading of READINGS) {
    const base64 = lines
      .map((line, i) => reading(line, i > 0 && i === lines.length - 1))
      .filter((line) => !line.includes(':'))
      .join('')
      .replace(/\s+/g, '')
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) continue
    const bytes = Buffer.from(base64, 'base64')
    if (encryption === null ? isWholeDer(bytes) || isOpenSshKey(bytes) : bytes.length % 8 === 0)
      return { label, encryption, bytes }
    first ??= bytes
  }
  return first === null ? rejectKeyFile('not-a-key') : { label, encryption, bytes: first }
}

/** Removes the marks of the programming language, mail or listing that a line was copied from. */
const unmarked = (line: string): string =>
  line
    .trim()
    .replace(/^\d{1,4}[:.|)]?(?:[ \t]+|$)|^(?:[>|#*;][ \t]*)+|^\/\/[ \t]+/, '')
    .replace(/["'`][\s"'`+.&,;)\\_]*$|[\\,;]+$/, '')
    .replace(/^[^A-Za-z0-9+/=]*["'`]/, '')

/** The longest line of a log, in characters. The pattern of `lastWord` is slow on longer lines. */
const LONGEST_LINE = 400

/**
 * Returns the last word of a line: a log, a search or a table puts something before each line. The
 * last line of a block holds only what stands before the dashes.
 */
const lastWord = (line: string, isLast: boolean): string =>
  isLast || line.length > LONGEST_LINE
    ? ''
    : (/([A-Za-z0-9+/]{2,}={0,2})[^A-Za-z0-9/=]*$/.exec(line)?.[1] ?? '')

/**
 * Ways to read a line of a block, from the most common to the rarest. The last three are lines of a
 * patch, plus signs that a web form turned into blanks, and lines of a log.
 */
const READINGS: readonly ((line: string, isLast: boolean) => string)[] = [
  (line) => line.trim(),
  unmarked,
  (line) => unmarked(line.replace(/^[+-]/, '')),
  (line) => line.replaceAll(' ', '+'),
  lastWord,
]
