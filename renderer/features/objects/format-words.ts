import type { FormatName } from '../../../shared/contract/errors.ts'
import type { EnvelopeFacts } from '../../../shared/contract/models.ts'

/** Names of formats, the same in every language. */
export const FORMATS: Readonly<Record<FormatName, string>> = {
  v1: 'V1', v2: 'V2', 'v2-oaep': 'V2 OAEP', 'v2-kms': 'V2 KMS', 'v2-custom': 'V2', 'sdk-split': 'KMS Encryption SDK', 'sdk-message': 'KMS Encryption SDK',
  'sdk-stream': 'KMS Encryption SDK', 'sdk-external': 'KMS Encryption SDK', 'sdk-sm4': 'KMS Encryption SDK, SM4',
}

const WRAPS: Readonly<Record<string, (bits: number) => string>> = {
  'RSA/NONE/PKCS1Padding': (bits) => `RSA-${bits}, PKCS#1 v1.5`,
  'RSA/NONE/OAEPWithSHA-1AndMGF1Padding': (bits) => `RSA-${bits}, OAEP`,
  'KMS/ALICLOUD': () => 'KMS',
}

/** How the data key is wrapped; names of user programs as they are. */
export const wrapText = ({ wrapAlgorithm, wrapBits, cmks }: EnvelopeFacts): string =>
  cmks.length > 0 ? 'KMS' : (WRAPS[wrapAlgorithm]?.(wrapBits) ?? wrapAlgorithm)

/** V1 calls its CTR GCM; the content is CTR all the same. */
export const contentText = ({ contentAlgorithm, cmks }: EnvelopeFacts): string => (cmks.length > 0 ? contentAlgorithm : 'AES-256-CTR')
