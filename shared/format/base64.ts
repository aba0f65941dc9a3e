const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/**
 * RFC 4648 section 4, padded, without line breaks: the text of every binary header. By hand, because the platform's encoder wants a text
 * of the bytes first, and making that takes three times as long as all of this.
 */
export function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 3) {
    const [left, three] = [bytes.length - at, ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)]
    text += digit(three >> 18) + digit(three >> 12) + (left > 1 ? digit(three >> 6) : '=') + (left > 2 ? digit(three) : '=')
  }
  return text
}

const digit = (bits: number): string => DIGITS[bits & 63] ?? ''

const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/

/**
 * Strict reader: null unless `text` is exactly what {@link toBase64} would write. Platform decoders skip blanks, take the
 * URL alphabet or drop stray bits, and would turn a damaged header into a key that is merely wrong.
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
