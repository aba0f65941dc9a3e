import { Failure } from '../../../../shared/contract/errors.ts'
import type { EncryptedMessage } from '../../../../shared/format/message/message.ts'
import type { Resplit } from '../../../../shared/format/message/resplit.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { StoredBytes } from '../run/stored-bytes.ts'

/**
 * The content of an opened object or blob, ready to be read. Disposing of it wipes the data key.
 */
export interface Content extends Disposable {
  /** Null: bytes as they are. */
  readonly opened: Opened | null
  /** Null for envelopes, and for bytes as they are. */
  readonly message: EncryptedMessage | null
  readonly mode: 'none' | 'ctr' | 'gcm' | 'cbc'
  /** Set for the content of a file that a Java SDK split again; null for all others. */
  readonly resplit: Resplit | null
  /** Place of the ciphertext among the stored bytes. */
  readonly offset: number
  readonly length: number
  /** Bytes of plaintext: fewer than `length` where there is padding. */
  readonly size: number
  /**
   * Bytes that were read already: those before the ciphertext, and the end of the ciphertext. They
   * must be the same when they are read again.
   */
  readonly seen: { readonly start: Uint8Array; readonly end: Uint8Array }
}

/** No bytes: the content is not a message, or its header is in the metadata. */
export const NOTHING_SEEN: Content['seen'] = { start: new Uint8Array(0), end: new Uint8Array(0) }

/** Opens all stored bytes as they are. */
export function asStored({ size }: StoredBytes): Content {
  return {
    opened: null,
    message: null,
    mode: 'none',
    resplit: null,
    offset: 0,
    length: size,
    size,
    seen: NOTHING_SEEN,
    [Symbol.dispose]: () => undefined,
  }
}

/**
 * Makes the failure of bytes that are not those that were written. 'ending': their length or
 * padding tells, without a tag.
 */
export const damaged = (part: 'content' | 'ending' = 'content'): Failure =>
  new Failure({ code: 'message-damaged', part })
