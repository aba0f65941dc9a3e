import { RecentLog } from '../request-log.ts'

/**
 * One request as the KMS saw it. Nothing that a client wrote is kept as it came, so nothing secret
 * can be: neither Plaintext, CiphertextBlob, EncryptionContext, tokens nor signatures.
 */
export interface KmsLogged {
  readonly requestId: string
  readonly method: 'GET' | 'POST' | ''
  /** '' when it is none that the server offers. */
  readonly action: string
  /** The master key that was used; '' when none was. */
  readonly keyId: string
  /** How the request was signed; '' when it was not. */
  readonly signed: 'v1' | 'acs3' | ''
  /** An EncryptionContext was sent that is not empty. */
  readonly context: boolean
  /** 0 while there is no answer, or when it was never sent. */
  readonly status: number
  /** The error code; '' when there was no error. */
  readonly code: string
}

export type KmsEntry = { -readonly [K in keyof KmsLogged]: KmsLogged[K] }

/** The last 10,000 requests, for tests to look at. */
export class KmsLog extends RecentLog<KmsLogged> {
  /** A new entry, to be completed while the request is served. */
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
