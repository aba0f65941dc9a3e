import type { KeyObject } from 'node:crypto'
import type { MasterKeyId, WriteFormat } from '../../../shared/contract/models.ts'
import type { MessageHeader } from '../../../shared/format/message/message-header.ts'

/** The way in which a value is wrapped. */
export interface Wrapping {
  /**
   * The name as FORMAT.md spells it: RSA_WRAP, OAEP_WRAP, KMS_WRAP, or the name of a user's own
   * program.
   */
  readonly algorithm: string
  /**
   * 'digits': ASCII decimal digits. Format V1 writes its initial counter so, and KMS gets the
   * digits as they are and not in base64.
   */
  readonly payload: 'bytes' | 'digits'
}

/**
 * A master key that is open in this process: an RSA key, a key in KMS, or a program of the user.
 * The caller of the catalog disposes of the handle. All operations throw after that.
 */
export interface MasterKeyHandle extends Disposable {
  readonly id: MasterKeyId
  readonly name: string
  readonly kind: 'rsa' | 'kms' | 'command'
  /**
   * The format of new objects under this key. For a key in KMS, also the form of the answers of
   * `wrap`.
   */
  readonly writes: WriteFormat
  /** The name that is written into the envelope of a new object. */
  readonly wrapAlgorithm: string
  /** The key description that is written into an envelope, '' for none. */
  readonly description: string
  readonly canWrap: boolean
  readonly canUnwrap: boolean
  /**
   * For RSA only: the public half, which is all that `wrap` needs. It is not a secret and may leave
   * the handle.
   */
  readonly publicHalf?: () => KeyObject
  /**
   * Returns a copy of the writer secret, which the caller wipes. Null, or left out, where there is
   * none: the private half is not here, or the kind of key has no such secret.
   */
  readonly writerSecret?: () => Uint8Array | null
  /**
   * For RSA only: unwraps the value of a second envelope into a new array, which the caller wipes.
   * Null for every reason, as in `unwrap`, and where the private half is not here.
   */
  readonly unwrapSecond?: (wrapped: Uint8Array) => Uint8Array | null
  /**
   * Tells whether the key may be tried on an envelope of this wrap algorithm. Names are compared
   * without case.
   */
  fits(wrapAlgorithm: string): boolean
  /**
   * Wraps 32 or 16 bytes, or digits. Resolves with a new array: the bytes whose base64 goes into
   * the header.
   * Errors  Failure of KMS, of the network or of the program.
   */
  wrap(bytes: Uint8Array, how: Wrapping, signal: AbortSignal): Promise<Uint8Array>
  /**
   * Unwraps a value. Resolves with a new array; the caller checks its length and wipes it.
   * Errors  Failure 'wrong-master-key'. An RSA key gives the same error for every reason, because
   * the reason must not leak. KMS and programs add 'kms-key', 'kms', 'command-failed',
   * 'access-denied', 'bad-credentials', 'unreachable', 'cancelled'.
   */
  unwrap(bytes: Uint8Array, how: Wrapping, signal: AbortSignal): Promise<Uint8Array>
  /**
   * For KMS only: tells whether exactly this CMK wrapped a value. `unwrap` also unwraps the values
   * of other CMKs that the account may use. Errors  as `unwrap`, without refusals.
   */
  readonly isOwn?: (wrapped: Uint8Array, signal: AbortSignal) => Promise<boolean>
  /**
   * Makes the data keys of envelopes in place of `wrap`, where it exists. KMS makes and wraps a
   * data key itself, so that no plaintext key is sent. `plain`: 32 bytes that do not begin with 0;
   * the caller wipes them. `wrapped`: as the answer of `wrap`.
   */
  readonly newDataKey?: (
    signal: AbortSignal,
  ) => Promise<{ readonly plain: Uint8Array; readonly wrapped: Uint8Array }>
  /** The operations for messages of the KMS Encryption SDK; null for a key that is not in KMS. */
  readonly messages: MessageKeys | null
}

/** The operations of KMS on messages of the Encryption SDK. Source formats 5.6. */
export interface MessageKeys {
  /**
   * A context that every new message of this key is bound to. It is public, because it stands in
   * the header.
   */
  readonly context?: ReadonlyMap<string, string>
  /**
   * Tells whether the user allowed the CMK of a data key, as far as is known without a call of KMS.
   * `keyId`: the ARN or id of the header, which anybody can write.
   */
  allows(keyId: string): boolean
  /** Makes a new data key under the CMK. The caller wipes `plain`. `keyId`: the ARN of the CMK. */
  generate(
    bytes: 16 | 32,
    context: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<{ readonly keyId: string; readonly plain: Uint8Array; readonly wrapped: Uint8Array }>
  /**
   * Decrypts a data key. The caller wipes the answer. `wrapped`: the decoded CiphertextBlob.
   * Errors  as `unwrap`, and for a CMK that is not allowed.
   */
  decrypt(
    dataKey: MessageHeader['dataKeys'][number],
    context: ReadonlyMap<string, string>,
    signal: AbortSignal,
  ): Promise<Uint8Array>
}
