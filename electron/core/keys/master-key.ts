import type { KeyObject } from 'node:crypto'
import type { MasterKeyId, WriteFormat } from '../../../shared/contract/models.ts'
import type { MessageHeader } from '../../../shared/format/message/message-header.ts'

/** How something is wrapped. */
export interface Wrapping {
  /**
   * As FORMAT.md spells it: one of RSA_WRAP, OAEP_WRAP, KMS_WRAP, or the name of a user's own
   * program.
   */
  readonly algorithm: string
  /**
   * 'digits': ASCII decimal digits, the initial counter of format V1, which KMS is given as they
   * are and not in base64.
   */
  readonly payload: 'bytes' | 'digits'
}

/**
 * A master key that is open in this process: an RSA key, a key in KMS, or a program of the user's
 * own. Whoever got it from the catalog disposes of it; after that all operations throw.
 */
export interface MasterKeyHandle extends Disposable {
  readonly id: MasterKeyId
  readonly name: string
  readonly kind: 'rsa' | 'kms' | 'command'
  /**
   * What new objects are written as under this key. For a key in KMS also the form of what `wrap`
   * gives.
   */
  readonly writes: WriteFormat
  /** As it goes into the envelope of a new object. */
  readonly wrapAlgorithm: string
  /** Key description as it is written into an envelope, '' for none. */
  readonly description: string
  readonly canWrap: boolean
  readonly canUnwrap: boolean
  /** RSA only: all that `wrap` needs. It is no secret, and may go where the handle may not. */
  readonly publicHalf?: () => KeyObject
  /** May it be tried on an envelope of this wrap algorithm? Names are compared without case. */
  fits(wrapAlgorithm: string): boolean
  /**
   * Shape  32 or 16 bytes, or digits, in; a new array out: the bytes whose base64 goes into the
   * header.
   * Errors Failure of KMS, of the network or of the program.
   */
  wrap(bytes: Uint8Array, how: Wrapping, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Shape  a new array; the caller checks its length and wipes it.
   * Errors Failure 'wrong-master-key', for RSA one and the same for every reason: what was wrong
   * must not leak. KMS and programs add their own: 'kms-key', 'kms', 'command-failed',
   * 'access-denied', 'bad-credentials', 'unreachable', 'cancelled'.
   */
  unwrap(bytes: Uint8Array, how: Wrapping, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Where it is there, data keys of envelopes are made by this and not by `wrap`: KMS makes and
   * wraps them itself, so that no plaintext key is ever sent. 32 bytes that do not begin with 0;
   * `wrapped` is what `wrap` would have given. The caller wipes `plain`.
   */
  readonly newDataKey?: (
    signal: AbortSignal,
  ) => Promise<{ readonly plain: Uint8Array; readonly wrapped: Uint8Array }>
  /** For messages of the KMS Encryption SDK; null for a key that is not in KMS. */
  readonly messages: MessageKeys | null
}

/** What KMS does for messages of the Encryption SDK. Source formats 5.6. */
export interface MessageKeys {
  /**
   * What new messages are bound to besides what their writer says; nothing when left out. Public:
   * it stands in their headers.
   */
  readonly context?: ReadonlyMap<string, string>
  /**
   * Has the user allowed this data key's CMK, as far as is known without asking KMS? `keyId`: the
   * ARN or id in the header, which is anybody's text.
   */
  allows(keyId: string): boolean
  /** A new data key under the CMK. The caller wipes `plain`. `keyId`: the CMK's ARN. */
  generate(
    bytes: 16 | 32,
    context: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<{ readonly keyId: string; readonly plain: Uint8Array; readonly wrapped: Uint8Array }>
  /**
   * The caller wipes the answer. Errors as `unwrap`; also for a CMK that is not allowed. `wrapped`:
   * decoded CiphertextBlob.
   */
  decrypt(
    dataKey: MessageHeader['dataKeys'][number],
    context: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<Uint8Array>
}
