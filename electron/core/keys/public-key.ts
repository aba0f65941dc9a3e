import { createHash, type KeyObject } from 'node:crypto'

/** Returns the public half as SubjectPublicKeyInfo in DER. */
export const spkiOf = (publicKey: KeyObject): Buffer =>
  publicKey.export({ type: 'spki', format: 'der' })

/** Returns the SHA-256 of the SubjectPublicKeyInfo, in 64 hexadecimal digits. */
export const fingerprintOf = (publicKey: KeyObject): string =>
  createHash('sha256').update(spkiOf(publicKey)).digest('hex')

/** Returns the bits of the modulus of an RSA key, and 0 for a key of another kind. */
export const bitsOf = (key: KeyObject): number => key.asymmetricKeyDetails?.modulusLength ?? 0

/** Returns the bytes of everything that an RSA key wraps. */
export const modulusBytes = (key: KeyObject): number => Math.ceil(bitsOf(key) / 8)
