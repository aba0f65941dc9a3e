/** The tags of a second envelope are this text and a number from 1 on. */
const TAG = 'cipherbucket.key.'
const MOST_TAGS = 3
/** Characters of the longest value of a tag. */
const TAG_LENGTH = 256
const VERSION = 1
/** RSA-OAEP with SHA-256. */
const RSA_OAEP = 1
/** Bytes that the smallest key wraps to: 1,024 bits. */
const LEAST_WRAPPED = 128

/** Bytes of the name of a key in a second envelope. */
export const RECIPIENT_BYTES = 8
/** Bytes that the largest key wraps to: what the tags have room for. */
export const MOST_WRAPPED = (MOST_TAGS * TAG_LENGTH * 3) / 4 - 2 - RECIPIENT_BYTES

/** Data key and counter of one object, wrapped for one more key. Source FORMAT.md 11.11. */
export interface SecondEnvelope {
  /** The first 8 bytes of the SHA-256 of the key's SubjectPublicKeyInfo. */
  readonly recipient: Uint8Array
  /** As long as the modulus of the key. */
  readonly wrapped: Uint8Array
}

/** A reading of tags. 'newer': a later version of the app wrote them. */
export type SecondReading =
  | { readonly kind: 'none' | 'newer' | 'damaged' }
  | { readonly kind: 'second'; readonly second: SecondEnvelope }

type Tag = readonly [key: string, value: string]

/** Says whether a tag belongs to a second envelope. */
export const isSecondTag = ([name]: Tag): boolean => name.startsWith(TAG)

/**
 * Writes a second envelope as tags. Throws a RangeError for a wrapped value that no reader takes.
 */
export function secondTags({ recipient, wrapped }: SecondEnvelope): readonly Tag[] {
  const bytes = Buffer.concat([Buffer.of(VERSION, RSA_OAEP), recipient, wrapped])
  const tags = tagsOfSecondText(bytes.toString('base64url'))
  if (readSecond(tags).kind !== 'second') throw new RangeError('no second envelope of this length')
  return tags
}

/** Cuts the text of a second envelope into tags, as long as the text is. */
export const tagsOfSecondText = (text: string): readonly Tag[] =>
  Array.from({ length: Math.ceil(text.length / TAG_LENGTH) }, (_, i) => [
    `${TAG}${i + 1}`,
    text.slice(i * TAG_LENGTH, (i + 1) * TAG_LENGTH),
  ])

/** Joins the tags of a second envelope to its text; null where they are not those of one text. */
export function secondTextOf(tags: readonly Tag[]): string | null {
  const own = tags.filter(isSecondTag)
  const text = own
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([, value]) => value)
    .join('')
  const expected = tagsOfSecondText(text)
  const isSame =
    own.length > 0 &&
    own.length <= MOST_TAGS &&
    expected.length === own.length &&
    expected.every(([name, value]) => own.some((tag) => tag[0] === name && tag[1] === value))
  return isSame ? text : null
}

/** Reads the second envelope among the tags of an object. It needs no key. */
export function readSecond(tags: readonly Tag[]): SecondReading {
  if (!tags.some(isSecondTag)) return { kind: 'none' }
  const text = secondTextOf(tags)
  const bytes = Buffer.from(text ?? '', 'base64url')
  // The decoder skips line feeds, and accepts padding and the other alphabet.
  if (text === null || bytes.toString('base64url') !== text || bytes.length < 2)
    return { kind: 'damaged' }
  const [version = 0, kind = 0] = bytes
  if (version > VERSION || (version === VERSION && kind > RSA_OAEP)) return { kind: 'newer' }
  const wrapped = Uint8Array.from(bytes.subarray(2 + RECIPIENT_BYTES))
  if (version !== VERSION || kind !== RSA_OAEP || wrapped.length < LEAST_WRAPPED)
    return { kind: 'damaged' }
  const recipient = Uint8Array.from(bytes.subarray(2, 2 + RECIPIENT_BYTES))
  return { kind: 'second', second: { recipient, wrapped } }
}
