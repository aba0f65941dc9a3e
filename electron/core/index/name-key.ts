/**
 * The order of names, as a text whose bytes sort like the names.
 *
 * - `file2` comes before `file10`: a number is its length and its digits.
 * - Marks and capitals do not count: `é` is beside `e`. They decide between equals.
 * - Punctuation comes before digits, digits before letters, letters before Chinese.
 * - The 3,755 usual Chinese characters come by sound, in the order of GB/T 2312-1980, level 1. The
 *   others follow in the order of Unicode.
 *
 * The order is one for all languages and all versions of Unicode, so a stored key never ages.
 */
export function nameKey(name: string): string {
  const isSimple = SIMPLE.test(name)
  const plain = isSimple ? name : name.normalize('NFKD').replace(MARKS, '').toLowerCase()
  let key = ''
  let isWhole = isSimple
  for (let at = 0; at < plain.length;) {
    const code = plain.charCodeAt(at)
    if (code >= ZERO && code <= NINE) {
      const start = at
      while (plain.charCodeAt(at) === ZERO) at++
      if (at > start) isWhole = false
      const digits = at
      while (isDigit(plain.charCodeAt(at))) at++
      key += numberKey(plain.slice(digits, at))
    } else {
      key += code < 0x80 ? (ASCII[code] as string) : foreign(code, plain.charAt(at))
      at++
    }
  }
  // The name itself decides between names that differ in marks, capitals and leading zeros alone.
  return isWhole ? key : `${key}${LEAST}${name}`
}

const [ZERO, NINE] = [0x30, 0x39]
const isDigit = (code: number): boolean => code >= ZERO && code <= NINE
/** Sorts before every other character of a key. */
const LEAST = '\u0001'
/** Names without capitals and without anything beyond ASCII. */
const SIMPLE = /^[ -@[-~]*$/
const MARKS = /\p{M}+/gu

/**
 * Returns the place of each character of ASCII: controls and punctuation below '0', digits and
 * letters as they are.
 */
const ASCII = Array.from({ length: 0x80 }, (_, code) => {
  if (isDigit(code) || (code >= 0x61 && code <= 0x7a)) return String.fromCharCode(code)
  const before = Array.from({ length: code }, (_, one) => one).filter(
    (one) =>
      one >= 0x20 &&
      !isDigit(one) &&
      !(one >= 0x41 && one <= 0x5a) &&
      !(one >= 0x61 && one <= 0x7a),
  ).length
  // Controls share one place, and capitals never get here.
  return String.fromCharCode(code < 0x20 ? 2 : 3 + before)
})

/** Returns digits behind their number: one character for each 24, and one for the rest. */
const numberKey = (digits: string): string =>
  'I'.repeat(Math.floor(digits.length / 24)) +
  String.fromCharCode(ZERO + (digits.length % 24)) +
  digits

/** The usual Chinese characters and their places, in the private use area. */
const BY_SOUND = new Map<number, string>()
{
  // GB/T 2312-1980, rows 16 to 55: level 1, by sound. The last row ends early.
  const decode = new TextDecoder('gb18030')
  let place = 0xe000
  for (let row = 0xb0; row <= 0xd7; row++)
    for (let cell = 0xa1; cell <= (row === 0xd7 ? 0xf9 : 0xfe); cell++)
      BY_SOUND.set(
        decode.decode(Uint8Array.of(row, cell)).charCodeAt(0),
        String.fromCharCode(place++),
      )
}

/** Other ideographs follow the usual ones. */
const foreign = (code: number, character: string): string =>
  BY_SOUND.get(code) ?? (code >= 0x3400 && code <= 0x9fff ? `\uf000${character}` : character)
