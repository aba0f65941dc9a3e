/**
 * What signs requests to OSS and to KMS. Lives in memory only, and reaches nothing but the signer.
 */
export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** STS token; null for a permanent key. */
  readonly securityToken: string | null
}
