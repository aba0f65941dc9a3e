import type { KeyObject } from 'node:crypto'
import { elementAt, elementsIn, smallInteger } from '../../../shared/format/der.ts'
import { writerSecretOfRsa } from '../seals/writer.ts'
import { modulusBytes } from './public-key.ts'

/**
 * Derives the writer secret of an RSA key, which the caller wipes. Null for a key of more than two
 * primes, which has none. Source FORMAT.md 11.6.
 */
export function writerSecretOf(privateKey: KeyObject): Uint8Array | null {
  const der = privateKey.export({ format: 'der', type: 'pkcs1' })
  try {
    const whole = elementAt(der, 0, der.length)
    const fields = whole === null || whole === 'more' ? null : elementsIn(der, whole)
    // PKCS#1: version, modulus, public and private exponent, both primes, and more. Source RFC 8017.
    const [version, , , , p, q] = fields ?? []
    if (version === undefined || p === undefined || q === undefined) return null
    if (smallInteger(der, version) !== 0) return null
    const prime = ({ start, end }: typeof p) => der.subarray(start, end)
    return writerSecretOfRsa(prime(p), prime(q), modulusBytes(privateKey))
  } finally {
    der.fill(0)
  }
}
