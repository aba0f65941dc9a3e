import type { AppError } from './errors.ts'

/**
 * How an envelope was found for a blob. 'named': the user named it. 'beside': the file beside the
 * blob. 'vault': this computer saw it. 'inside': the blob is a message with a header of its own.
 */
export type EnvelopeSource = 'named' | 'beside' | 'vault' | 'inside'

/**
 * The facts by which an envelope of the vault was found, strongest first. 'sum': size and CRC-64.
 * 'size-and-name', 'size', 'name': a guess.
 */
export type EnvelopeMatch = 'sum' | 'size-and-name' | 'size' | 'name'

/** One envelope that a master key opens for a blob. */
export interface RecoverCandidate {
  readonly source: EnvelopeSource
  /** Null unless the source is the vault. */
  readonly match: EnvelopeMatch | null
  /** The object that the envelope belongs to; null where nothing says so. */
  readonly bucket: string | null
  readonly key: string | null
  readonly keyId: string
  readonly keyName: string
  /** The type of the decrypted file by its first bytes, or null. */
  readonly signature: string | null
  /** The envelope has a seal, so a whole reading can prove the file. */
  readonly provable: boolean
  /** 'yes': a Java SDK split the object again. 'maybe': it may also be undamaged. */
  readonly resplit: 'no' | 'yes' | 'maybe'
  /** An envelope file with everything that is known; empty for a message. */
  readonly envelopeText: string
  /** The same without sizes, sum and seal, for a blob that does not fit them. */
  readonly bareText: string
}

/** The facts of one blob. */
export interface RecoverLook {
  /** Bytes. */
  readonly size: number
  /** Of the blob, decimal. */
  readonly crc64: string
  /** The envelopes that open, the best first. */
  readonly candidates: readonly RecoverCandidate[]
  /** Envelopes that were found and that no key opens. */
  readonly unopened: number
  /** Names of the keys that were tried. */
  readonly tried: readonly string[]
  /** The error of the best envelope that did not open, or of the envelope file; null for none. */
  readonly error: AppError | null
}

/** The facts of one blob, or the reason why it cannot be read. */
export type RecoverAnswer =
  | { readonly blob: string; readonly look: RecoverLook; readonly error: null }
  | { readonly blob: string; readonly look: null; readonly error: AppError }
