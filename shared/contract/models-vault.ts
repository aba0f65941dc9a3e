/** One envelope of the vault, without the wrapped values. */
export interface VaultEntry {
  readonly bucket: string
  readonly key: string
  readonly versionId: string | null
  readonly etag: string
  /** Stored bytes. */
  readonly size: number
  /** Decimal; null where OSS gave none. */
  readonly crc64: string | null
  /** A seal lies beside the envelope, so a blob can be proven with it. */
  readonly sealed: boolean
  /** The master key whose writer secret encrypts the entry. */
  readonly keyName: string
  /** Ms since 1970, when a computer saw the object. */
  readonly from: number
  readonly to: number
}

/** The envelope vault of this computer. */
export interface VaultStatus {
  readonly segments: number
  readonly bytes: number
  readonly envelopes: number
  /** Segments of keys that are not here, or cannot be opened now. */
  readonly closed: number
  readonly damaged: number
  /** Envelopes that this process saw and could not keep. */
  readonly notKept: number
  /** Names of the master keys that cannot be opened now. */
  readonly closedKeys: readonly string[]
}

/** The outcome of one sync with a bucket, in segments. */
export interface VaultSync {
  readonly written: number
  readonly read: number
  /** Segments that both places have now. */
  readonly both: number
  /** Segments of the bucket under writer secrets that are not here. They were left there. */
  readonly foreign: number
  /** Objects of the bucket that bear the name of a segment and are none. */
  readonly damaged: number
  /** Segments of the bucket that the vault of this computer has no room for. */
  readonly noRoom: number
}
