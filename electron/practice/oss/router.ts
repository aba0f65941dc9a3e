import { checkBucketName, checkKey } from './request/addressing.ts'
import {
  bucketInfo,
  bucketLocation,
  bucketStat,
  deleteBucket,
  getAcl,
  getVersioning,
  listBuckets,
  putAcl,
  putBucket,
  putVersioning,
} from './bucket-operations.ts'
import { complete } from './store/complete.ts'
import { copyObject } from './store/copies.ts'
import { refusal } from './errors.ts'
import { reply, type Exchange, type Reply } from './request/exchange.ts'
import { listObjectsV1, listObjectsV2 } from './store/listings.ts'
import { listParts, listUploads } from './store/upload-listings.ts'
import { listVersions } from './store/version-listing.ts'
import type { MultipartStore } from './store/multipart-store.ts'
import { getObject, getObjectMeta, headObject } from './object-reads.ts'
import type { ObjectStore } from './store/object-store.ts'
import { deleteObject, deleteObjects } from './object-deletes.ts'
import { deleteTagging, getTagging, putTagging } from './object-tagging.ts'
import { appendObject, putObject } from './object-writes.ts'
import { abort, initiate, uploadPart, uploadPartCopy } from './parts.ts'
import { trafficLimit } from './request/request-body.ts'

/** The stores that operations work on. */
export interface Shelf {
  readonly store: ObjectStore
  readonly uploads: MultipartStore
  readonly region: string
}

type Operation = (shelf: Shelf, exchange: Exchange) => Reply | Promise<Reply>

/**
 * Query parameters that choose another operation than the plain one. A parameter without a row in
 * the table below is not offered.
 */
const CHOOSERS = [
  'uploads',
  'uploadId',
  'append',
  'delete',
  'tagging',
  'acl',
  'objectMeta',
  'location',
  'bucketInfo',
  'stat',
  'accelerate',
  'accessmonitor',
  'asyncFetch',
  'cname',
  'comp',
  'cors',
  'encryption',
  'httpsConfig',
  'inventory',
  'inventoryId',
  'lifecycle',
  'live',
  'logging',
  'metaQuery',
  'policy',
  'publicAccessBlock',
  'qosInfo',
  'referer',
  'replication',
  'requestPayment',
  'resourceGroup',
  'restore',
  'seal',
  'style',
  'symlink',
  'transferAcceleration',
  'versioning',
  'versions',
  'vod',
  'website',
  'worm',
  'wormId',
  'callback',
  'x-oss-process',
  'x-oss-async-process',
]

/** Parameters that some client sends without a value to an operation that is offered. */
const BARE: ReadonlySet<string> = new Set([
  ...CHOOSERS,
  'continuation-token',
  'delimiter',
  'encoding-type',
  'key-marker',
  'marker',
  'part-number-marker',
  'prefix',
  'security-token',
  'start-after',
  'upload-id-marker',
  'version-id-marker',
  'versionId',
])

/** Operations that take a version id. AppendObject refuses one in its own words. */
const BY_VERSION: ReadonlySet<string> = new Set([
  'object GET',
  'object HEAD',
  'object DELETE',
  'object GET objectMeta',
  'object HEAD objectMeta',
  'object GET tagging',
  'object PUT tagging',
  'object DELETE tagging',
  'object GET acl',
  'object PUT acl',
  'object POST append',
])

/**
 * Request headers that ask for something that is not offered. The server refuses them, because a
 * client that sends one relies on it.
 */
const NOT_OFFERED = [
  'x-oss-callback',
  'x-oss-callback-var',
  'x-oss-server-side-encryption',
  'x-oss-server-side-encryption-key-id',
  'x-oss-server-side-data-encryption',
  'x-oss-symlink-target',
  'x-oss-object-worm-mode',
  'x-oss-fetch-callback',
]

/** An unknown parameter without a value chooses an operation too: OSS gains new ones. */
const isUnknownChooser = ({ params }: Exchange): boolean =>
  params.some(({ name, bare }) => bare && name !== '' && !BARE.has(name))

/** Level, method and chooser → operation. */
const OPERATIONS: Readonly<Record<string, Operation>> = {
  'service GET': ({ store, region }, x) => listBuckets(store, region, x),
  'bucket GET': ({ store }, x) =>
    x.query.get('list-type') === '2' ? listObjectsV2(store, x) : listObjectsV1(store, x),
  'bucket HEAD': ({ store }, x) => (store.bucket(x.bucket), reply(200)),
  'bucket PUT': ({ store }, x) => putBucket(store, x),
  'bucket DELETE': ({ store, uploads }, x) => deleteBucket(store, uploads, x),
  'bucket GET location': ({ store, region }, x) => bucketLocation(store, region, x),
  'bucket GET bucketInfo': ({ store, region }, x) => bucketInfo(store, region, x),
  'bucket GET stat': ({ store, uploads }, x) => bucketStat(store, uploads, x),
  'bucket GET acl': ({ store }, x) => getAcl(store, x),
  'bucket PUT acl': ({ store }, x) => putAcl(store, x),
  'bucket GET versioning': ({ store }, x) => getVersioning(store, x),
  'bucket PUT versioning': ({ store }, x) => putVersioning(store, x),
  'bucket GET versions': ({ store }, x) => listVersions(store, x),
  'bucket GET uploads': ({ store, uploads }, x) => listUploads(store, uploads, x),
  'bucket POST delete': ({ store }, x) => deleteObjects(store, x),
  'object GET': ({ store }, x) => getObject(store, x),
  'object HEAD': ({ store }, x) => headObject(store, x),
  'object PUT': ({ store }, x) =>
    x.headers.has('x-oss-copy-source') ? copyObject(store, x) : putObject(store, x),
  'object DELETE': ({ store }, x) => deleteObject(store, x),
  'object GET objectMeta': ({ store }, x) => getObjectMeta(store, x),
  'object HEAD objectMeta': ({ store }, x) => getObjectMeta(store, x),
  'object POST append': ({ store }, x) => appendObject(store, x),
  'object GET tagging': ({ store }, x) => getTagging(store, x),
  'object PUT tagging': ({ store }, x) => putTagging(store, x),
  'object DELETE tagging': ({ store }, x) => deleteTagging(store, x),
  'object GET acl': ({ store }, x) => getAcl(store, x),
  'object PUT acl': ({ store }, x) => putAcl(store, x),
  'object POST uploads': ({ store, uploads }, x) => initiate(store, uploads, x),
  'object PUT uploadId': ({ store, uploads }, x) =>
    x.headers.has('x-oss-copy-source')
      ? uploadPartCopy(store, uploads, x)
      : uploadPart(store, uploads, x),
  'object POST uploadId': ({ store, uploads }, x) => complete(store, uploads, x),
  'object GET uploadId': ({ uploads }, x) => listParts(uploads, x),
  'object DELETE uploadId': ({ uploads }, x) => abort(uploads, x),
}

/**
 * Carries out an authenticated request.
 * Errors: the refusals of the operation; NotImplemented for everything that is not offered.
 */
export async function perform(shelf: Shelf, exchange: Exchange): Promise<Reply> {
  const { method, bucket, key, query } = exchange
  const level = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object'
  const chooser = CHOOSERS.find((name) => query.has(name))
  const name = [level, method, chooser].filter((word) => word !== undefined).join(' ')
  const operation = OPERATIONS[name]
  if (level !== 'service') checkBucketName(bucket)
  if (level === 'object') checkKey(key)
  if (isUnknownChooser(exchange) || NOT_OFFERED.some((name) => exchange.headers.has(name)))
    throw refusal('NotImplemented')
  if (operation === undefined)
    throw refusal(chooser === undefined ? 'MethodNotAllowed' : 'NotImplemented')
  if (query.has('versionId') && !BY_VERSION.has(name)) throw refusal('NotImplemented')
  if (level === 'object') shelf.store.bucket(bucket)
  trafficLimit(exchange)
  return operation(shelf, exchange)
}
