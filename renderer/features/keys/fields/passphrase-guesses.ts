import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'

/** Words that only the users of this app choose. The library knows the common ones. */
const OWN_WORDS = ['cipherbucket', 'alibaba', 'aliyun', 'woaini']

const estimator = new ZxcvbnFactory({
  dictionary: { ...dictionary, own: OWN_WORDS },
  graphs: adjacencyGraphs,
})

/** Estimates how hard a passphrase is to guess, as the binary logarithm of the guesses. */
export const guessBitsOf = (passphrase: string): number =>
  estimator.check(passphrase).guessesLog10 * Math.log2(10)
