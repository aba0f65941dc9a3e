/**
 * The credentials that sign requests to OSS and to KMS. They live in memory only, and only the
 * signer reads them.
 */
export interface Credentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** STS token; null for a permanent key. */
  readonly securityToken: string | null
}
