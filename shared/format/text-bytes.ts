import { utf8Text } from './bytes.ts'

/** A text, and whether its encoding is certain. */
export interface DecodedText {
  readonly text: string
  /** False: some bytes fit no encoding and were decoded as Latin-1. */
  readonly certain: boolean
}

/**
 * Decodes the bytes of a file and removes the byte order mark. The bytes are UTF-8, or UTF-16 of
 * both byte orders as Windows shells write it, with a mark or without. Other bytes are decoded as
 * Latin-1, so that the ASCII in them can be read.
 */
export function decodeText(bytes: Uint8Array): DecodedText {
  const wide = wideOrder(bytes)
  if (wide !== null) return utf16(bytes, wide)
  const text = utf8Text(bytes)
  if (text === null) return { text: new TextDecoder('latin1').decode(bytes), certain: false }
  return { text: text.startsWith('\ufeff') ? text.slice(1) : text, certain: !text.includes('\0') }
}

/**
 * Finds the byte order of UTF-16 by its mark. Without a mark, every second byte of Western text is
 * zero.
 */
function wideOrder(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const seen = Math.min(bytes.length - (bytes.length % 2), 256)
  const zeros = [0, 0]
  for (let at = 0; at < seen; at++) if (bytes[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  if (bytes.length % 2 === 1 || seen < 4 || Math.min(even, odd) > 0) return null
  return odd > seen / 3 ? 'utf-16le' : even > seen / 3 ? 'utf-16be' : null
}

function utf16(bytes: Uint8Array, order: 'utf-16le' | 'utf-16be'): DecodedText {
  // A character has two bytes, so a last single byte belongs to none.
  const even = bytes.subarray(0, bytes.length - (bytes.length % 2))
  try {
    const text = new TextDecoder(order, { fatal: true }).decode(even)
    return { text, certain: even.length === bytes.length && !text.includes('\0') }
  } catch {
    return { text: new TextDecoder(order).decode(even), certain: false }
  }
}

/**
 * Removes what terminals, mails and logs add to a text. These are invisible characters and colours
 * (ECMA-48 §5.4), also as `cat -v` shows them. The `^M` and `$` at its line ends and the quotes of
 * nginx logs are removed as well. JSON stays as it is, because `^[` and `^M` can be letters of a
 * name there.
 */
export function withoutPrintMarks(text: string): string {
  const plain = text.includes('\x1b') ? text.replace(COLOURS, '') : text
  if (/^\s*[[{]/.test(plain)) return plain
  return unquoted(joined(plain.replace(/[\u200b-\u200d\u2060\ufeff]/g, '')))
    .replace(/\^\[\[[0-9;]{0,32}[mK]/g, '')
    .replace(/\^M\$?(?=\r?\n|$)/g, '')
    .replace(/(?<!\\)\\x22/gi, '\\"')
}

/**
 * Joins the lines that curl's `--trace-ascii` broke after 64 letters, each with its offset in
 * front.
 */
const joined = (text: string): string =>
  /^0000: /m.test(text) ? text.replace(/(?<=^[0-9a-f]{4}: .{64})\r?\n[0-9a-f]{3}0: /gm, '') : text

/**
 * Decodes the quoted-printable of a mail (RFC 2045 §6.7). Every equals sign must begin an escape
 * there; otherwise the text is something else.
 */
function unquoted(text: string): string {
  if (!/=3D/.test(text) || /=(?![0-9A-F]{2}|\r?\n)/.test(text)) return text
  return text
    .replace(/=\r?\n/g, '')
    .replace(/=([2-7][0-9A-F])/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
}

const COLOURS = /\x1b\[[0-?]{0,32}[ -/]{0,8}[@-~]/g
