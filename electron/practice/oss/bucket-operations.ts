import { checkBucketName } from './request/addressing.ts'
import { badArgument, refusal } from './errors.ts'
import { reply, xmlReply, type Exchange, type Reply } from './request/exchange.ts'
import { pageSize } from './list.ts'
import { OWNER } from './store/listings.ts'
import type { MultipartStore } from './store/multipart-store.ts'
import { aclOf } from './request/object-headers.ts'
import type { Bucket, ObjectStore } from './store/object-store.ts'
import { receiveText } from './request/request-body.ts'
import { element, leaf, xmlDocument, xmlTime } from './xml.ts'

/** The endpoints are this server's own: a client that follows them must not leave the computer. */
const bucketXml = (bucket: Bucket, region: string, address: string): readonly string[] => [
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
      ),
    ),
  )
}

export function bucketStat(
  store: ObjectStore,
  uploads: MultipartStore,
  { bucket }: Exchange,
): Reply {
  let bytes = 0
  for (const { size } of store.bucket(bucket).index.values()) bytes += size
  const counts = [
    leaf('Storage', bytes),
    leaf('ObjectCount', store.bucket(bucket).index.size),
    leaf('MultipartUploadCount', uploads.list(bucket).length),
  ]
  return xmlReply(xmlDocument('BucketStat', ...counts))
}

/** The ACL of a bucket, or of an object. */
export function getAcl(store: ObjectStore, { bucket, key }: Exchange): Reply {
  const acl = key === '' ? store.bucket(bucket).acl : (store.get(bucket, key).acl ?? 'default')
  return xmlReply(
    xmlDocument('AccessControlPolicy', OWNER, element('AccessControlList', leaf('Grant', acl))),
  )
}

/** Kept and answered by GetAcl. Nobody but the account can sign here, so it lets nobody else in. */
export function putAcl(store: ObjectStore, { bucket, key, headers }: Exchange): Reply {
  if (key === '')
    store.setAcl(bucket, aclOf(headers, 'x-oss-acl', 'bucket') ?? missingAcl('x-oss-acl'))
  else
    store.put(bucket, {
      ...store.get(bucket, key),
      acl: aclOf(headers, 'x-oss-object-acl', 'object') ?? missingAcl('x-oss-object-acl'),
    })
  return reply(200)
}

function missingAcl(name: string): never {
  throw badArgument(name, '', 'The ACL is missing.')
}
