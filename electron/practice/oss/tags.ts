import { refusal } from './errors.ts'
import { children, childText, readRequestXml } from './xml.ts'

/** Key and value of one object tag. */
export type Tag = readonly [key: string, value: string]

const MAX_TAGS = 10
const ALLOWED = /^[\p{L}\p{N} +\-=._:/]*$/u

/** Reads the header x-oss-tagging: `a=1&b=2`, percent-encoded. Errors: InvalidTag. */
export function tagsOfHeader(text: string): readonly Tag[] {
  try {
    return text
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const equals = pair.indexOf('=')
        const part = (encoded: string) => decodeURIComponent(encoded.replaceAll('+', ' '))
        return equals < 0
          ? ([part(pair), ''] as const)
          : ([part(pair.slice(0, equals)), part(pair.slice(equals + 1))] as const)
      })
  } catch {
    throw refusal('InvalidTag')
  }
}

/** Reads the body of PutObjectTagging. Errors: MalformedXML. */
export function tagsOfXml(text: string): readonly Tag[] {
  const sets = children(readRequestXml(text, 'Tagging'), 'TagSet')
  if (sets.length !== 1) throw refusal('MalformedXML')
  return children(sets[0], 'Tag').map((tag) => {
    const key = childText(tag, 'Key')
    if (key === undefined) throw refusal('MalformedXML')
    return [key, childText(tag, 'Value') ?? ''] as const
  })
}

/**
 * Checks tags and returns them. There are at most 10, and no key occurs twice. A key has 1 to 128
 * characters and a value 0 to 256: letters, digits, space and `+-=._:/`.
 * Errors: InvalidTag.
 */
export function parseTags(tags: readonly Tag[]): readonly Tag[] {
  if (tags.length > MAX_TAGS)
    throw refusal('InvalidTag', { message: 'An object has at most 10 tags.' })
  for (const [key, value] of tags) {
    if (key.length < 1 || key.length > 128 || !ALLOWED.test(key))
      throw refusal('InvalidTag', { message: 'A tag key is not valid.' })
    if (value.length > 256 || !ALLOWED.test(value))
      throw refusal('InvalidTag', { message: 'A tag value is not valid.' })
  }
  if (new Set(tags.map(([key]) => key)).size !== tags.length)
    throw refusal('InvalidTag', { message: 'A tag key is repeated.' })
  return tags
}
