/** Bytes of an object's name in UTF-8, at most. Source: OSS documentation, object naming. */
export const MAX_KEY_BYTES = 1023

/**
 * The rule that OSS applies to the name of an object. 'not-text': half a surrogate pair, which
 * UTF-8 cannot encode.
 */
export type NameRule = 'empty' | 'slash' | 'backslash' | 'too-long' | 'not-text'

/**
 * Returns the rule that a name breaks, or null. The rules hold for prefixes too, but a prefix may
 * be empty.
 */
export function brokenNameRule(key: string): NameRule | null {
  if (key === '') return 'empty'
  if (!isText(key)) return 'not-text'
  if (key.startsWith('/')) return 'slash'
  if (key.startsWith('\\')) return 'backslash'
  return utf8Bytes(key) > MAX_KEY_BYTES ? 'too-long' : null
}

/** Says whether UTF-8 can encode this text. UTF-8 cannot encode half a surrogate pair. */
export const isText = (text: string): boolean => !/\p{Surrogate}/u.test(text)

function utf8Bytes(text: string): number {
  let bytes = 0
  for (const letter of text) {
    const point = letter.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4
  }
  return bytes
}
