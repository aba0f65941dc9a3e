/**
 * What a KMS key keeps to itself. Nulls: its calls are signed with a profile's credentials; it has
 * no token; no passphrase.
 */
export interface KmsSecrets {
  readonly accessKeySecret: string | null
  readonly securityToken: string | null
  /** oss2's, sent as the context `x-passphrase`. */
  readonly passphrase: string | null
}

export const NO_KMS_SECRETS: KmsSecrets = {
  accessKeySecret: null,
  securityToken: null,
  passphrase: null,
}

/**
 * As bytes, which are kept as a private half is; the caller wipes them. Null when there is nothing
 * to keep.
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

/** Null for what was not written by {@link writeKmsSecrets}. */
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
