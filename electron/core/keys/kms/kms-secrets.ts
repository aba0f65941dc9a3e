/**
 * The secrets of a KMS key. Null: a profile's credentials are used; there is no token; there is no
 * passphrase.
 */
export interface KmsSecrets {
  readonly accessKeySecret: string | null
  readonly securityToken: string | null
  /** oss2's passphrase, sent as the context `x-passphrase`. */
  readonly passphrase: string | null
}

export const NO_KMS_SECRETS: KmsSecrets = {
  accessKeySecret: null,
  securityToken: null,
  passphrase: null,
}

/**
 * Writes the secrets as bytes, which are stored like a private half. The caller wipes the bytes.
 * Returns null when there are no secrets.
 */
export function writeKmsSecrets({
  accessKeySecret,
  securityToken,
  passphrase,
}: KmsSecrets): Uint8Array | null {
  return accessKeySecret === null && passphrase === null
    ? null
    : Buffer.from(JSON.stringify({ accessKeySecret, securityToken, passphrase }))
}

/** Reads the bytes of {@link writeKmsSecrets}, and returns null for any other bytes. */
export function readKmsSecrets(bytes: Uint8Array): KmsSecrets | null {
  try {
    const { accessKeySecret, securityToken, passphrase } = JSON.parse(
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(),
    ) as Partial<KmsSecrets>
    const known = [accessKeySecret, securityToken, passphrase].every(
      (value) => value === null || typeof value === 'string',
    )
    return known ? ({ accessKeySecret, securityToken, passphrase } as KmsSecrets) : null
  } catch {
    return null
  }
}
