/** A row of the palette before it is shown. */
export interface Candidate {
  readonly text: string
  /** The text beside it, which names its place. It is searched too. */
  readonly aside: string
}

/** A row that fits, and the pieces of its text. Each `hit` piece is underlined. */
export interface Matched<T extends Candidate> {
  readonly candidate: T
  readonly pieces: readonly { readonly text: string; readonly hit: boolean }[]
}

/** The wish of the user. `>` in front asks for commands only, `/` for places only. */
export interface Wanted {
  readonly only: 'commands' | 'places' | null
  readonly words: readonly string[]
}

export function wantedOf(typed: string): Wanted {
  const text = typed.trimStart()
  const only = text.startsWith('>') ? 'commands' : text.startsWith('/') ? 'places' : null
  const rest = folded(only === null ? text : text.slice(1))
  return { only, words: rest.split(/\s+/).filter((word) => word !== '') }
}

/**
 * Returns the candidates that contain every word, in the text or beside it. Texts that start with
 * the first word come first, then texts with a part that starts with it. Equals keep their order.
 */
export function matching<T extends Candidate>(
  candidates: readonly T[],
  words: readonly string[],
  most: number,
): readonly Matched<T>[] {
  return candidates
    .map((candidate) => ({ candidate, rank: rankOf(candidate, words) }))
    .filter(({ rank }) => rank >= 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, most)
    .map(({ candidate }) => ({ candidate, pieces: piecesOf(candidate.text, words) }))
}

const folded = (text: string): string => text.normalize('NFC').toLowerCase()

function rankOf({ text, aside }: Candidate, words: readonly string[]): number {
  const [first] = words
  if (first === undefined) return 0
  const [name, beside] = [folded(text), folded(aside)]
  if (!words.every((word) => name.includes(word) || beside.includes(word))) return -1
  if (name.startsWith(first)) return 3
  const at = name.indexOf(first)
  if (at < 0) return 0
  return /[\p{L}\p{N}]/u.test(name[at - 1] ?? '') ? 1 : 2
}

/** Cuts a text at its hits. A text that folding makes longer or shorter is not cut. */
function piecesOf(text: string, words: readonly string[]): Matched<Candidate>['pieces'] {
  const name = folded(text)
  if (name.length !== text.length) return [{ text, hit: false }]
  const hits = Array.from({ length: text.length }, () => false)
  for (const word of words)
    for (let at = name.indexOf(word); at >= 0; at = name.indexOf(word, at + word.length))
      hits.fill(true, at, at + word.length)
  const pieces: { text: string; hit: boolean }[] = []
  for (let i = 0; i < text.length; i++) {
    const hit = hits[i] ?? false
    const last = pieces.at(-1)
    if (last?.hit === hit) last.text += text[i] ?? ''
    else pieces.push({ text: text[i] ?? '', hit })
  }
  return pieces
}
