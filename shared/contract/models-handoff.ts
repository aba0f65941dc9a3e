/** A page that was written for one receiver. */
export interface HandoffReport {
  readonly savedAs: string
  /** SHA-256 of the page, hexadecimal. Sender and receiver compare it in another way. */
  readonly sha256: string
  /** The end of the link, ISO 8601. A temporary account may end earlier. */
  readonly expires: string
  /** Bytes of the object. */
  readonly size: number
  /** SHA-256 of the receiver's public key (SPKI), hexadecimal; null for a passphrase. */
  readonly fingerprint: string | null
  /** The link ends with the token of the account, if that ends earlier. */
  readonly hasToken: boolean
}
