/** Characters that are invisible or change the reading of others, with their replacements. */
const BIDI: Readonly<Record<string, string>> = {
  '\u061c': 'ALM',
  '\u200e': 'LRM',
  '\u200f': 'RLM',
  '\u202a': 'LRE',
  '\u202b': 'RLE',
  '\u202c': 'PDF',
  '\u202d': 'LRO',
  '\u202e': 'RLO',
  '\u2066': 'LRI',
  '\u2067': 'RLI',
  '\u2068': 'FSI',
  '\u2069': 'PDI',
  '\u200b': 'ZWSP',
  '\u2028': 'LS',
  '\u2029': 'PS',
  '\ufeff': 'BOM',
  '\u2060': 'WJ',
}

/**
 * Returns a name as it is shown. Control characters become pictures (`␊`), leading and trailing
 * spaces `·` (others `⟨A0⟩`), invisible and bidi characters `⟨RLO⟩`. The zero-width joiner stays,
 * because emoji and Indic scripts need it.
 */
export function shownName(name: string): string {
  let shown = ''
  for (const character of name) {
    const code = character.codePointAt(0) ?? 0
    const bidi = BIDI[character]
    if (bidi !== undefined) shown += `⟨${bidi}⟩`
    else if (code < 0x20) shown += String.fromCodePoint(0x2400 + code)
    else if (code === 0x7f) shown += '␡'
    else if (code >= 0x80 && code < 0xa0) shown += `⟨${code.toString(16).toUpperCase()}⟩`
    else shown += character
  }
  return shown.replace(/^\s+|\s+$/g, (spaces) =>
    Array.from(spaces, (space) =>
      space === ' ' ? '·' : `⟨${(space.codePointAt(0) ?? 0).toString(16).toUpperCase()}⟩`,
    ).join(''),
  )
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
export const graphemes = (text: string): readonly string[] =>
  Array.from(segmenter.segment(text), (part) => part.segment)

/**
 * Returns the longest `head…tail` that fits. The tail is the last 14 graphemes, or a third if that
 * is fewer. `width`: measures a text in the unit of `room`.
 */
export function cutMiddle(text: string, room: number, width: (text: string) => number): string {
  if (width(text) <= room) return text
  const parts = graphemes(text)
  const tail = parts
    .slice(-Math.min(14, Math.ceil(parts.length / 3)))
    .join('')
    .trimStart()
  const cut = (n: number) => `${parts.slice(0, n).join('').trimEnd()}…${tail}`
  let low = 1
  let high = parts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (width(cut(middle)) <= room) low = middle
    else high = middle - 1
  }
  return cut(low)
}
