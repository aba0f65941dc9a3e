import { Failure } from '../../../../shared/contract/errors.ts'
import type { SealedMessage } from '../../../../shared/format/message/message.ts'
import type { Resplit } from '../../../../shared/format/message/resplit.ts'
import type { Opened } from '../../keys/keyring.ts'
import type { StoredBytes } from '../run/stored-bytes.ts'

/**
 * How the content of one object or blob is read, once it is open. Disposing of it wipes the data
 * key.
 */
export interface Content extends Disposable {
  /** Null: bytes as they are. */
  readonly opened: Opened | null
  /** Null for envelopes, and for bytes as they are. */
  readonly message: SealedMessage | null
  readonly mode: 'none' | 'ctr' | 'gcm' | 'cbc'
  /** Not null: to be read as a Java SDK wrote it that split the file anew. */
  readonly resplit: Resplit | null
  /** Where the ciphertext is in what is stored; bytes. */
  readonly offset: number
  readonly length: number
  /** Bytes of plaintext: fewer than `length` where there is padding. */
  readonly size: number
  /**
   * What was read already, and must be the same when it is read again: the bytes that tell of the
   * message, and the end of its ciphertext.
   */
  readonly seen: { readonly start: Uint8Array; readonly end: Uint8Array }
}

/** For what is no message, or one whose header is in the metadata. */
export const NOTHING_SEEN: Content['seen'] = { start: new Uint8Array(0), end: new Uint8Array(0) }

/** All stored bytes as they are. */
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
 * What failure it is when the bytes are not those that were written. 'ending': told without a tag,
 * by their length or padding.
 */
export const damaged = (part: 'content' | 'ending' = 'content'): Failure =>
  new Failure({ code: 'message-damaged', part })
