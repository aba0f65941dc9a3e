import { checkBucketName, checkKey, decode } from '../request/addressing.ts'
import { checkConditions } from '../request/conditions.ts'
import { checkEncryptedCopy, isEnvelopeHeader } from '../request/encryption-rules.ts'
import { badArgument, OssError, refusal } from '../errors.ts'
import {
  xmlReply,
  type Exchange,
  type HeaderMap,
  type Place,
  type Reply,
} from '../request/exchange.ts'
import {
  aclOf,
  forbidsOverwrite,
  keptHeaders,
  quoted,
  requestTags,
  storageClassOf,
} from '../request/object-headers.ts'
import { versionHeaders } from '../request/versions.ts'
import type { StoredObject } from './bucket-files.ts'
import type { NewObject, ObjectStore } from './object-store.ts'
import { readVersionId } from './version-ids.ts'
import { leaf, xmlDocument, xmlTime } from '../xml.ts'

/** A larger object is copied only within one bucket and with its storage class. */
const SAFE_COPY_BYTES = 1024 ** 3

/** The source of a copy. */
export interface CopySource extends Place {
  /** Null: the current version. */
  readonly versionId: string | null
}

/**
 * Reads `x-oss-copy-source: /bucket/key?versionId=…`; bucket and key are percent-encoded.
 * Errors: InvalidArgument. Source: EC 0042-00000301 for the leading slash, 0016-00000305 for an
 * empty version id.
 */
export function copySource(headers: HeaderMap, ec?: string): CopySource {
  const text = headers.get('x-oss-copy-source') ?? ''
  const [, bucket, key, query = ''] = /^\/([^/]+)\/([^?]+)(?:\?(.*))?$/s.exec(text) ?? []
  if (bucket === undefined || key === undefined)
    throw badArgument('x-oss-copy-source', text, 'The copy source must be /bucket/object.', ec)
  const place = { bucket: decode(bucket), key: decode(key) }
  checkBucketName(place.bucket)
  checkKey(place.key)
  const named = /(?:^|&)versionId(?:=([^&]*))?(?:&|$)/.exec(query)
  const versionId = named === null ? undefined : decode(named[1] ?? '')
  return { ...place, versionId: readVersionId(versionId, '0016-00000305', 'x-oss-copy-source') }
}

/**
 * Returns the object that is copied.
 * Errors: NoSuchKey, also for a delete marker that is named by its id (EC 0016-00000307);
 * NoSuchVersion. Source: OSS's documentation of CopyObject.
 */
export function sourceVersion(store: ObjectStore, from: CopySource): StoredObject {
  try {
    return store.get(from.bucket, from.key, from.versionId)
  } catch (cause) {
    if (!(cause instanceof OssError) || cause.code !== 'MethodNotAllowed') throw cause
    throw refusal('NoSuchKey', { ec: '0016-00000307', extra: { Key: from.key } })
  }
}

/** Returns the header that names the version of the source, where its bucket has versioning. */
export const sourceVersionHeaders = (
  store: ObjectStore,
  bucket: string,
  versionId: string,
): Readonly<Record<string, string>> =>
  store.bucket(bucket).versioning === null ? {} : { 'x-oss-copy-source-version-id': versionId }

function directive(headers: HeaderMap, name: string): 'COPY' | 'REPLACE' {
  const value = (headers.get(name) ?? 'COPY').toUpperCase()
  if (value !== 'COPY' && value !== 'REPLACE')
    throw badArgument(name, value, 'The directive must be COPY or REPLACE.')
  return value
}

/**
 * Returns the headers of the request, with the envelope of the source, and with the content type of
 * the source where the request names none. Source: the tests of Python SDK V2 and oss2.
 */
function replacedHeaders(exchange: Exchange, source: StoredObject): StoredObject['headers'] {
  const given = new Map(keptHeaders(exchange).map((pair) => [pair[0].toLowerCase(), pair]))
  for (const pair of source.headers) {
    const name = pair[0].toLowerCase()
    const stays = isEnvelopeHeader(name) || (name === 'content-type' && !exchange.headers.has(name))
    if (stays) given.set(name, pair)
  }
  return [...given.values()]
}

/**
 * CopyObject. The bytes are shared on disk, so the size does not matter. An object copied onto
 * itself always takes the headers of the request, whatever the directive says.
 */
export function copyObject(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, key, headers, now } = exchange
  const forbid = forbidsOverwrite(headers)
  const from = copySource(headers)
  const ontoItself = from.bucket === bucket && from.key === key
  const replaces = directive(headers, 'x-oss-metadata-directive') === 'REPLACE' || ontoItself
  const replacesTags = directive(headers, 'x-oss-tagging-directive') === 'REPLACE'
  const source = sourceVersion(store, from)
  checkConditions(headers, source, 'x-oss-copy-source-')
  if (replaces) checkEncryptedCopy(source.headers, headers)
  const storageClass = storageClassOf(headers, source.storageClass)
  if (
    source.size > SAFE_COPY_BYTES &&
    (from.bucket !== bucket || storageClass !== source.storageClass)
  ) {
    throw refusal('EntityTooLarge', {
      message: 'The object is too large for CopyObject; use UploadPartCopy.',
    })
  }
  store.checkMayWrite(bucket, key, forbid)
  const object: NewObject = {
    ...source,
    key,
    type: source.type === 'Appendable' ? 'Normal' : source.type,
    modified: now,
    storageClass,
    headers: replaces ? replacedHeaders(exchange, source) : source.headers,
    tags: replacesTags ? requestTags(headers) : source.tags,
    acl: aclOf(headers, 'x-oss-object-acl', 'object'),
    segments: store.blobs.link(source.segments),
  }
  const { versionId } = store.put(bucket, object)
  const result = xmlDocument(
    'CopyObjectResult',
    leaf('ETag', quoted(object.etag)),
    leaf('LastModified', xmlTime(now)),
  )
  return xmlReply(result, {
    ETag: quoted(object.etag),
    ...(object.crc64 !== null && { 'x-oss-hash-crc64ecma': object.crc64 }),
    ...versionHeaders(store, bucket, versionId),
    ...sourceVersionHeaders(store, from.bucket, source.versionId),
  })
}
