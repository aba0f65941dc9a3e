import { joined } from '../bytes.ts'
import { der, derStart, elementAt, OCTET_STRING, SEQUENCE, type Element } from '../der.ts'
import {
  algorithmOf,
  headerIn,
  MAX_START_BYTES,
  serializeHeader,
  type MessageHeader,
  type EncryptedMessage,
} from './message-header.ts'
import { streamAt } from './message-stream.ts'

export {
  contextBytes,
  headerAuthInput,
  MAX_START_BYTES,
  parseHeader,
  serializeHeader,
  type MessageHeader,
  type EncryptedMessage,
} from './message-header.ts'
export { splitHeaders } from './message-split.ts'

/**
 * Finds a KMS Encryption SDK message, as one piece of DER or as a stream. No metadata of the object
 * announces a message. Its shape does, down to the last length.
 *
 * `start`: the first bytes of an object or blob. `size`: all its bytes. Returns 'more' when `start`
 * is too short to decide; {@link MAX_START_BYTES} always decide. Returns null for anything else,
 * and for a message that is not whole. A caller that expects a message must refuse null and never
 * take the bytes for plain.
 * Source  Asn1FormatHandler.java, format.py; for streams see `message-stream.ts`.
 */
export function messageAt(start: Uint8Array, size: number): EncryptedMessage | 'more' | null {
  const bytes = start.subarray(0, size)
  const limit = Math.min(size, MAX_START_BYTES)
  const found =
    bytes.length === 0 && size > 0
      ? 'more'
      : bytes[0] === SEQUENCE
        ? derMessage(bytes, size, limit)
        : bytes[0] === 0
          ? streamMessage(bytes, size, limit)
          : null
  return found === 'more' && bytes.length >= limit ? null : found
}

/**
 * Returns the bytes that the message in one piece of DER needs whose first bytes these are. Returns
 * null when they begin no message. An object of another length was cut off, or got bytes behind it.
 * A stream does not say its length.
 */
export function lengthOfMessage(start: Uint8Array): number | null {
  const outer = start[0] === SEQUENCE ? elementAt(start, 0, Number.MAX_SAFE_INTEGER) : null
  if (outer === null || outer === 'more') return null
  const found = messageAt(start, outer.end)
  return found === null || found === 'more' ? null : outer.end
}

function derMessage(
  bytes: Uint8Array,
  size: number,
  limit: number,
): EncryptedMessage | 'more' | null {
  const outer = elementAt(bytes, 0, size)
  if (outer === null || outer === 'more') return outer
  if (outer.end !== size) return null
  const head = elementAt(bytes, outer.start, limit)
  if (head === null || head === 'more') return head
  if (head.end > bytes.length) return 'more'
  const header = headerIn(bytes, head)
  if (header === null) return null
  const { ivBytes, tagBytes } = algorithmOf(header)

  const parts = bodyParts(bytes, head.end, size)
  if (parts === null || parts === 'more') return parts
  const [iv, content] = parts
  if (content.start > limit || iv.end - iv.start !== ivBytes || content.end + 2 + tagBytes !== size)
    return null
  const ending = bytes.length === size ? tagOfEnd(bytes.subarray(content.end)) : null
  if (bytes.length === size && ending === null) return null
  return {
    form: 'message',
    header,
    iv: bytes.slice(iv.start, iv.end),
    tag: tagBytes === 0 ? new Uint8Array() : ending,
    content: { offset: content.start, length: content.end - content.start },
    tagAt: tagBytes === 0 ? null : size - tagBytes,
  }
}

/**
 * Finds the initial vector and the ciphertext of SEQUENCE { OCTET STRING, OCTET STRING, OCTET
 * STRING }, which ends at `size`.
 */
function bodyParts(
  bytes: Uint8Array,
  at: number,
  size: number,
): readonly [Element, Element] | 'more' | null {
  const body = elementAt(bytes, at, size)
  if (body === null || body === 'more') return body
  if (body.tag !== SEQUENCE || body.end !== size) return null
  const iv = elementAt(bytes, body.start, size)
  if (iv === null || iv === 'more') return iv
  const content = elementAt(bytes, iv.end, size)
  if (content === null || content === 'more') return content
  return iv.tag !== OCTET_STRING || content.tag !== OCTET_STRING
    ? null
    : iv.end > bytes.length
      ? 'more'
      : [iv, content]
}

function streamMessage(
  bytes: Uint8Array,
  size: number,
  limit: number,
): EncryptedMessage | 'more' | null {
  const found = streamAt(bytes, limit)
  if (found === null || found === 'more') return found
  const { header, iv, contentAt } = found
  const { ivBytes, tagBytes } = algorithmOf(header)
  const length = size - contentAt - tagBytes
  if (iv.length !== ivBytes || length < 0) return null
  const tag = tagBytes === 0 || bytes.length === size ? bytes.slice(size - tagBytes) : null
  return {
    form: 'stream',
    header,
    iv,
    tag,
    content: { offset: contentAt, length },
    tagAt: tagBytes === 0 ? null : size - tagBytes,
  }
}

/**
 * Returns the bytes before `contentLength` bytes of ciphertext that make them one message, and the
 * length of the bytes behind. `suffixLength`: bytes of {@link endOfMessage}.
 * Errors  RangeError for a header above {@link MAX_START_BYTES}, far more than KMS allows a context
 * to have.
 */
export function startOfMessage(
  header: MessageHeader,
  iv: Uint8Array,
  contentLength: number,
): { readonly prefix: Uint8Array; readonly suffixLength: number } {
  const suffixLength = 2 + algorithmOf(header).tagBytes
  const [head, vector, content] = [
    serializeHeader(header),
    der(OCTET_STRING, iv),
    derStart(OCTET_STRING, contentLength),
  ]
  const bodyLength = vector.length + content.length + contentLength + suffixLength
  const body = derStart(SEQUENCE, bodyLength)
  const prefix = joined(
    derStart(SEQUENCE, head.length + body.length + bodyLength),
    head,
    body,
    vector,
    content,
  )
  if (prefix.length > MAX_START_BYTES)
    throw new RangeError(`a message that starts with ${prefix.length} bytes cannot be read again`)
  return { prefix, suffixLength }
}

/**
 * Writes the bytes behind the ciphertext of a whole message. `tag`: empty for an algorithm without
 * one.
 */
export const endOfMessage = (tag: Uint8Array): Uint8Array => der(OCTET_STRING, tag)

/**
 * Reads the tag in the bytes behind the ciphertext of a whole message. Returns null for anything
 * but {@link endOfMessage}.
 */
export function tagOfEnd(end: Uint8Array): Uint8Array | null {
  const element = elementAt(end, 0, end.length)
  return element === null ||
    element === 'more' ||
    element.tag !== OCTET_STRING ||
    element.end !== end.length
    ? null
    : end.slice(element.start)
}

/**
 * Tells whether this is the content of a message whose header and data key are in a store of
 * secrets. The window names the format; nobody without that store can read the content.
 */
export function looksExternal(start: Uint8Array, size: number): boolean {
  const bytes = start.subarray(0, size)
  if (bytes[0] !== SEQUENCE) return false
  const parts = bodyParts(bytes, 0, size)
  if (parts === null || parts === 'more') return false
  const [iv, content] = parts
  const tagBytes = { 12: 16, 16: 0 }[iv.end - iv.start]
  return (
    tagBytes !== undefined &&
    content.end + 2 + tagBytes === size &&
    (bytes.length < size || tagOfEnd(bytes.subarray(content.end)) !== null)
  )
}
