/** The encodings that the user may choose, as `TextDecoder` names them. */
export const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
  'windows-1252',
  'windows-1251',
  'koi8-r',
] as const
export type Encoding = (typeof ENCODINGS)[number]

/** Bytes that are looked at to find an encoding. */
const LOOK_BYTES = 64 * 1024
/** Bytes that the last character may lack where a text was cut: four bytes make one at most. */
const CUT_BYTES = 3

/**
 * Finds the encoding of the beginning of a text. Null: the bytes are no text. `isWhole`: nothing
 * follows. The order is the byte order mark, the zero bytes of UTF-16, strict UTF-8, strict
 * GB 18030, and then statistics. Statistics alone take short Chinese texts for Russian ones.
 */
export async function findEncoding(bytes: Uint8Array, isWhole: boolean): Promise<Encoding | null> {
  const start = bytes.subarray(0, LOOK_BYTES)
  const whole = isWhole && start.length === bytes.length
  const marked = markOf(start)
  if (marked !== null) return marked
  const wide = wideOf(start)
  if (wide !== null) return wide
  if (start.includes(0)) return null
  const found =
    decodes(start, 'utf-8', whole) !== null
      ? 'utf-8'
      : isChinese(start, whole)
        ? 'gb18030'
        : await byStatistics(start)
  return isReadable(new TextDecoder(found).decode(start)) ? found : null
}

function markOf([a, b, c]: Uint8Array): Encoding | null {
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8'
  if (a === 0xff && b === 0xfe) return 'utf-16le'
  return a === 0xfe && b === 0xff ? 'utf-16be' : null
}

/** In UTF-16 the zero bytes of ASCII characters stand on one side of each pair. */
function wideOf(bytes: Uint8Array): Encoding | null {
  if (bytes.length < 2 || bytes.length % 2 !== 0) return null
  const zeros = [0, 0]
  for (let at = 0; at < bytes.length; at++)
    if (bytes[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1
  const [even = 0, odd = 0] = zeros
  const few = bytes.length / 2 / 50
  if (odd > few && even * 10 < odd) return textIn(bytes, 'utf-16le')
  return even > few && odd * 10 < even ? textIn(bytes, 'utf-16be') : null
}

const textIn = (bytes: Uint8Array, encoding: Encoding): Encoding | null =>
  isReadable(decodes(bytes, encoding, false) ?? '\0') ? encoding : null

/** Decodes strictly; null for bytes that are no such text. A cut text may lack its last bytes. */
function decodes(bytes: Uint8Array, encoding: Encoding, isWhole: boolean): string | null {
  for (let cut = 0; cut <= (isWhole ? 0 : CUT_BYTES); cut++) {
    try {
      const text = new TextDecoder(encoding, { fatal: true })
      return text.decode(bytes.subarray(0, Math.max(0, bytes.length - cut)))
    } catch {
      // The loop tries again without the last byte.
    }
  }
  return null
}

/**
 * Tells whether bytes are Chinese in GB 18030. Western letters with an accent can form a valid pair
 * with the ASCII letter after them. So most second bytes must be those of the common characters.
 */
function isChinese(bytes: Uint8Array, isWhole: boolean): boolean {
  if (decodes(bytes, 'gb18030', isWhole) === null) return false
  let pairs = 0
  let common = 0
  for (let at = 0; at < bytes.length - 1; at++) {
    if ((bytes[at] ?? 0) < 0x81) continue
    pairs += 1
    at += 1
    const second = bytes[at] ?? 0
    // A digit in the second place begins a character of four bytes.
    const isLong = second >= 0x30 && second <= 0x39
    if (isLong) at += 2
    if (isLong || second >= 0xa1) common += 1
  }
  return common * 2 > pairs
}

async function byStatistics(bytes: Uint8Array): Promise<Encoding> {
  const { detect } = await import('chardet')
  const name = detect(bytes)?.toLowerCase()
  return ENCODINGS.find((encoding) => encoding === name) ?? 'windows-1252'
}

/** Control characters that no text has: tab, ends of lines, form feed and escape are not here. */
const ODD = /[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]/g

/** Tells whether at most one character of a hundred is one that no text has. */
const isReadable = (text: string): boolean =>
  !text.includes('\0') && (text.match(ODD)?.length ?? 0) * 100 <= text.length

/** Decodes a text for people. Bytes that do not fit become the replacement character. */
export const decodeText = (bytes: Uint8Array, encoding: Encoding): string =>
  new TextDecoder(encoding).decode(bytes)
