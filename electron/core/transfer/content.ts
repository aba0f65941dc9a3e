import { Failure, valueOf } from '../../../shared/contract/errors.ts'
import { BLOCK_BYTES } from '../../../shared/format/counter.ts'
import { messageFormat, type Envelope } from '../../../shared/format/envelope.ts'
import { MAX_START_BYTES, messageAt, type SealedMessage } from '../../../shared/format/message.ts'
import { algorithmOf } from '../../../shared/format/message-header.ts'
import { recognise, type Headers } from '../../../shared/format/recognise.ts'
import { resplitOf, type Resplit } from '../../../shared/format/resplit.ts'
import type { Opened } from '../keys/keyring.ts'
import type { Openers } from './jobs.ts'
import { decipher } from './pieces.ts'
import type { StoredBytes } from './stored-bytes.ts'

/** Most that one key and initial vector may encrypt with GCM, whose counter has 32 bits. Source NIST SP 800-38D 5.2.1.1. */
export const MAX_GCM_BYTES = 2 ** 36 - 32

/** How the content of one object or blob is read, once it is open. Disposing of it wipes the data key. */
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
}

/** What decides how something is opened. `message`: look into what has no envelope for a message of the KMS Encryption SDK. */
export interface HowToOpen {
  readonly openers: Openers
  readonly message: boolean
  readonly repair: boolean
}

/** All stored bytes as they are. */
export function asStored({ size }: StoredBytes): Content {
  return { opened: null, message: null, mode: 'none', resplit: null, offset: 0, length: size, size, [Symbol.dispose]: () => undefined }
}

/**
 * Opens what `headers` describe, or what the bytes themselves are. Throws Failure for what is damaged or of a format that is not read:
 * it never passes for plain. 'size-differs' where the object is not as long as its envelope says; and those of keys and KMS.
 */
export async function openContent(headers: Headers, stored: StoredBytes, how: HowToOpen, signal: AbortSignal): Promise<Content> {
  const found = recognise(headers)
  switch (found.kind) {
    case 'plain': {
      const message = how.message ? await messageIn(stored) : null
      return message === null ? asStored(stored) : openMessage(message, stored, how.openers, signal)
    }
    case 'sealed':
      return openEnvelope(found.envelope, stored, how, signal)
    case 'message':
      return openMessage(found.message, stored, how.openers, signal)
    case 'broken':
      throw new Failure({ code: 'not-an-envelope', header: found.header, problem: found.problem })
    case 'later':
      throw new Failure({ code: 'unsupported-format', format: found.format })
  }
}

/** Nearly every header fits. */
const FIRST_LOOK_BYTES = 4096

/** The whole message that these bytes are, null when they are none. */
async function messageIn({ size, peek }: StoredBytes): Promise<SealedMessage | null> {
  for (let bytes = FIRST_LOOK_BYTES; ; bytes = MAX_START_BYTES) {
    const message = messageAt(await peek(0, Math.min(bytes, size)), size)
    if (message !== 'more') return message
    if (bytes === MAX_START_BYTES) return null
  }
}

async function openEnvelope(envelope: Envelope, { size }: StoredBytes, { openers, repair }: HowToOpen, signal: AbortSignal): Promise<Content> {
  const { dataSize } = envelope
  // No key would help: these are not the bytes this envelope was made for.
  if (dataSize !== null && dataSize !== size) throw new Failure({ code: 'size-differs', expected: dataSize, actual: size })
  const opened = valueOf(await openers.envelope(envelope, signal))
  const resplit = repair ? resplitOf(envelope, size) : null
  return { opened, message: null, mode: 'ctr', resplit, offset: 0, length: size, size, [Symbol.dispose]: () => opened.dataKey[Symbol.dispose]() }
}

/** Opens a message that was found. Its tag, where it has one, is not checked yet: see `verify.ts`. */
export async function openMessage(message: SealedMessage, stored: StoredBytes, openers: Openers, signal: AbortSignal): Promise<Content> {
  const { mode, padded, cipher } = algorithmOf(message.header)
  if (cipher === 'sm4') throw new Failure({ code: 'unsupported-format', format: messageFormat(message) })
  const { offset } = message.content
  const length = message.content.length ?? stored.size - offset
  if (mode === 'gcm' && length > MAX_GCM_BYTES) throw new Failure({ code: 'too-large', limit: MAX_GCM_BYTES })
  if (mode === 'cbc' && (length % BLOCK_BYTES !== 0 || (padded && length === 0))) throw damaged()
  const opened = valueOf(await openers.message(message, signal))
  const close = () => opened.dataKey[Symbol.dispose]()
  try {
    const padding = padded ? await paddingOf(message, offset + length, stored, opened) : 0
    return { opened, message, mode, resplit: null, offset, length, size: length - padding, [Symbol.dispose]: close }
  } catch (cause) {
    close()
    throw cause
  }
}

/**
 * Bytes of padding behind the content, 1 to 16. Known before anything is written, so that a file gets its size at once.
 * Source PKCS #7, RFC 5652 6.3.
 */
async function paddingOf({ iv, content }: SealedMessage, end: number, { peek }: StoredBytes, opened: Opened): Promise<number> {
  const start = Math.max(content.offset, end - 2 * BLOCK_BYTES)
  const isOnly = end - start === BLOCK_BYTES
  const last = decipher({ opened }, { kind: 'cbc', iv: isOnly ? iv : null, skip: 0, length: BLOCK_BYTES }, await peek(start, end - start))
  const padding = last.at(-1) ?? 0
  if (padding < 1 || padding > BLOCK_BYTES || !last.subarray(-padding).every((byte) => byte === padding)) throw damaged()
  return padding
}

export const damaged = (): Failure => new Failure({ code: 'message-damaged', part: 'content' })
