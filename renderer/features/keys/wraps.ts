import type { MasterKey } from '../../../shared/contract/models.ts'

/** Values of the header `wrap-alg` for RSA and KMS. Any other value is the name of a program. */
const WRAPS: Readonly<
  Record<string, { readonly kind: MasterKey['kind']; readonly words: (bits: number) => string }>
> = {
  'rsa/none/pkcs1padding': { kind: 'rsa', words: (bits) => `RSA-${bits}, PKCS#1 v1.5` },
  'rsa/none/oaepwithsha-1andmgf1padding': { kind: 'rsa', words: (bits) => `RSA-${bits}, OAEP` },
  'kms/alicloud': { kind: 'kms', words: () => 'KMS' },
}

/** Returns the kind of key behind a `wrap-alg`. */
export const kindOfWrap = (algorithm: string): MasterKey['kind'] =>
  WRAPS[algorithm.toLowerCase()]?.kind ?? 'command'

/**
 * The common name of a `wrap-alg`; a program's name stays as it is. `bits`: length of the wrapped
 * data key.
 */
export const wrapWords = (algorithm: string, bits: number): string =>
  WRAPS[algorithm.toLowerCase()]?.words(bits) ?? algorithm
