import { checkBucketName, checkKey, decode } from '../request/addressing.ts'
import { checkConditions } from '../request/conditions.ts'
import { checkEncryptedCopy, isEnvelopeHeader } from '../request/encryption-rules.ts'
import { badArgument, refusal } from '../errors.ts'
import {
  xmlReply,
  type Exchange,
  type HeaderMap,
  type Place,
  type Reply,
} from '../request/exchange.ts'
import { struckBy } from '../../faults.ts'
import {
  aclOf,
  forbidsOverwrite,
  keptHeaders,
  quoted,
  requestTags,
  storageClassOf,
} from '../request/object-headers.ts'
import type { ObjectStore, StoredObject } from './object-store.ts'
import { leaf, xmlDocument, xmlTime } from '../xml.ts'

/** Beyond this, CopyObject works only within one bucket, with the storage class unchanged. */
const SAFE_COPY_BYTES = 1024 ** 3

/**
 * `x-oss-copy-source: /bucket/key`, percent-encoded. Source: EC 0042-00000301 for the leading
 * slash.
 */
export function copySource(headers: HeaderMap, ec?: string): Place {
  const text = headers.get('x-oss-copy-source') ?? ''
  const [, bucket, key] = /^\/([^/]+)\/([^?]+)(?:\?.*)?$/s.exec(text) ?? []
  if (bucket === undefined || key === undefined)
    throw badArgument('x-oss-copy-source', text, 'The copy source must be /bucket/object.', ec)
  const place = { bucket: decode(bucket), key: decode(key) }
  checkBucketName(place.bucket)
  checkKey(place.key)
  return place
}

function directive(headers: HeaderMap, name: string): 'COPY' | 'REPLACE' {
  const value = (headers.get(name) ?? 'COPY').toUpperCase()
  if (value !== 'COPY' && value !== 'REPLACE')
    throw badArgument(name, value, 'The directive must be COPY or REPLACE.')
  return value
}

/**
 * Metadata of the request. The envelope and, where the request names no type, the source's type
 * stay. Source: the tests of Python SDK V2 and oss2.
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
 * itself always takes the metadata of the request, whatever the directive says.
 */
export function copyObject(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, key, headers, now, faults } = exchange
  const forbid = forbidsOverwrite(headers)
  const from = copySource(headers)
  const ontoItself = from.bucket === bucket && from.key === key
  const replaces = directive(headers, 'x-oss-metadata-directive') === 'REPLACE' || ontoItself
  const replacesTags = directive(headers, 'x-oss-tagging-directive') === 'REPLACE'
  const source = store.get(from.bucket, from.key)
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
  if (forbid && store.find(bucket, key) !== undefined)
    throw refusal('FileAlreadyExists', { extra: { Key: key } })
  const object: StoredObject = {
    ...source,
    key,
    type: source.type === 'Appendable' ? 'Normal' : source.type,
    modified: now,
    storageClass,
    headers: replaces ? replacedHeaders(exchange, source) : source.headers,
    tags: replacesTags ? requestTags(headers) : source.tags,
    acl: aclOf(headers, 'x-oss-object-acl', 'object'),
    crc64: struckBy(faults, 'no-crc') === undefined ? source.crc64 : null,
    segments: ontoItself ? source.segments : store.blobs.link(source.segments),
  }
  store.put(bucket, object)
  const result = xmlDocument(
    'CopyObjectResult',
    leaf('ETag', quoted(object.etag)),
    leaf('LastModified', xmlTime(now)),
  )
  return xmlReply(result, {
    ETag: quoted(object.etag),
    ...(object.crc64 !== null && { 'x-oss-hash-crc64ecma': object.crc64 }),
  })
}
