import { RecentLog } from '../request-log.ts'

/**
 * One request as the KMS received it. No value of the client is in the log, and so no secret: no
 * Plaintext, CiphertextBlob, EncryptionContext, token or signature.
 */
export interface KmsLogged {
  readonly requestId: string
  readonly method: 'GET' | 'POST' | ''
  /** '' for an action that the server does not offer. */
  readonly action: string
  /** Id of the master key that the operation used; '' when it used none. */
  readonly keyId: string
  /** The signature of the request; '' when it has none. */
  readonly signed: 'v1' | 'acs3' | ''
  /** True when the request has an EncryptionContext that is not empty. */
  readonly context: boolean
  /** HTTP status; 0 while there is no answer, and when the server did not send it. */
  readonly status: number
  /** The error code; '' when there was no error. */
  readonly code: string
}

/** An entry that the server still completes. */
export type KmsEntry = { -readonly [K in keyof KmsLogged]: KmsLogged[K] }

/** The last 10,000 requests of one KMS. */
export class KmsLog extends RecentLog<KmsLogged> {
  /** Adds an entry, which the server completes while it serves the request. */
  open(requestId: string): KmsEntry {
    const entry: KmsEntry = {
      requestId,
      method: '',
      action: '',
      keyId: '',
      signed: '',
      context: false,
      status: 0,
      code: '',
    }
    this.add(entry)
    return entry
  }
}
