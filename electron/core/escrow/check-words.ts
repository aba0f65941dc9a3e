import { createHash } from 'node:crypto'
import { wordlist } from '@scure/bip39/wordlists/english.js'

const WORDS = 4
const WORD_BITS = 11n

/**
 * Returns the four check words of an encrypted key: the first 44 bits of its SHA-256, 11 bits a
 * word. People compare the words of a sheet with those of the app.
 * Source  BIP-39, English list; FORMAT.md 12.2.
 */
export function checkWords(payload: Uint8Array): readonly string[] {
  const hash = createHash('sha256').update(payload).digest()
  const bits = BigInt(`0x${hash.subarray(0, 6).toString('hex')}`) >> 4n
  return Array.from({ length: WORDS }, (_, i) => {
    const word = (bits >> (WORD_BITS * BigInt(WORDS - 1 - i))) & ((1n << WORD_BITS) - 1n)
    return wordlist[Number(word)] ?? ''
  })
}
