import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import { BLOCK_BYTES, MAX_GCM_BYTES } from '../../../../shared/format/counter.ts'
import { messageFormat, type Envelope } from '../../../../shared/format/envelope/envelope.ts'
import type { EncryptedMessage } from '../../../../shared/format/message/message.ts'
import { algorithmOf } from '../../../../shared/format/message/message-header.ts'
import { recognise, type Headers } from '../../../../shared/format/recognise.ts'
import { resplitOf } from '../../../../shared/format/message/resplit.ts'
import type { Opened } from '../../keys/keyring.ts'
import { asStored, damaged, NOTHING_SEEN, type Content } from './content.ts'
import { brokenMessageIn, messageIn, whyNoMessage, type FoundMessage } from './find-message.ts'
import type { MayBeMessage, Openers } from '../run/jobs.ts'
import type { PlainRefusal } from '../run/read-facts.ts'
import type { SealRules } from '../run/stored-seal.ts'
import { decipher } from './pieces.ts'
import type { StoredBytes } from '../run/stored-bytes.ts'

/** The keys and rules by which content is opened. */
export interface HowToOpen {
  readonly openers: Openers
  readonly message: MayBeMessage
  readonly repair: boolean
  /** See the download job. */
  readonly refusePlain?: () => Promise<PlainRefusal | null>
  /** See the download job. */
  readonly seals?: () => SealRules
}

/**
 * Opens the content that `headers` describe, or that the bytes themselves are. Throws Failure where
 * it is damaged or of a format that is not read: it never passes for plain. Throws 'size-differs'
 * where the object is not as long as its envelope says, and what keys and KMS throw.
 */
export async function openContent(
  headers: Headers,
  stored: StoredBytes,
  how: HowToOpen,
  signal: AbortSignal,
): Promise<Content> {
  const found = recognise(headers)
  switch (found.kind) {
    case 'plain':
      return openPlain(stored, how, signal)
    case 'encrypted':
      return openEnvelope(found.envelope, stored, how, signal)
    case 'message':
      return openMessage(
        { message: found.message, start: new Uint8Array(0) },
        stored,
        how.openers,
        signal,
      )
    case 'broken':
      throw new Failure({ code: 'not-an-envelope', header: found.header, problem: found.problem })
    case 'later':
      throw new Failure({ code: 'unsupported-format', format: found.format })
  }
}

/**
 * Opens an object without an envelope. Ciphertext never passes for plaintext where it was named a
 * message, or begins as one.
 */
async function openPlain(
  stored: StoredBytes,
  { message, openers, refusePlain }: HowToOpen,
  signal: AbortSignal,
): Promise<Content> {
  const plain = async (): Promise<Content> => {
    const refused = (await refusePlain?.()) ?? null
    if (refused !== null) throw new Failure(refused)
    return asStored(stored)
  }
  if (message === false) return plain()
  if (message === true) return openWhole(stored, openers, signal)
  const found = await messageIn(stored)
  const broken = found === null ? await brokenMessageIn(stored) : null
  if (broken !== null) throw new Failure(broken)
  return found === null ? plain() : openMessage(found, stored, openers, signal)
}

/**
 * Opens bytes that are said to be a whole message. Throws that of `whyNoMessage` if they are not.
 */
export async function openWhole(
  stored: StoredBytes,
  openers: Openers,
  signal: AbortSignal,
): Promise<Content> {
  const found = await messageIn(stored)
  if (found === null) throw new Failure(await whyNoMessage(stored))
  return openMessage(found, stored, openers, signal)
}

async function openEnvelope(
  envelope: Envelope,
  { size }: StoredBytes,
  { openers, repair }: HowToOpen,
  signal: AbortSignal,
): Promise<Content> {
  const { dataSize } = envelope
  // No key helps: the envelope was made for other bytes.
  if (dataSize !== null && dataSize !== size)
    throw new Failure({ code: 'size-differs', expected: dataSize, actual: size })
  const opened = valueOf(await openers.envelope(envelope, signal))
  const resplit = repair ? resplitOf(envelope, size) : null
  return {
    opened,
    message: null,
    mode: 'ctr',
    resplit,
    offset: 0,
    length: size,
    size,
    seen: NOTHING_SEEN,
    [Symbol.dispose]: () => opened.dataKey[Symbol.dispose](),
  }
}

/** Opens a message that was found. Its tag is checked later: see `verify.ts`. */
async function openMessage(
  { message, start }: FoundMessage,
  stored: StoredBytes,
  openers: Openers,
  signal: AbortSignal,
): Promise<Content> {
  const { mode, padded, cipher } = algorithmOf(message.header)
  if (cipher === 'sm4')
    throw new Failure({ code: 'unsupported-format', format: messageFormat(message) })
  const { offset } = message.content
  const length = message.content.length ?? stored.size - offset
  if (mode === 'gcm' && length > MAX_GCM_BYTES)
    throw new Failure({ code: 'too-large', limit: MAX_GCM_BYTES })
  if (mode === 'cbc' && (length % BLOCK_BYTES !== 0 || (padded && length === 0)))
    throw damaged('ending')
  const opened = valueOf(await openers.message(message, signal))
  const close = () => opened.dataKey[Symbol.dispose]()
  try {
    const end = padded ? await endOf(message, offset + length, stored) : new Uint8Array(0)
    const padding = padded ? paddingOf(message, end, opened) : 0
    return {
      opened,
      message,
      mode,
      resplit: null,
      offset,
      length,
      size: length - padding,
      seen: { start, end },
      [Symbol.dispose]: close,
    }
  } catch (cause) {
    close()
    throw cause
  }
}

/** Reads the last two blocks of the ciphertext, or the only one. */
function endOf(
  { content }: EncryptedMessage,
  end: number,
  { peek }: StoredBytes,
): Promise<Uint8Array> {
  const start = Math.max(content.offset, end - 2 * BLOCK_BYTES)
  return peek(start, end - start)
}

/**
 * Counts the bytes of padding behind the content, 1 to 16, before anything is written: a file gets
 * its size at once. Source PKCS #7, RFC 5652 6.3.
 */
function paddingOf({ iv }: EncryptedMessage, end: Uint8Array, opened: Opened): number {
  const last = decipher(
    { opened },
    { kind: 'cbc', iv: end.length === BLOCK_BYTES ? iv : null, skip: 0, length: BLOCK_BYTES },
    end,
  )
  const padding = last.at(-1) ?? 0
  if (
    padding < 1 ||
    padding > BLOCK_BYTES ||
    !last.subarray(-padding).every((byte) => byte === padding)
  )
    throw damaged('ending')
  return padding
}
