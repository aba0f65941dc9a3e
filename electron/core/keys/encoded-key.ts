import { base64RunAt, canonicalBase64 } from '../../../shared/format/base64-run.ts'
import { isWholeDer } from './rsa-members.ts'

/** Bytes of the shortest public key that is taken. */
const SHORTEST = 128
/** Encoded keys in one text, at most. */
const MAX_FOUND = 32
/** Lines of a key file of 16,384 bits that was encoded once more, in lines of 64 letters. */
const MAX_LINES = 600
/** How DER of a key begins in base64, and PEM, OpenSSH's own, JSON and XML; the last two are DER and PEM encoded twice. */
const BASE64 = /(?<![A-Za-z0-9+/_-])(?=MI[A-P]|LS0tLS1CRUdJTi|b3BlbnNzaC1rZXktdjE|eyJ|PFJTQ|TUlJ|TFMwdExTMUNSVWRKV)/g
/** A SEQUENCE with its length in two bytes, or in one: pairs of digits with what programs put between them. */
const HEX = /(?<![0-9A-Fa-f])(?:0x|\\x)?30[\s:,]*(?:0x|\\x)?8[12](?:[\s:,"']*(?:0x|\\x)?[0-9A-Fa-f]{2})+/g

/**
 * Bytes that a text holds as base64 or in hexadecimal digits, and that can be a key or a file with one. The caller wipes them.
 * `raw`: the text before its escapes were undone, for digits that are escapes themselves.
 */
export function encodedIn(text: string, raw: string): readonly Buffer[] {
  const found: Buffer[] = []
  let end = 0
  for (const { index } of text.matchAll(BASE64)) {
    if (index < end || found.length === MAX_FOUND) continue
    const run = base64RunAt(text, index, MAX_LINES)
    const bytes = run === null ? null : bestOf(run.pieces)
    if (run === null || bytes === null || bytes.length < SHORTEST) continue
    end = run.end
    found.push(bytes)
  }
  for (const [digits] of found.length > 0 ? [] : raw.matchAll(HEX)) {
    const bytes = Buffer.from(digits.replace(/0x|\\x|[\s:,"']/g, ''), 'hex')
    if (found.length < MAX_FOUND && isWholeDer(bytes)) found.push(bytes)
    else bytes.fill(0)
  }
  return found
}

/** As many lines as make whole DER; what is no DER is taken as far as it goes. */
function bestOf(pieces: readonly string[]): Buffer | null {
  let longest: Buffer | null = null
  for (let count = pieces.length; count > 0; count--) {
    const text = canonicalBase64(pieces.slice(0, count).join(''))
    if (text === null) continue
    const bytes = Buffer.from(text, 'base64')
    if (bytes[0] !== 0x30) return longest ?? bytes
    if (isWholeDer(bytes)) return bytes
    longest ??= bytes
  }
  return longest
}
