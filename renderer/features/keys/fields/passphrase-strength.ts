export type Strength = 'poor' | 'weak' | 'fair' | 'strong'

/** Shortest passphrase that is accepted, in characters. */
export const LEAST_PASSPHRASE = 8

/** Bits from which on a passphrase deserves the next word, against the slow hash of a backup. */
const FROM_BITS = { weak: 28, fair: 46, strong: 66 } as const

/**
 * Estimates how hard a passphrase is to guess. The lists of common passwords have 400 KB and are
 * loaded with the first estimate. Rejects when they cannot be loaded.
 */
export async function strengthOf(passphrase: string): Promise<Strength> {
  const { guessBitsOf } = await import('./passphrase-guesses.ts')
  const bits = guessBitsOf(passphrase)
  if (bits < FROM_BITS.weak) return 'poor'
  if (bits < FROM_BITS.fair) return 'weak'
  return bits < FROM_BITS.strong ? 'fair' : 'strong'
}
