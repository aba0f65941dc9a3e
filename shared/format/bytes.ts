/** One array out of several, in their order. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/**
 * The order of plain bytes, a shorter text before a longer one that begins with it: as
 * `Array.prototype.sort` wants it.
 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Four bytes, the highest first. `value`: a whole number from 0 to 2^32 - 1. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(
    (value >>> 24) & 0xff,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  )
}

/** The length in four bytes, and then the bytes. */
export const counted = (bytes: Uint8Array): Uint8Array => joined(u32(bytes.length), bytes)

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/**
 * Text of UTF-8, a byte order mark kept; null for bytes that are none: they would not come back the
 * same.
 */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** One character for each byte. */
export function latin1(bytes: Uint8Array): string {
  let text = ''
  // By index: an iterator takes four times as long, and every wrapped key goes through here.
  for (let at = 0; at < bytes.length; at++) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}
