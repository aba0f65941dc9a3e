const DIGITS = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (digit) => digit.charCodeAt(0),
)
const PADDING = 61
const ascii = new TextDecoder()

/**
 * RFC 4648 section 4, padded, without line breaks: the text of every binary header. By hand,
 * because the platform's encoder wants a text of the bytes first, and making that takes three times
 * as long as all of this.
 */
export function toBase64(bytes: Uint8Array): string {
  const digits = new Uint8Array(Math.ceil(bytes.length / 3) * 4).fill(PADDING)
  const digit = (bits: number): number => DIGITS[bits & 63] ?? 0
  for (let at = 0, to = 0; at < bytes.length; at += 3, to += 4) {
    const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
    digits[to] = digit(three >> 18)
    digits[to + 1] = digit(three >> 12)
    if (at + 1 < bytes.length) digits[to + 2] = digit(three >> 6)
    if (at + 2 < bytes.length) digits[to + 3] = digit(three)
  }
  return ascii.decode(digits)
}

const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * Strict reader: null unless `text` is exactly what {@link toBase64} would write. Platform decoders
 * skip blanks, take the URL alphabet or drop stray bits, and would turn a damaged header into a key
 * that is merely wrong.
 */
export function fromBase64(text: string | undefined): Uint8Array | null {
  if (text === undefined || text.length % 4 !== 0 || !ALPHABET.test(text)) return null
  let binary: string
  try {
    binary = atob(text)
  } catch {
    return null
  }
  const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
  return toBase64(bytes) === text ? bytes : null
}
