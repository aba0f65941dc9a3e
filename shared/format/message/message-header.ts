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
 * What a message of the KMS Encryption SDK says of itself. All of it is public; the tag is made
 * with the data key.
 */
export interface MessageHeader {
  /** 1 in every message there is. */
  readonly version: number
  /** An id of `message-algorithms.ts`. */
  readonly algorithm: number
  /**
   * The data key under each CMK. `keyId`: its ARN, or what the writer took for it; `wrapped`:
   * CiphertextBlob, base64 removed.
   */
  readonly dataKeys: readonly { readonly keyId: string; readonly wrapped: Uint8Array }[]
  readonly context: ReadonlyMap<string, string>
  readonly headerIv: Uint8Array
  readonly headerTag: Uint8Array
}

/**
 * A message whose place is known and whose content has yet to be read. Lengths are those that its
 * algorithm demands.
 */
export interface SealedMessage {
  readonly form: 'split' | 'message' | 'stream'
  readonly header: MessageHeader
  readonly iv: Uint8Array
  /** Empty where the algorithm has none; null: at `tagAt`, behind the content. */
  readonly tag: Uint8Array | null
  /** Of the ciphertext in the object. `length` null: the whole object (split form). */
  readonly content: { readonly offset: number; readonly length: number | null }
  /**
   * Offset of the tag's bytes in the object; null where it is in the metadata, or there is none.
   */
  readonly tagAt: number | null
}

const HEADER_IV_BYTES = 12
const HEADER_TAG_BYTES = 16

/**
 * All that stands before the ciphertext of a message fits into so many bytes, or it is none.
 * Metadata has room for an eighth of it.
 */
export const MAX_START_BYTES = 64 * 1024

/** The algorithm of a header that was parsed: it is known then. */
export function algorithmOf({ algorithm }: Pick<MessageHeader, 'algorithm'>): MessageAlgorithm {
  const found = messageAlgorithm(algorithm)
  if (found === null) throw new RangeError(`no such algorithm: ${algorithm}`)
  return found
}

/**
 * DER → header; null for anything that is not exactly one. A set may have any order, since only one
 * of the SDKs sorts it; no CMK and no name of the context may come twice, because the SDKs disagree
 * on what the header's tag is over then.
 */
export function parseHeader(bytes: Uint8Array): MessageHeader | null {
  const outer = bytes.length > MAX_START_BYTES ? null : elementAt(bytes, 0, bytes.length)
  return outer === null || outer === 'more' || outer.end !== bytes.length
    ? null
    : headerIn(bytes, outer)
}

/** The header that is this element of `bytes`, all of which are there. */
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

/** Values as they stand in either form of a header. */
export interface RawHeader {
  readonly version: number
  readonly algorithm: number
  readonly keys: readonly Pair[]
  readonly context: readonly Pair[]
  readonly headerIv: Uint8Array | null
  readonly headerTag: Uint8Array | null
}
export type Pair = readonly [name: Uint8Array, value: Uint8Array]

/** Checks what both forms have in common. Null: this is no header. */
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

/** Null when a name or a value is missing, or a name comes twice. */
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
 * Header → DER, sets sorted by their encoding as DER wants it. What is written is what
 * {@link parseHeader} reads.
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
 * The encryption context as both tags cover it: no bytes at all for an empty one, else the count
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
 * What the header's tag is over: AES-GCM under the data key with `headerIv`, these bytes as
 * additional data and no plaintext.
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
