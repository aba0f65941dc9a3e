const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Writes bytes as base32 without padding. Source RFC 4648 §6. */
export function base32(bytes: Uint8Array): string {
  let text = ''
  let [bits, held] = [0, 0]
  for (const byte of bytes) {
    held = ((held & 31) << 8) | byte
    for (bits += 8; bits >= 5; bits -= 5) text += LETTERS.charAt((held >> (bits - 5)) & 31)
  }
  return bits === 0 ? text : text + LETTERS.charAt((held << (5 - bits)) & 31)
}

/**
 * Reads base32 without padding. Returns null for another letter, and for a text that
 * {@link base32} does not write: a letter too many, or bits behind the last byte.
 */
export function base32Bytes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(Math.floor((text.length * 5) / 8))
  let [bits, held, at] = [0, 0, 0]
  for (const letter of text) {
    const value = LETTERS.indexOf(letter)
    if (value < 0) return null
    held = ((held & 255) << 5) | value
    bits += 5
    if (bits >= 8) bytes[at++] = (held >> (bits -= 8)) & 255
  }
  return bits < 5 && (held & ((1 << bits) - 1)) === 0 ? bytes : null
}
