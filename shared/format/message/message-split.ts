import { fromBase64, toBase64 } from '../base64.ts'
import { META_PREFIX, type Damage, type Headers } from '../headers.ts'
import {
  algorithmOf,
  parseHeader,
  serializeHeader,
  type MessageHeader,
  type EncryptedMessage,
} from './message-header.ts'

const NAMES = { header: 'header', iv: 'iv', tag: 'authtag' } as const

/**
 * Writes the metadata of an object whose body is only the ciphertext of a message. The prefix comes
 * twice, as in the sample of the Java SDK. The sample passes the whole name to a client that adds
 * its own prefix.
 */
export function splitHeaders(
  header: MessageHeader,
  iv: Uint8Array,
  tag: Uint8Array,
): Record<string, string> {
  const name = (suffix: string) => META_PREFIX + META_PREFIX + suffix
  return {
    [name(NAMES.header)]: toBase64(serializeHeader(header)),
    [name(NAMES.iv)]: toBase64(iv),
    [name(NAMES.tag)]: toBase64(tag),
  }
}

/**
 * The message that the metadata holds. `present`: the names that are left, without `x-oss-meta-`.
 */
export type SplitMessage =
  | { readonly kind: 'none' }
  | { readonly kind: 'message'; readonly message: EncryptedMessage }
  | (Damage & { readonly present: readonly string[] })

/**
 * Reads a split message. Its names have the prefix twice, as the sample writes them, or once, as
 * the comments of the sample say. Such names can belong to anybody. A message counts as damaged
 * only with two of its three headers, or with a header that parses.
 */
export function readSplit(headers: Headers): SplitMessage {
  for (const prefix of [META_PREFIX, '']) {
    const present = Object.values(NAMES)
      .map((name) => prefix + name)
      .filter((name) => headers.has(META_PREFIX + name))
    const read = (name: string) => headers.get(META_PREFIX + prefix + name)
    const header = parseHeader(fromBase64(read(NAMES.header)) ?? new Uint8Array())
    if (header === null && present.length < 2) continue
    const broken = (name: string): SplitMessage => ({
      kind: 'broken',
      header: prefix + name,
      problem: read(name) === undefined ? 'missing' : 'invalid',
      present,
    })
    const { ivBytes, tagBytes } =
      header === null ? { ivBytes: null, tagBytes: null } : algorithmOf(header)
    // An algorithm without a tag has an empty tag, and empty headers get lost.
    const needed = tagBytes === 0 ? [NAMES.header, NAMES.iv] : Object.values(NAMES)
    const absent = needed.find((name) => read(name) === undefined)
    if (absent !== undefined) return broken(absent)
    if (header === null) return broken(NAMES.header)
    const iv = fromBase64(read(NAMES.iv))
    if (iv?.length !== ivBytes) return broken(NAMES.iv)
    const tag = fromBase64(read(NAMES.tag) ?? '')
    if (tag?.length !== tagBytes) return broken(NAMES.tag)
    return {
      kind: 'message',
      message: {
        form: 'split',
        header,
        iv,
        tag,
        content: { offset: 0, length: null },
        tagAt: null,
      },
    }
  }
  return { kind: 'none' }
}
