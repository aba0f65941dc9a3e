import { latin1 } from './bytes.ts'

/** RFC 4648 section 4, padded, without line breaks: the text of every binary header. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(latin1(bytes))
}

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
