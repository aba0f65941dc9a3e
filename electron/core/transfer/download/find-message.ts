import type { AppError } from '../../../../shared/contract/errors.ts'
import {
  lengthOfMessage,
  looksExternal,
  MAX_START_BYTES,
  messageAt,
  type EncryptedMessage,
} from '../../../../shared/format/message/message.ts'
import type { StoredBytes } from '../run/stored-bytes.ts'

/** Nearly every header fits. */
const FIRST_LOOK_BYTES = 4096

/** A message, and the bytes before its ciphertext; none where the metadata has the header. */
export interface FoundMessage {
  readonly message: EncryptedMessage
  readonly start: Uint8Array
}

/** Reads the whole message that these bytes are. Null: they are no message. */
export async function messageIn({ size, peek }: StoredBytes): Promise<FoundMessage | null> {
  for (let bytes = FIRST_LOOK_BYTES; ; bytes = MAX_START_BYTES) {
    const start = await peek(0, Math.min(bytes, size))
    const message = messageAt(start, size)
    if (message === null || (message === 'more' && bytes === MAX_START_BYTES)) return null
    if (message !== 'more') return { message, start: start.subarray(0, message.content.offset) }
  }
}

/**
 * Finds out whether {@link messageIn} found no message because it is not whole: 'size-differs'.
 * Null: the bytes are no message, or do not say.
 */
export async function brokenMessageIn({ size, peek }: StoredBytes): Promise<AppError | null> {
  const expected = lengthOfMessage(await peek(0, Math.min(MAX_START_BYTES, size)))
  return expected === null || expected === size
    ? null
    : { code: 'size-differs', expected, actual: size }
}

/** Bytes of initial vector and lengths. */
const EXTERNAL_LOOK_BYTES = 64

/** Tells whether these bytes are the content of a message whose data key is in a secret store. */
export async function isExternal({ size, peek }: StoredBytes): Promise<boolean> {
  return looksExternal(await peek(0, Math.min(size, EXTERNAL_LOOK_BYTES)), size)
}

/** Makes the error of bytes that were said to be a message and are not. */
export async function whyNoMessage(stored: StoredBytes): Promise<AppError> {
  const broken = await brokenMessageIn(stored)
  if (broken !== null) return broken
  return (await isExternal(stored))
    ? { code: 'unsupported-format', format: 'sdk-external' }
    : { code: 'message-damaged', part: 'shape' }
}
