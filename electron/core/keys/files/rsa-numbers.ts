import { INTEGER } from '../../../../shared/format/der.ts'
import { integerIn, type DerView } from './der-view.ts'
import { rejectKeyFile } from './refuse.ts'

/** 16,384 bits and a sign byte: the longest modulus of OpenSSL. */
export const MAX_NUMBER_BYTES = 2049
const MAX_EXPONENT_BYTES = 8

/**
 * Checks the two numbers of a public key. An even number, or the exponent 1, does not make an RSA
 * key, and OpenSSL accepts both.
 * Errors  Failure 'key-import': not-a-key, too-large.
 */
export function checkPublicNumbers(numbers: readonly DerView[]): void {
  const [modulus, exponent, ...rest] = numbers
  if (modulus?.tag !== INTEGER || exponent?.tag !== INTEGER || rest.length > 0)
    rejectKeyFile('not-a-key')
  if (modulus.body.length > MAX_NUMBER_BYTES) rejectKeyFile('too-large')
  const isOdd = ({ body }: DerView) => ((body.at(-1) ?? 0) & 1) === 1
  const isTiny = exponent.body.length <= 1 && (exponent.body[0] ?? 0) < 3
  // Old versions of Java wrote a modulus without its sign byte. In DER that is a negative number.
  if ((modulus.body[0] ?? 0x80) >= 0x80 || (exponent.body[0] ?? 0x80) >= 0x80)
    rejectKeyFile('not-a-key')
  if (!isOdd(modulus) || !isOdd(exponent) || isTiny || exponent.body.length > MAX_EXPONENT_BYTES)
    rejectKeyFile('not-a-key')
}

/**
 * Checks that the numbers of a private key belong together. OpenSSL does not check and uses only
 * some of the numbers, so a wrong key could work here and in no other program. Keys of more than
 * two primes are left to the proof of `choose-key.ts`.
 *
 * Errors  Failure 'key-import': not-a-key, too-large, halves-differ.
 * Source  RFC 8017 §3.2 and appendix A.1.2.
 */
export function checkPrivateNumbers(parts: readonly DerView[]): void {
  const [version, modulus, exponent, ...secret] = parts
  if (modulus === undefined || exponent === undefined || secret.length < 6)
    rejectKeyFile('not-a-key')
  checkPublicNumbers([modulus, exponent])
  if (secret.some(({ body }) => body.length > MAX_NUMBER_BYTES)) rejectKeyFile('too-large')
  if (integerIn(version) !== 0) return
  const [n, e] = [bigintIn(modulus), bigintIn(exponent)]
  const [d = 0n, p = 0n, q = 0n, dp = 0n, dq = 0n, inverse = 0n] = secret.map(bigintIn)
  if (p < 3n || q < 3n || p * q !== n) rejectKeyFile('halves-differ')
  const agree =
    d % (p - 1n) === dp &&
    d % (q - 1n) === dq &&
    (e * dp) % (p - 1n) === 1n &&
    (e * dq) % (q - 1n) === 1n &&
    (q * inverse) % p === 1n
  if (!agree) rejectKeyFile('halves-differ')
}

function bigintIn({ tag, body }: DerView): bigint {
  if (tag !== INTEGER || body.length === 0) rejectKeyFile('not-a-key')
  return BigInt(`0x${Buffer.from(body.buffer, body.byteOffset, body.length).toString('hex')}`)
}
