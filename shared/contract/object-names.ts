/** Bytes of an object's name in UTF-8, at most. Source: OSS documentation, object naming. */
export const MAX_KEY_BYTES = 1023

/**
 * What OSS does not take as the name of an object. 'not-text': half a surrogate pair, which has no
 * UTF-8.
 */
export type NameRule = 'empty' | 'slash' | 'backslash' | 'too-long' | 'not-text'

/** The rule that a name breaks, or null. It holds for prefixes too, which may be empty besides. */
export function brokenNameRule(key: string): NameRule | null {
  if (key === '') return 'empty'
  if (!isText(key)) return 'not-text'
  if (key.startsWith('/')) return 'slash'
  if (key.startsWith('\\')) return 'backslash'
  return utf8Bytes(key) > MAX_KEY_BYTES ? 'too-long' : null
}

/** Has this text a UTF-8? Half a surrogate pair has none. */
export const isText = (text: string): boolean => !/\p{Surrogate}/u.test(text)

function utf8Bytes(text: string): number {
  let bytes = 0
  for (const letter of text) {
    const point = letter.codePointAt(0) ?? 0
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x1_0000 ? 3 : 4
  }
  return bytes
}
