/** The encryption of a KMS Encryption SDK message. */
export interface MessageAlgorithm {
  /** The number in the header. */
  readonly id: number
  /** The name for people. */
  readonly name: string
  readonly keyBytes: number
  readonly ivBytes: number
  /** 0: no tag protects the content. */
  readonly tagBytes: number
  readonly mode: 'gcm' | 'cbc' | 'ctr'
  /** True: the content ends in PKCS#7 padding. */
  readonly padded: boolean
  readonly cipher: 'aes' | 'sm4'
  /** The KeySpec of KMS's GenerateDataKey. */
  readonly keySpec: 'AES_128' | 'AES_256' | 'SM4_128'
}

const row = (
  id: number,
  mode: MessageAlgorithm['mode'],
  keySpec: MessageAlgorithm['keySpec'],
  padded = false,
): MessageAlgorithm => {
  const cipher = keySpec === 'SM4_128' ? 'sm4' : 'aes'
  const name = `${keySpec === 'SM4_128' ? 'SM4' : keySpec.replace('_', '-')}-${mode.toUpperCase()}${mode === 'cbc' ? (padded ? ' with padding' : ' without padding') : ''}`
  const sizes = mode === 'gcm' ? { ivBytes: 12, tagBytes: 16 } : { ivBytes: 16, tagBytes: 0 }
  return {
    id,
    name,
    keyBytes: keySpec === 'AES_256' ? 32 : 16,
    ...sizes,
    mode,
    padded,
    cipher,
    keySpec,
  }
}

/**
 * All algorithms. Source: CryptoAlgorithm.java and model.py of the two SDKs; FORMAT.md, "Messages".
 */
export const MESSAGE_ALGORITHMS: readonly MessageAlgorithm[] = [
  row(1, 'gcm', 'AES_128'),
  row(2, 'gcm', 'AES_256'),
  row(3, 'cbc', 'AES_128'),
  row(4, 'cbc', 'AES_256'),
  row(5, 'cbc', 'AES_128', true),
  row(6, 'cbc', 'AES_256', true),
  row(7, 'ctr', 'AES_128'),
  row(8, 'ctr', 'AES_256'),
  row(9, 'gcm', 'SM4_128'),
  row(10, 'cbc', 'SM4_128'),
  row(11, 'cbc', 'SM4_128', true),
  row(12, 'ctr', 'SM4_128'),
]

/** AES-256-GCM: the default of the SDKs, and the only algorithm that we write. */
export const WRITTEN_ALGORITHM = 2

/** Returns the algorithm of a number, and null for a number that no SDK knows. */
export function messageAlgorithm(id: number): MessageAlgorithm | null {
  return MESSAGE_ALGORITHMS[id - 1] ?? null
}
