/** Joins arrays into one, in their order. */
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
 * Compares bytes for `Array.prototype.sort`. A shorter text comes before a longer one that begins
 * with it.
 */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Writes four bytes, the highest first. `value`: a whole number from 0 to 2^32 - 1. */
export function u32(value: number): Uint8Array {
  return Uint8Array.of(
    (value >>> 24) & 0xff,
    (value >>> 16) & 0xff,
    (value >>> 8) & 0xff,
    value & 0xff,
  )
}

/** Writes the length in four bytes, and then the bytes. */
export const counted = (bytes: Uint8Array): Uint8Array => joined(u32(bytes.length), bytes)

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)

/**
 * Decodes UTF-8 and keeps a byte order mark. Returns null for invalid UTF-8, which would not encode
 * to the same bytes again.
 */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Decodes one character for each byte. */
export function latin1(bytes: Uint8Array): string {
  let text = ''
  // The loop counts an index. An iterator takes four times as long, and every wrapped key passes
  // here.
  for (let at = 0; at < bytes.length; at++) text += String.fromCharCode(bytes[at] ?? 0)
  return text
}
