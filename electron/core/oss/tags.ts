import { Failure } from '../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../shared/contract/models.ts'
import { xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import { versionQuery } from './object-ref.ts'
import { all, textAt, xmlText } from './oss-xml.ts'
import { encodeQuery } from './sign-v4.ts'

/** Key and value of one tag of an object. */
export type ObjectTag = readonly [key: string, value: string]

/** OSS's name of the permission to write tags. */
export const PUT_TAGS = 'oss:PutObjectTagging'
/** The header of a request that makes an object with tags. */
export const TAG_HEADER = 'x-oss-tagging'

/** Limits of OSS. Source: OSS documentation, PutObjectTagging. Lengths are in characters. */
export const MAX_TAGS = 10
const MAX_KEY_LENGTH = 128
const MAX_VALUE_LENGTH = 256

/**
 * Asks for the tags of an object, in the order of OSS.
 * Errors: Failure, 'not-found' among them.
 */
export async function readTags(
  oss: Oss,
  { bucket, key, versionId }: ObjectRef,
  signal: AbortSignal,
): Promise<readonly ObjectTag[]> {
  const action = versionId === null ? 'oss:GetObjectTagging' : 'oss:GetObjectVersionTagging'
  const asked = { action, bucket, key }
  const query = { tagging: '', ...versionQuery(versionId) }
  const answer = await oss.call({ ...asked, method: 'GET', query }, signal)
  const tags = all(xmlOf(answer, 'Tagging', asked), 'TagSet')
    .flatMap((set) => all(set, 'Tag'))
    .map((tag) => [textAt(tag, 'Key'), textAt(tag, 'Value')] as const)
  oss.listener?.tagged({ bucket, key }, tags)
  return tags
}

/**
 * Replaces all tags of an object. OSS knows no condition for this request.
 * Errors: Failure, 'access-denied' and 'not-found' among them; 'too-many' for more than 10 tags. A
 * RangeError for a tag that is too long, and for text that XML cannot carry.
 */
export async function putTags(
  oss: Oss,
  { bucket, key, versionId }: ObjectRef,
  tags: readonly ObjectTag[],
  signal: AbortSignal,
): Promise<void> {
  const action = versionId === null ? PUT_TAGS : 'oss:PutObjectVersionTagging'
  const query = { tagging: '', ...versionQuery(versionId) }
  const headers = { 'content-type': 'application/xml' }
  await oss.call(
    { method: 'PUT', bucket, key, action, query, headers, body: tagsBody(tags) },
    signal,
  )
}

function tagsBody(tags: readonly ObjectTag[]): Uint8Array {
  if (tags.length > MAX_TAGS) throw new Failure({ code: 'too-many', limit: MAX_TAGS })
  const items = tags.map(([key, value]) => {
    const [name, text] = [xmlText(key), xmlText(value)]
    const isShort = key.length <= MAX_KEY_LENGTH && value.length <= MAX_VALUE_LENGTH
    if (key === '' || !isShort || name === null || text === null)
      throw new RangeError('OSS takes no such tag')
    return `<Tag><Key>${name}</Key><Value>${text}</Value></Tag>`
  })
  const set = `<TagSet>${items.join('')}</TagSet>`
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?><Tagging>${set}</Tagging>`)
}

/** Writes tags in the form of the header `x-oss-tagging`; '' for none. */
export const tagHeader = (tags: readonly ObjectTag[]): string =>
  encodeQuery(Object.fromEntries(tags))

/** Returns the tags of an object in the form of the header; see {@link readTags}. */
export const tagsOf = async (oss: Oss, ref: ObjectRef, signal: AbortSignal): Promise<string> =>
  tagHeader(await readTags(oss, ref, signal))
