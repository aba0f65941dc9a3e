const DIGITS = Uint8Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  (digit) => digit.charCodeAt(0),
)
const PADDING = 61
const ascii = new TextDecoder()

/**
 * Encodes bytes by RFC 4648 section 4, padded, without line breaks. Every binary header has this
 * form. The code is our own, because the platform's encoder first needs a text of the bytes, which
 * takes three times as long as all of this.
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
 * Decodes base64 strictly. Returns null unless `text` is exactly what {@link toBase64} would write.
 * The decoders of the platforms skip blanks, accept the URL alphabet or drop stray bits. They would
 * turn a damaged header into a wrong key.
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
