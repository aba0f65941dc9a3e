import { constants, publicEncrypt, type KeyObject } from 'node:crypto'

/** The padding of a value that RSA wraps. */
export type RsaPadding = 'pkcs1' | 'oaep'

/** OAEP as one class of the Python SDK writes it. */
export const OAEP = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' } as const

/** OAEP of second envelopes. The label keeps other values from passing for one. */
export const SECOND_OAEP = {
  padding: constants.RSA_PKCS1_OAEP_PADDING,
  oaepHash: 'sha256',
  oaepLabel: Buffer.from('cipherbucket second 1'),
} as const

/**
 * Wraps a few bytes with the public half of a master key, which is not a secret. Returns a new
 * array as long as the modulus. Source RFC 8017 §7.
 */
export function wrapRsa(key: KeyObject, padding: RsaPadding, bytes: Uint8Array): Uint8Array {
  return publicEncrypt(
    padding === 'oaep' ? { key, ...OAEP } : { key, padding: constants.RSA_PKCS1_PADDING },
    bytes,
  )
}
