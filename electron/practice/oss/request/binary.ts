/**
 * The UTF-8 bytes of a text, one a character: comparing two such strings compares bytes, as OSS
 * does.
 */
export const binary = (text: string): string =>
  ASCII.test(text) ? text : Buffer.from(text).toString('latin1')

/** The text whose UTF-8 bytes these are. */
export const utf8 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')

/**
 * Most names are: the same string then serves as both, which halves what an index of very many
 * keeps.
 */
const ASCII = /^[ -~]*$/
