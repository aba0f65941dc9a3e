import { base64RunAt, canonicalBase64 } from '../../../../shared/format/envelope/base64-run.ts'
import { isWholeDer } from './rsa-members.ts'

/** Bytes of the shortest public key that is taken. */
const SHORTEST = 128
/** Encoded keys in one text, at most. */
const MAX_FOUND = 32
/** Lines of a key file of 16,384 bits that was encoded once more, in lines of 64 letters. */
const MAX_LINES = 600
/**
 * Letters that are decoded in all, each as often as its run is tried: many lines that look like a
 * key would take hours.
 */
const MAX_DECODED = 32 * 1024 * 1024
/**
 * How DER of a key begins in base64, and PEM, OpenSSH's own, JSON and XML; the last two are DER and
 * PEM encoded twice.
 */
const BASE64 =
  /(?<![A-Za-z0-9+/_-])(?=MI[A-P]|LS0tLS1CRUdJTi|b3BlbnNzaC1rZXktdjE|eyJ|PFJTQ|TUlJ|TFMwdExTMUNSVWRKV)/g
/**
 * A SEQUENCE with its length in two bytes, or in one: pairs of digits with what programs put
 * between them.
 */
const HEX =
  /(?<![0-9A-Fa-f])(?:0x|\\x)?30[\s:,]*(?:0x|\\x)?8[12](?:[\s:,"']*(?:0x|\\x)?[0-9A-Fa-f]{2})+/g

/** The same as numbers in a list, as programs print bytes; the second is the beginning of PEM. */
const NUMBERS =
  /(?<![\d.])(?:48[\s,]+13[01]|45(?:[\s,]+45){4}[\s,]+66)(?:[\s,]+\d{1,3}){100,}(?![\d.])/g

/**
 * Bytes that a text holds as base64, in hexadecimal digits or as a list of numbers, and that can be
 * a key or a file with one. The caller wipes them.
 * `raw`: the text before its escapes were undone, for digits that are escapes themselves.
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
    const bytes = bestOf(run.pieces)
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
 * As many lines as make whole DER, whose length stands at its beginning; what is no DER is taken as
 * far as it goes.
 */
function bestOf(pieces: readonly string[]): Buffer | null {
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

/**
 * Letters of base64, without padding, that the element of DER takes which begins so; 0 where none
 * does.
 */
function lettersOfDer(first: string): number {
  const [tag, length = 0, ...more] = Buffer.from(first, 'base64')
  if (tag !== 0x30 || length === 0x80 || length > 0x83) return 0
  const bytes =
    length < 0x80
      ? 2 + length
      : more.slice(0, length - 0x80).reduce((sum, byte) => sum * 256 + byte, 0) + 2 + length - 0x80
  return Math.ceil((bytes * 8) / 6)
}
