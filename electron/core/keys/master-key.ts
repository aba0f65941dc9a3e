import type { MasterKeyId } from '../../../shared/contract/models.ts'

/**
 * A master key that is open in this process. The port that RSA keys implement now, and KMS keys and user programs later.
 * Whoever got it from the catalog disposes of it; after that both operations throw.
 */
export interface MasterKeyHandle extends Disposable {
  readonly id: MasterKeyId
  readonly name: string
  /** As it goes into the envelope. */
  readonly wrapAlgorithm: string
  /** Key description as it is written into an envelope, '' for none. */
  readonly description: string
  readonly canWrap: boolean
  readonly canUnwrap: boolean
  /** Shape  up to the modulus less 11 bytes in, a new array out. */
  wrap(bytes: Uint8Array): Promise<Uint8Array>
  /**
   * Shape  a new array; the caller checks its length and wipes it.
   * Errors Failure 'wrong-master-key', one and the same for every reason: what was wrong must not leak.
   */
  unwrap(bytes: Uint8Array): Promise<Uint8Array>
}
