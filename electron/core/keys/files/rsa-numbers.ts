import { INTEGER } from '../../../../shared/format/der.ts'
import { refuse, smallInteger, type Der } from './der.ts'

/** 16,384 bits and a sign byte: what OpenSSL itself takes, and slow enough. */
export const MAX_NUMBER_BYTES = 2049
const MAX_EXPONENT_BYTES = 8

/**
 * Are these the two numbers of a public key? An even one, or the exponent 1, makes no RSA key, and
 * OpenSSL does not mind.
 * Errors Failure 'key-import': not-a-key, too-large.
 */
export function checkPublicNumbers(numbers: readonly Der[]): void {
  const [modulus, exponent, ...rest] = numbers
  if (modulus?.tag !== INTEGER || exponent?.tag !== INTEGER || rest.length > 0) refuse('not-a-key')
  if (modulus.body.length > MAX_NUMBER_BYTES) refuse('too-large')
  const isOdd = ({ body }: Der) => ((body.at(-1) ?? 0) & 1) === 1
  const tiny = exponent.body.length <= 1 && (exponent.body[0] ?? 0) < 3
  // Some old Java wrote a modulus without its sign byte; as DER it is a negative number, and so is
  // what was made to look like one.
  if ((modulus.body[0] ?? 0x80) >= 0x80 || (exponent.body[0] ?? 0x80) >= 0x80) refuse('not-a-key')
  if (!isOdd(modulus) || !isOdd(exponent) || tiny || exponent.body.length > MAX_EXPONENT_BYTES)
    refuse('not-a-key')
}

/**
 * Do the numbers of a private key belong together? OpenSSL does not look, and would use only some
 * of them, so a key could work here and in no other program. Keys of more than two primes are left
 * to the proof.
 *
 * Errors Failure 'key-import': not-a-key, too-large, halves-differ.
 * Source RFC 8017 §3.2 and appendix A.1.2.
 */
export function checkPrivateNumbers(parts: readonly Der[]): void {
  const [version, modulus, exponent, ...secret] = parts
  if (modulus === undefined || exponent === undefined || secret.length < 6) refuse('not-a-key')
  checkPublicNumbers([modulus, exponent])
  if (secret.some(({ body }) => body.length > MAX_NUMBER_BYTES)) refuse('too-large')
  if (smallInteger(version) !== 0) return
  const [n, e] = [numberOf(modulus), numberOf(exponent)]
  const [d = 0n, p = 0n, q = 0n, dp = 0n, dq = 0n, inverse = 0n] = secret.map(numberOf)
  if (p < 3n || q < 3n || p * q !== n) refuse('halves-differ')
  const agree =
    d % (p - 1n) === dp &&
    d % (q - 1n) === dq &&
    (e * dp) % (p - 1n) === 1n &&
    (e * dq) % (q - 1n) === 1n &&
    (q * inverse) % p === 1n
  if (!agree) refuse('halves-differ')
}

function numberOf({ tag, body }: Der): bigint {
  if (tag !== INTEGER || body.length === 0) refuse('not-a-key')
  return BigInt(`0x${Buffer.from(body.buffer, body.byteOffset, body.length).toString('hex')}`)
}
