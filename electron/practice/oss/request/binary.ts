/** Returns the UTF-8 bytes of a text, one a character, so that comparing strings compares bytes. */
export const binary = (text: string): string =>
  ASCII.test(text) ? text : Buffer.from(text).toString('latin1')

/** Returns the text of these UTF-8 bytes. */
export const utf8OfLatin1 = (bytes: string): string => Buffer.from(bytes, 'latin1').toString('utf8')

/** Most names are ASCII. One string then serves as both, which halves the memory of an index. */
const ASCII = /^[ -~]*$/
