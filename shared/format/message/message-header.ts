import { toBase64 } from '../base64.ts'
import { compareBytes, counted, joined, u32, utf8, utf8Text } from '../bytes.ts'
import {
  der,
  derInteger,
  elementAt,
  elementsIn,
  OCTET_STRING,
  SEQUENCE,
  SET,
  smallInteger,
  type Element,
} from '../der.ts'
import { messageAlgorithm, type MessageAlgorithm } from './message-algorithms.ts'

/**
 * The header of a KMS Encryption SDK message. All of it is public. Its tag is made with the data
 * key.
 */
export interface MessageHeader {
  /** 1 in every known message. */
  readonly version: number
  /** An id of `message-algorithms.ts`. */
  readonly algorithm: number
  /**
   * The data key under each CMK. `keyId`: the ARN, or the text that the writer used for it.
   * `wrapped`: the decoded CiphertextBlob.
   */
  readonly dataKeys: readonly { readonly keyId: string; readonly wrapped: Uint8Array }[]
  readonly context: ReadonlyMap<string, string>
  readonly headerIv: Uint8Array
  readonly headerTag: Uint8Array
}

/** A message whose content is found and not yet read. All lengths fit the algorithm. */
export interface EncryptedMessage {
  readonly form: 'split' | 'message' | 'stream'
  readonly header: MessageHeader
  readonly iv: Uint8Array
  /** Empty for an algorithm without a tag. Null: the tag is at `tagAt`, behind the content. */
  readonly tag: Uint8Array | null
  /** The place of the ciphertext in the object. `length` null: the whole object (split form). */
  readonly content: { readonly offset: number; readonly length: number | null }
  /** The offset of the tag in the object; null for a tag in the metadata, and without a tag. */
  readonly tagAt: number | null
}

const HEADER_IV_BYTES = 12
const HEADER_TAG_BYTES = 16

/** The most bytes before the ciphertext of a message. Metadata has room for an eighth of it. */
export const MAX_START_BYTES = 64 * 1024

/** Returns the algorithm of a parsed header, whose number is known. */
export function algorithmOf({ algorithm }: Pick<MessageHeader, 'algorithm'>): MessageAlgorithm {
  const found = messageAlgorithm(algorithm)
  if (found === null) throw new RangeError(`no such algorithm: ${algorithm}`)
  return found
}

/**
 * Reads a header from DER. Returns null for anything but exactly one header. A set can have any
 * order, because only one of the SDKs sorts it. No CMK and no name of the context may come twice,
 * because the SDKs then compute the tag of the header differently.
 */
export function parseHeader(bytes: Uint8Array): MessageHeader | null {
  const outer = bytes.length > MAX_START_BYTES ? null : elementAt(bytes, 0, bytes.length)
  return outer === null || outer === 'more' || outer.end !== bytes.length
    ? null
    : headerIn(bytes, outer)
}

/** Reads the header that is this element of `bytes`, all of which are there. */
export function headerIn(bytes: Uint8Array, element: Element): MessageHeader | null {
  const fields = element.tag === SEQUENCE ? elementsIn(bytes, element) : null
  const [version, algorithm, keys, context, iv, tag] = fields ?? []
  if (fields?.length !== 6 || version === undefined || algorithm === undefined) return null
  const parts = {
    version: smallInteger(bytes, version),
    algorithm: smallInteger(bytes, algorithm),
    keys: pairsIn(bytes, keys),
    context: pairsIn(bytes, context),
    headerIv: octetsAt(bytes, iv),
    headerTag: octetsAt(bytes, tag),
  }
  if (
    parts.keys === null ||
    parts.context === null ||
    parts.version === null ||
    parts.algorithm === null
  )
    return null
  return headerOf({
    ...parts,
    version: parts.version,
    algorithm: parts.algorithm,
    keys: parts.keys,
    context: parts.context,
  })
}

/** The fields that both forms of a header have. */
export interface RawHeader {
  readonly version: number
  readonly algorithm: number
  readonly keys: readonly Pair[]
  readonly context: readonly Pair[]
  readonly headerIv: Uint8Array | null
  readonly headerTag: Uint8Array | null
}
export type Pair = readonly [name: Uint8Array, value: Uint8Array]

/** Checks the fields that both forms have. Returns null for an invalid header. */
export function headerOf({
  version,
  algorithm,
  keys,
  context,
  headerIv,
  headerTag,
}: RawHeader): MessageHeader | null {
  if (
    messageAlgorithm(algorithm) === null ||
    headerIv?.length !== HEADER_IV_BYTES ||
    headerTag?.length !== HEADER_TAG_BYTES
  )
    return null
  const named = distinct(keys.map(([name, value]) => [utf8Text(name), value] as const))
  const pairs = distinct(context.map(([name, value]) => [utf8Text(name), utf8Text(value)] as const))
  if (named === null || pairs === null || named.size === 0) return null
  const dataKeys = [...named].map(([keyId, wrapped]) => ({ keyId, wrapped }))
  return dataKeys.some(({ keyId, wrapped }) => keyId === '' || wrapped.length === 0)
    ? null
    : { version, algorithm, dataKeys, context: pairs, headerIv, headerTag }
}

/** Returns null when a name or a value is missing, or a name comes twice. */
function distinct<T>(
  pairs: readonly (readonly [string | null, T | null])[],
): ReadonlyMap<string, T> | null {
  const found = new Map<string, T>()
  for (const [name, value] of pairs) {
    if (name === null || value === null || found.has(name)) return null
    found.set(name, value)
  }
  return found
}

function octetsAt(bytes: Uint8Array, element: Element | undefined): Uint8Array | null {
  return element?.tag === OCTET_STRING ? bytes.slice(element.start, element.end) : null
}

/** SET OF SEQUENCE { OCTET STRING, OCTET STRING } */
function pairsIn(bytes: Uint8Array, set: Element | undefined): readonly Pair[] | null {
  const sequences = set?.tag === SET ? elementsIn(bytes, set) : null
  const pairs = (sequences ?? []).map((sequence): Pair | null => {
    const fields = sequence.tag === SEQUENCE ? elementsIn(bytes, sequence) : null
    const [name, value] = [octetsAt(bytes, fields?.[0]), octetsAt(bytes, fields?.[1])]
    return fields?.length === 2 && name !== null && value !== null ? [name, value] : null
  })
  return sequences === null || pairs.includes(null) ? null : (pairs as readonly Pair[])
}

/**
 * Writes a header as DER, with its sets sorted by their encoding as DER demands. {@link
 * parseHeader} reads the answer.
 */
export function serializeHeader(header: MessageHeader): Uint8Array {
  const pair = (name: Uint8Array, value: Uint8Array) =>
    der(SEQUENCE, der(OCTET_STRING, name), der(OCTET_STRING, value))
  const set = (members: readonly Uint8Array[]) => der(SET, ...[...members].sort(compareBytes))
  return der(
    SEQUENCE,
    derInteger(header.version),
    derInteger(header.algorithm),
    set(header.dataKeys.map(({ keyId, wrapped }) => pair(utf8(keyId), wrapped))),
    set([...header.context].map(([name, value]) => pair(utf8(name), utf8(value)))),
    der(OCTET_STRING, header.headerIv),
    der(OCTET_STRING, header.headerTag),
  )
}

/**
 * Writes the encryption context as both tags cover it: no bytes for an empty one, else the count
 * and the pairs, sorted by name.
 */
export function contextBytes(context: ReadonlyMap<string, string>): Uint8Array {
  if (context.size === 0) return new Uint8Array()
  const pairs = [...context]
    .map(([name, value]) => [utf8(name), utf8(value)] as const)
    .sort(([a], [b]) => compareBytes(a, b))
  return joined(
    u32(context.size),
    ...pairs.flatMap(([name, value]) => [counted(name), counted(value)]),
  )
}

/**
 * Returns the bytes that the tag of the header covers: additional data of AES-GCM under the data
 * key with `headerIv`, without a plaintext.
 *
 * Source  CipherHeader.java serializeAuthenticatedFields, model.py: data keys by their id, and as
 * base64 text.
 */
export function headerAuthInput(header: MessageHeader): Uint8Array {
  const keys = header.dataKeys
    .map(({ keyId, wrapped }) => [utf8(keyId), utf8(toBase64(wrapped))] as const)
    .sort(([a], [b]) => compareBytes(a, b))
  return joined(
    u32(header.version),
    u32(header.algorithm),
    u32(header.context.size),
    contextBytes(header.context),
    u32(keys.length),
    ...keys.flatMap(([keyId, wrapped]) => [counted(keyId), counted(wrapped)]),
  )
}
