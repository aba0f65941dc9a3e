import { base64RunAt, canonicalBase64 } from '../../../../shared/format/envelope/base64-run.ts'
import { elementAt, SEQUENCE } from '../../../../shared/format/der.ts'
import { isWholeDer } from './der-view.ts'

/** Bytes of the shortest public key that is accepted. */
const SHORTEST = 128
/** The most encoded keys that are read from one text. */
const MAX_FOUND = 32
/** Lines of 64 letters of a key of 16,384 bits whose file was encoded once more. */
const MAX_LINES = 600
/**
 * The most letters that are decoded. A letter counts as often as it is tried, because many lines
 * that look like a key would take hours.
 */
const MAX_DECODED = 32 * 1024 * 1024
/**
 * The beginnings of keys in base64: DER, PEM, OpenSSH, JSON and XML. The last two patterns are DER
 * and PEM that were encoded twice.
 */
const BASE64 =
  /(?<![A-Za-z0-9+/_-])(?=MI[A-P]|LS0tLS1CRUdJTi|b3BlbnNzaC1rZXktdjE|eyJ|PFJTQ|TUlJ|TFMwdExTMUNSVWRKV)/g
/**
 * A SEQUENCE in hexadecimal digits, its length in one byte or two. Programs put various separators
 * between the pairs of digits.
 */
const HEX =
  /(?<![0-9A-Fa-f])(?:0x|\\x)?30[\s:,]*(?:0x|\\x)?8[12](?:[\s:,"']*(?:0x|\\x)?[0-9A-Fa-f]{2})+/g

/** The beginning of DER, or of PEM, as a list of decimal numbers. Programs print bytes so. */
const NUMBERS =
  /(?<![\d.])(?:48[\s,]+13[01]|45(?:[\s,]+45){4}[\s,]+66)(?:[\s,]+\d{1,3}){100,}(?![\d.])/g

/**
 * Decodes what can be a key, or a file with a key, in a text: base64, hexadecimal digits, or a list
 * of numbers. The caller wipes the answers.
 * `raw`: the text before its escapes were undone, because the digits can be escapes themselves.
 */
export function encodedIn(text: string, raw: string): readonly Buffer[] {
  const found: Buffer[] = []
  let end = 0
  let left = MAX_DECODED
  for (const { index } of text.matchAll(BASE64)) {
    if (index < end || found.length === MAX_FOUND || left < 0) continue
    const run = base64RunAt(text, index, MAX_LINES)
    const letters = run?.pieces.reduce((sum, piece) => sum + piece.length, 0) ?? 0
    if (run === null || letters < SHORTEST) continue
    left -= letters * run.pieces.length
    const bytes = decodeRun(run.pieces)
    if (bytes === null || bytes.length < SHORTEST) continue
    end = run.end
    found.push(bytes)
  }
  for (const [digits] of found.length > 0 ? [] : raw.matchAll(HEX)) {
    const bytes = Buffer.from(digits.replace(/0x|\\x|[\s:,"']/g, ''), 'hex')
    if (found.length < MAX_FOUND && isWholeDer(bytes)) found.push(bytes)
    else bytes.fill(0)
  }
  for (const [numbers] of found.length > 0 ? [] : raw.matchAll(NUMBERS)) {
    if (found.length < MAX_FOUND) found.push(Buffer.from(numbers.split(/[\s,]+/).map(Number)))
  }
  return found
}

/**
 * Decodes as many lines as make one whole DER element, whose length stands in its first bytes.
 * Other content is decoded as far as it is base64.
 */
function decodeRun(pieces: readonly string[]): Buffer | null {
  const letters = lettersOfDer(pieces.join('').slice(0, 8))
  let count = 0
  for (let sum = 0; count < pieces.length && sum < letters; count++)
    sum += pieces[count]?.replace(/=+$/, '').length ?? 0
  const exact = letters > 0 ? decoded(pieces.slice(0, count)) : null
  if (exact !== null && isWholeDer(exact)) return exact
  exact?.fill(0)
  for (let lines = pieces.length; lines > 0; lines--) {
    const bytes = decoded(pieces.slice(0, lines))
    if (bytes !== null) return bytes
  }
  return null
}

function decoded(pieces: readonly string[]): Buffer | null {
  const text = canonicalBase64(pieces.join(''))
  return text === null ? null : Buffer.from(text, 'base64')
}

/** The longest element whose length is read, in bytes. */
const MAX_ELEMENT_BYTES = 2 ** 24

/**
 * Returns the letters of base64, without padding, of the DER element that begins with `first`; 0
 * when these letters do not begin one.
 */
function lettersOfDer(first: string): number {
  const element = elementAt(Buffer.from(first, 'base64'), 0, MAX_ELEMENT_BYTES, 'tolerant')
  if (element === null || element === 'more' || element.tag !== SEQUENCE) return 0
  return Math.ceil((element.end * 8) / 6)
}
