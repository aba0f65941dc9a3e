import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'

/**
 * The fewest characters of a new passphrase. The window asks for eight (NIST SP 800-63B, section
 * 5.1.1.1). A script may pass a passphrase of another program. Fewer than six characters can be
 * guessed within a day.
 */
const LEAST_LENGTH = 6
const LEAST_DIFFERENT = 4

/**
 * Checks the passphrase of a new file. The derivation of the key slows guessing down and does not
 * stop it. Errors  'weak-passphrase': too short, or too few different characters.
 */
export function strongEnough(passphrase: string): Result<null> {
  const letters = [...passphrase.normalize('NFC')]
  return letters.length < LEAST_LENGTH || new Set(letters).size < LEAST_DIFFERENT
    ? fail({ code: 'weak-passphrase', least: LEAST_LENGTH })
    : ok(null)
}
