import type { KeyImportProblem } from '../../../../shared/contract/errors.ts'

/**
 * Keys in notations that are not read, by how a file of them begins: the error says which one it
 * is, and what turns it into PEM.
 */
const TEXTS: readonly (readonly [RegExp, KeyImportProblem])[] = [
  [/^\s*PuTTY-User-Key-File-\d/m, 'putty'],
  [/^\s*-----BEGIN PGP /m, 'pgp'],
  [/^\s*---- BEGIN SSH2 /m, 'ssh2'],
  [/^\s*-----BEGIN (?:PKCS7|CMS)-----/m, 'pkcs7'],
]
const BYTES: readonly (readonly [readonly number[], KeyImportProblem])[] = [
  [[0xfe, 0xed, 0xfe, 0xed], 'java-keystore'],
  [[0xce, 0xce, 0xce, 0xce], 'java-keystore'],
  // PRIVATEKEYBLOB and PUBLICKEYBLOB of version 2, and PVK.
  [[0x07, 0x02, 0x00, 0x00], 'microsoft-blob'],
  [[0x06, 0x02, 0x00, 0x00], 'microsoft-blob'],
  [[0x1e, 0xf1, 0xb5, 0xb0], 'microsoft-blob'],
]

/** What a file is that holds no key in a notation that is read here; null when nobody knows. */
export function otherNotation(bytes: Uint8Array, text: string): KeyImportProblem | null {
  const known =
    BYTES.find(([magic]) => magic.every((byte, i) => bytes[i] === byte)) ??
    TEXTS.find(([pattern]) => pattern.test(text.slice(0, 4096)))
  return known?.[1] ?? null
}
