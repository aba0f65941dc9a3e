import type { Format } from './protocol.ts'

/** Formats in the order of FORMAT.md, with their names for people. */
export const FORMAT_NAMES: Readonly<Record<Format, string>> = {
  'v2-rsa': 'V2, RSA (`RSA/NONE/PKCS1Padding`)',
  'v2-oaep': 'V2, RSA-OAEP',
  'v2-kms-a': 'V2, KMS, form A',
  'v2-kms-b': 'V2, KMS, form B (`oss2`)',
  'v2-custom': 'V2, a master key of the user’s own',
  'v1-rsa': 'V1, RSA-OAEP',
  'v1-kms': 'V1, KMS',
  'sdk-message': 'KMS Encryption SDK, whole message',
  'sdk-split': 'KMS Encryption SDK, split form',
  'sdk-stream': 'KMS Encryption SDK, stream form',
  plain: 'not encrypted',
}

/**
 * The formats that a peer can write and read, by its documents. Source: the SDKs' documents;
 * FORMAT.md.
 */
export interface Claims {
  readonly writes: readonly Format[]
  readonly reads: readonly Format[]
}

const V2: readonly Format[] = ['v2-rsa', 'v2-kms-a', 'v2-custom']
const MESSAGES: readonly Format[] = ['sdk-message', 'sdk-split', 'sdk-stream']

const CLAIMS: Readonly<Record<string, Claims>> = {
  cipherbucket: {
    writes: [...V2, 'v2-oaep', 'v2-kms-b', 'v1-rsa', 'v1-kms', 'sdk-message', 'sdk-split'],
    reads: [...V2, 'v2-oaep', 'v2-kms-b', 'v1-rsa', 'v1-kms', ...MESSAGES, 'plain'],
  },
  // Programs as master keys need a stored key, which the core is tried with.
  'cipherbucket-cli': {
    writes: [
      'v2-rsa',
      'v2-oaep',
      'v2-kms-a',
      'v2-kms-b',
      'v1-rsa',
      'v1-kms',
      'sdk-message',
      'sdk-split',
    ],
    reads: ['v2-rsa', 'v2-oaep', 'v2-kms-a', 'v2-kms-b', 'v1-rsa', 'v1-kms', ...MESSAGES, 'plain'],
  },
  'go-v1': { writes: [...V2, 'plain'], reads: [...V2, 'plain'] },
  'go-v2': { writes: [...V2, 'plain'], reads: [...V2, 'plain'] },
  'java-v1': { writes: [...V2, 'plain'], reads: [...V2, 'plain'] },
  // The newest on Maven Central, 0.4.0, has no encryption client; it looks at objects and uploads.
  'java-v2': { writes: ['plain'], reads: [] },
  'java-encryption-sdk': { writes: MESSAGES, reads: MESSAGES },
  // It never reads form A, and nobody else reads its form B: one cell each shows it.
  'python-oss2': {
    writes: ['v2-rsa', 'v2-oaep', 'v2-kms-b', 'v2-custom', 'plain'],
    reads: ['v2-rsa', 'v2-oaep', 'v2-kms-b', 'v2-custom', 'v1-rsa', 'v1-kms', 'plain'],
  },
  'python-oss2-old': { writes: ['v1-rsa', 'v1-kms'], reads: ['v1-rsa', 'v1-kms'] },
  'python-v2': { writes: [...V2, 'plain'], reads: [...V2, 'plain'] },
}

/** Throws for a peer nobody has described. */
export function claimsOf(name: string): Claims {
  const claims = CLAIMS[name]
  if (claims === undefined) throw new Error(`claims.ts does not say what ${name} reads and writes`)
  return claims
}
