export type Strength = 'poor' | 'weak' | 'fair' | 'strong'

/** Shortest passphrase that is taken at all, in characters. */
export const LEAST_PASSPHRASE = 8

const KNOWN = new Set([
  'password',
  'passphrase',
  'passwort',
  'qwerty',
  'qwertyuiop',
  'asdfgh',
  'letmein',
  'welcome',
  'admin',
  'secret',
  'iloveyou',
  'dragon',
  'monkey',
  'cipherbucket',
  'alibaba',
  'aliyun',
  'woaini',
])
/** Bits of one ordinary word: a guesser tries some 8,000 of them. */
const WORD_BITS = 13

/**
 * How hard a passphrase is to guess, roughly and rather too low: runs of letters that look like
 * words count as words, digits that repeat or count up count little. Thresholds in bits against a
 * slow hash, as the backup uses.
 */
export function strengthOf(passphrase: string): Strength {
  const bits = estimateBits(passphrase)
  if (bits < 28) return 'poor'
  if (bits < 44) return 'weak'
  return bits < 60 ? 'fair' : 'strong'
}

/** Exported for its table of examples only. */
export function estimateBits(passphrase: string): number {
  const runs = passphrase.match(/[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+|[^\sA-Za-z\d]+|\s+/g) ?? []
  const seen = new Set<string>()
  let bits = 0
  for (const run of runs) {
    const known = seen.has(run.toLowerCase())
    bits += known ? 1 : runBits(run)
    seen.add(run.toLowerCase())
  }
  return bits
}

function runBits(run: string): number {
  if (/^\s+$/.test(run)) return 1
  if (/^\d+$/.test(run)) return isDull(run) ? 3 : /^(19|20)\d\d$/.test(run) ? 6 : run.length * 3.3
  if (/^[A-Za-z]+$/.test(run)) return letterBits(run.toLowerCase())
  // Signs, and letters beyond ASCII: a Chinese character is worth about ten bits, but they come in
  // words too.
  return [...run].length === 1 ? 5 : Math.min([...run].length, distinct(run) + 1) * 6
}

function letterBits(letters: string): number {
  if (KNOWN.has(letters) || isDull(letters)) return 3
  const random = letters.length * 4.7
  const vowels = letters.replace(/[^aeiouy]/g, '').length / letters.length
  const looksLikeWord = letters.length > 3 && vowels >= 0.2 && vowels <= 0.7
  return looksLikeWord ? Math.min(random, WORD_BITS + Math.max(0, letters.length - 8)) : random
}

const distinct = (text: string): number => new Set(text).size

/** One or two characters over and over, or a sequence. */
const isDull = (text: string): boolean => text.length > 2 && (distinct(text) <= 2 || counts(text))

/** `1234`, `abcd`, `9876`: each character follows from the one before. */
function counts(text: string): boolean {
  const steps = Array.from(
    { length: text.length - 1 },
    (_, i) => text.charCodeAt(i + 1) - text.charCodeAt(i),
  )
  return (
    steps.length > 1 && (steps.every((step) => step === 1) || steps.every((step) => step === -1))
  )
}
