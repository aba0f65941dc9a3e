import type { MasterKey } from '../../../shared/contract/models.ts'

/**
 * What the header `wrap-alg` says where RSA or KMS wrapped the data key; any other name is a
 * program's own.
 */
const WRAPS: Readonly<
  Record<string, { readonly kind: MasterKey['kind']; readonly words: (bits: number) => string }>
> = {
  'rsa/none/pkcs1padding': { kind: 'rsa', words: (bits) => `RSA-${bits}, PKCS#1 v1.5` },
  'rsa/none/oaepwithsha-1andmgf1padding': { kind: 'rsa', words: (bits) => `RSA-${bits}, OAEP` },
  'kms/alicloud': { kind: 'kms', words: () => 'KMS' },
}

/** Which kind of key wraps so. */
export const kindOfWrap = (algorithm: string): MasterKey['kind'] =>
  WRAPS[algorithm.toLowerCase()]?.kind ?? 'command'

/** The name as people know it; of a program as it is. `bits`: length of the wrapped data key. */
export const wrapWords = (algorithm: string, bits: number): string =>
  WRAPS[algorithm.toLowerCase()]?.words(bits) ?? algorithm
