import { checkWords } from './check-words.ts'
import { joinCodes, type CodeKind, type CodeReading, type CodeSet } from './code-text.ts'
import { rejectSheet } from './refuse-sheet.ts'
import { joinShares, sharedPassphrase } from './shares.ts'

/** A recovery sheet that was read. */
export interface ReadSheet {
  /** The encrypted key, PKCS#8 in DER. */
  readonly payload: Uint8Array
  readonly words: readonly string[]
  /** The passphrase that the shares give; null for a sheet without shares. It is a secret. */
  readonly passphrase: string | null
}

/**
 * Puts the codes of one sheet, or of the sheets of one set, together. Codes may come in any order
 * and more than once.
 *
 * Throws Failure 'recovery-sheet': mixed, missing, damaged, too-few-shares, false-share.
 */
export async function readSheet(readings: readonly CodeReading[]): Promise<ReadSheet> {
  const codes = readings.flatMap((reading) => reading.codes)
  const damaged = readings.some((reading) => reading.damaged > 0)
  const setsOf = (kind: CodeKind): readonly CodeSet[] => joinCodes(kind, codes)
  const keys = setsOf('CB1')
  if (keys.length > 1) rejectSheet('mixed')
  const [key] = keys
  // A code with a wrong letter says more than the gap that it leaves.
  if (key?.content === undefined || key.content === null) {
    if (damaged) rejectSheet('damaged')
    rejectSheet('missing', (key?.missing ?? [1]).join(', '))
  }
  const payload = key.content
  const shares = contentsOf(setsOf('CBS1'))
  const facts = contentsOf(setsOf('CBK1'))
  if (facts.length > 1) rejectSheet('mixed')
  const words = checkWords(payload)
  if (shares.length === 0 && facts.length === 0) return { payload, words, passphrase: null }
  const secret = await joinShares(shares, facts[0] ?? null).catch((cause: unknown) =>
    damaged ? rejectSheet('damaged') : Promise.reject(cause as Error),
  )
  try {
    return { payload, words, passphrase: sharedPassphrase(secret) }
  } finally {
    secret.fill(0)
  }
}

const contentsOf = (sets: readonly CodeSet[]): readonly Uint8Array[] =>
  sets.flatMap(({ content }) => content ?? [])
