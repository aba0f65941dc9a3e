import { badArgument, refusal } from '../errors.ts'
import type { Exchange, HeaderMap } from './exchange.ts'
import type { StoredObject } from '../store/bucket-files.ts'
import { parseTags, tagsOfHeader, type Tag } from '../tags.ts'

const KEPT: ReadonlySet<string> = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
])
const META = 'x-oss-meta-'
const MAX_META_BYTES = 8 * 1024
const STORAGE_CLASSES: ReadonlySet<string> = new Set([
  'Standard',
  'IA',
  'Archive',
  'ColdArchive',
  'DeepColdArchive',
])

/**
 * The headers of a request that stay with the object. Names of user metadata in lower case (EC
 * 0011-00000004); at most 8 KiB of it in all.
 */
export function keptHeaders({
  rawHeaders,
  headers,
}: Exchange): readonly (readonly [string, string])[] {
  const kept = new Map<string, readonly [string, string]>()
  let metaBytes = 0
  for (const [name] of rawHeaders) {
    const lower = name.toLowerCase()
    const value = headers.get(lower) ?? ''
    if (kept.has(lower) || !(KEPT.has(lower) || lower.startsWith(META))) continue
    if (lower.startsWith(META)) metaBytes += lower.length + value.length
    kept.set(lower, [lower.startsWith(META) ? lower : name, value])
  }
  if (metaBytes > MAX_META_BYTES) throw refusal('MetadataTooLarge')
  if (!kept.has('content-type'))
    kept.set('content-type', ['Content-Type', 'application/octet-stream'])
  return [...kept.values()]
}

export function storageClassOf(headers: HeaderMap, otherwise = 'Standard'): string {
  const name = headers.get('x-oss-storage-class') ?? otherwise
  if (!STORAGE_CLASSES.has(name))
    throw badArgument('x-oss-storage-class', name, 'The storage class is not valid.')
  return name
}

const ACLS: ReadonlySet<string> = new Set(['private', 'public-read', 'public-read-write'])

/**
 * The ACL that the header `name` gives, or undefined without it. Only an object can have that of
 * its bucket, `default`.
 */
export function aclOf(
  headers: HeaderMap,
  name: 'x-oss-acl' | 'x-oss-object-acl',
  level: 'bucket' | 'object',
): string | undefined {
  const acl = headers.get(name)
  if (acl === undefined || ACLS.has(acl) || (level === 'object' && acl === 'default')) return acl
  throw badArgument(name, acl, 'The ACL is not valid.')
}

export function forbidsOverwrite(headers: HeaderMap): boolean {
  const value = headers.get('x-oss-forbid-overwrite') ?? 'false'
  if (value !== 'true' && value !== 'false') {
    throw badArgument(
      'x-oss-forbid-overwrite',
      value,
      'x-oss-forbid-overwrite must be true or false.',
      '0017-00000279',
    )
  }
  return value === 'true'
}

export function requestTags(headers: HeaderMap): readonly Tag[] {
  const text = headers.get('x-oss-tagging')
  return text === undefined ? [] : parseTags(tagsOfHeader(text))
}

export const quoted = (etag: string): string => `"${etag}"`

/** The headers that describe a stored object, as HEAD and GET answer them. */
export function describe(object: StoredObject): readonly (readonly [string, string])[] {
  return [
    ...object.headers,
    ['ETag', quoted(object.etag)],
    ['Last-Modified', new Date(object.modified).toUTCString()],
    ['Accept-Ranges', 'bytes'],
    ['x-oss-object-type', object.type],
    ['x-oss-storage-class', object.storageClass],
    ...(object.crc64 === null ? [] : [['x-oss-hash-crc64ecma', object.crc64] as const]),
    ...(object.type === 'Normal'
      ? [['Content-MD5', Buffer.from(object.etag, 'hex').toString('base64')] as const]
      : []),
    ...(object.type === 'Appendable'
      ? [['x-oss-next-append-position', String(object.size)] as const]
      : []),
    ...(object.tags.length === 0
      ? []
      : [['x-oss-tagging-count', String(object.tags.length)] as const]),
  ]
}
