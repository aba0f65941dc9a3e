import { fromBase64, toBase64 } from '../base64.ts'
import { META_PREFIX, type Damage, type Headers } from '../headers.ts'
import {
  algorithmOf,
  parseHeader,
  serializeHeader,
  type MessageHeader,
  type SealedMessage,
} from './message-header.ts'

const NAMES = { header: 'header', iv: 'iv', tag: 'authtag' } as const

/**
 * The metadata of an object whose body is the ciphertext of a message alone. The prefix is there
 * twice, as the sample of the Java SDK has it, which hands the whole name to a client that puts its
 * own before it.
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

/** What the metadata holds of a message. `present`: what is left of it, without `x-oss-meta-`. */
export type SplitMessage =
  | { readonly kind: 'none' }
  | { readonly kind: 'message'; readonly message: SealedMessage }
  | (Damage & { readonly present: readonly string[] })

/**
 * Names with the prefix twice, as the sample writes them, or once, as its comments have them. Such
 * names may be anybody's, so a message counts as damaged only when two of the three are there, or a
 * header that reads as one.
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
    // An algorithm without a tag has an empty one, and empty headers get lost.
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
