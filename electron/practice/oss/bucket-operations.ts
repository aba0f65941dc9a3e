import { checkBucketName } from './request/addressing.ts'
import { requestedVersion, versionHeaders } from './request/versions.ts'
import { badArgument, refusal } from './errors.ts'
import { reply, xmlReply, type Exchange, type Reply } from './request/exchange.ts'
import { pageSize } from './list.ts'
import { OWNER } from './store/listings.ts'
import type { MultipartStore } from './store/multipart-store.ts'
import { aclOf } from './request/object-headers.ts'
import type { StoredBucket, ObjectStore } from './store/object-store.ts'
import { receiveText } from './request/request-body.ts'
import { childText, element, leaf, readRequestXml, xmlDocument, xmlTime } from './xml.ts'

/** The endpoints are this server's: a client that follows them must not leave the computer. */
const bucketXml = (bucket: StoredBucket, region: string, address: string): readonly string[] => [
  leaf('Name', bucket.name),
  leaf('CreationDate', xmlTime(bucket.created)),
  leaf('Location', `oss-${region}`),
  leaf('Region', region),
  leaf('ExtranetEndpoint', address),
  leaf('IntranetEndpoint', address),
  leaf('StorageClass', 'Standard'),
]

/** ListBuckets, with prefix and marker. */
export function listBuckets(
  store: ObjectStore,
  region: string,
  { query, address }: Exchange,
): Reply {
  const [prefix, marker] = [query.get('prefix') ?? '', query.get('marker') ?? '']
  const max = pageSize(query, 'max-keys', 100)
  const rest = store.buckets().filter(({ name }) => name.startsWith(prefix) && name > marker)
  const page = rest.slice(0, max)
  return xmlReply(
    xmlDocument(
      'ListAllMyBucketsResult',
      leaf('Prefix', prefix),
      leaf('Marker', marker),
      leaf('MaxKeys', max),
      leaf('IsTruncated', rest.length > page.length),
      rest.length > page.length ? leaf('NextMarker', page.at(-1)?.name ?? '') : '',
      OWNER,
      element(
        'Buckets',
        ...page.map((bucket) => element('Bucket', ...bucketXml(bucket, region, address))),
      ),
    ),
  )
}

/** PutBucket: making one's own bucket again is fine. */
export async function putBucket(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  checkBucketName(exchange.bucket)
  const acl = aclOf(exchange.headers, 'x-oss-acl', 'bucket') ?? 'private'
  // The body may choose a storage class; there is only one here.
  await receiveText(exchange)
  if (!store.hasBucket(exchange.bucket)) store.createBucket(exchange.bucket, exchange.now, acl)
  return reply(200, { Location: `/${exchange.bucket}` })
}

export function deleteBucket(
  store: ObjectStore,
  uploads: MultipartStore,
  { bucket }: Exchange,
): Reply {
  if (uploads.list(bucket).length > 0)
    throw refusal('BucketNotEmpty', { extra: { BucketName: bucket } })
  store.deleteBucket(bucket)
  return reply(204)
}

export function bucketLocation(store: ObjectStore, region: string, { bucket }: Exchange): Reply {
  store.bucket(bucket)
  return xmlReply(xmlDocument('LocationConstraint', `oss-${region}`))
}

export function bucketInfo(
  store: ObjectStore,
  region: string,
  { bucket, address }: Exchange,
): Reply {
  const found = store.bucket(bucket)
  const grant = element('AccessControlList', leaf('Grant', found.acl))
  return xmlReply(
    xmlDocument(
      'BucketInfo',
      element(
        'Bucket',
        ...bucketXml(found, region, address),
        OWNER,
        grant,
        leaf('DataRedundancyType', 'LRS'),
        found.versioning === null ? '' : leaf('Versioning', found.versioning),
      ),
    ),
  )
}

/** GetBucketStat. Every version counts as an object, for each of them takes storage. */
export function bucketStat(
  store: ObjectStore,
  uploads: MultipartStore,
  { bucket }: Exchange,
): Reply {
  const { index, versioning } = store.bucket(bucket)
  let [bytes, objects, markers] = [0, 0, 0]
  for (const { size, isDeleteMarker } of index.values()) {
    bytes += size
    if (isDeleteMarker) markers += 1
    else objects += 1
  }
  const counts = [
    leaf('Storage', bytes),
    leaf('ObjectCount', objects),
    leaf('MultipartUploadCount', uploads.list(bucket).length),
    versioning === null ? '' : leaf('DeleteMarkerCount', markers),
  ]
  return xmlReply(xmlDocument('BucketStat', ...counts))
}

/** GetBucketAcl and GetObjectAcl. */
export function getAcl(store: ObjectStore, exchange: Exchange): Reply {
  if (exchange.key === '') return aclReply(store.bucket(exchange.bucket).acl, {})
  const { acl = 'default', versionId } = requestedVersion(store, exchange)
  return aclReply(acl, versionHeaders(store, exchange.bucket, versionId))
}

const aclReply = (acl: string, headers: Readonly<Record<string, string>>): Reply =>
  xmlReply(
    xmlDocument('AccessControlPolicy', OWNER, element('AccessControlList', leaf('Grant', acl))),
    headers,
  )

/**
 * PutBucketAcl and PutObjectAcl. GetAcl answers with the ACL. It lets nobody else in: only the
 * account can sign here.
 */
export function putAcl(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, key, headers } = exchange
  if (key === '') {
    store.updateBucket(bucket, {
      acl: aclOf(headers, 'x-oss-acl', 'bucket') ?? missingAcl('x-oss-acl'),
    })
    return reply(200)
  }
  const acl = aclOf(headers, 'x-oss-object-acl', 'object') ?? missingAcl('x-oss-object-acl')
  const object = requestedVersion(store, exchange)
  store.update(bucket, { ...object, acl })
  return reply(200, versionHeaders(store, bucket, object.versionId))
}

function missingAcl(name: string): never {
  throw badArgument(name, '', 'The ACL is missing.')
}

/** GetBucketVersioning: without a Status where versioning was never enabled. */
export function getVersioning(store: ObjectStore, { bucket }: Exchange): Reply {
  const { versioning } = store.bucket(bucket)
  return xmlReply(
    xmlDocument('VersioningConfiguration', versioning === null ? '' : leaf('Status', versioning)),
  )
}

/**
 * PutBucketVersioning: Enabled or Suspended; there is no way back to neither.
 * Errors: MalformedXML for every other status. Source: the tests of oss2.
 */
export async function putVersioning(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  const text = await receiveText(exchange)
  const status = childText(readRequestXml(text, 'VersioningConfiguration'), 'Status')
  if (status !== 'Enabled' && status !== 'Suspended') throw refusal('MalformedXML')
  store.updateBucket(exchange.bucket, { versioning: status })
  return reply(200)
}
