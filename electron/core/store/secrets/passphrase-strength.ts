import { fail, ok, type Result } from '../../../../shared/contract/errors.ts'

/**
 * Characters of a new passphrase. The window asks for eight (NIST SP 800-63B, section 5.1.1.1). A
 * script may bring one that another program chose, and what fewer than six letters protect is open
 * within a day.
 */
const LEAST_LENGTH = 6
const LEAST_DIFFERENT = 4

/**
 * May this be the passphrase of a new file? Guessing is slowed down by the derivation of a key, and
 * not stopped. Error 'weak-passphrase': too short, or too few different characters.
 */
export function strongEnough(passphrase: string): Result<null> {
  const letters = [...passphrase.normalize('NFC')]
  return letters.length < LEAST_LENGTH || new Set(letters).size < LEAST_DIFFERENT
    ? fail({ code: 'weak-passphrase', least: LEAST_LENGTH })
    : ok(null)
}
