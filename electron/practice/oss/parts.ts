import { checkConditions } from './request/conditions.ts'
import { copySource, sourceVersion, sourceVersionHeaders } from './store/copies.ts'
import {
  checkEncryptedInitiate,
  checkEncryptedPart,
  checkEncryptedPartBytes,
  checkEncryptedPartCopy,
} from './request/encryption-rules.ts'
import { badArgument, refusal } from './errors.ts'
import { reply, xmlReply, type Exchange, type Reply } from './request/exchange.ts'
import { nameEncoding } from './list.ts'
import { MAX_PART_NUMBER, type MultipartStore, type StoredUpload } from './store/multipart-store.ts'
import {
  aclOf,
  forbidsOverwrite,
  keptHeaders,
  quoted,
  requestTags,
  storageClassOf,
} from './request/object-headers.ts'
import type { ObjectStore } from './store/object-store.ts'
import { MAX_BODY_BYTES, receiveBody } from './request/request-body.ts'
import type { ReceivedBody } from './store/blob-store.ts'
import { element, leaf, xmlDocument, xmlTime } from './xml.ts'

/** InitiateMultipartUpload: stores the headers, envelope included, that the object will have. */
export function initiate(store: ObjectStore, uploads: MultipartStore, exchange: Exchange): Reply {
  const { bucket, key, headers, now } = exchange
  const forbidOverwrite = forbidsOverwrite(headers)
  checkEncryptedInitiate(headers)
  store.checkMayWrite(bucket, key, forbidOverwrite)
  const kept = {
    headers: keptHeaders(exchange),
    tags: requestTags(headers),
    storageClass: storageClassOf(headers),
    acl: aclOf(headers, 'x-oss-object-acl', 'object'),
  }
  const { id } = uploads.start({ bucket, key, initiated: now, forbidOverwrite, ...kept })
  const { xml, write } = nameEncoding(exchange.query, [key])
  const names = [leaf('Bucket', bucket), leaf('Key', write(key)), leaf('UploadId', id)]
  return xmlReply(xmlDocument('InitiateMultipartUploadResult', xml, ...names))
}

function partNumber(exchange: Exchange): number {
  const text = exchange.query.get('partNumber') ?? ''
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= MAX_PART_NUMBER) return number
  throw badArgument(
    'PartNumber',
    text,
    'Part number must be an integer between 1 and 10000, inclusive.',
    '0017-00000220',
  )
}

const uploadOf = (uploads: MultipartStore, { bucket, key, query }: Exchange): StoredUpload =>
  uploads.get(bucket, key, query.get('uploadId') ?? '', '0042-00000104')

/**
 * UploadPart. An encrypted part that declares a wrong length is refused before its body is read.
 */
export async function uploadPart(
  store: ObjectStore,
  uploads: MultipartStore,
  exchange: Exchange,
): Promise<Reply> {
  const number = partNumber(exchange)
  const upload = uploadOf(uploads, exchange)
  checkEncryptedPart(exchange.headers, upload.headers)
  if (typeof exchange.bodyBytes === 'number')
    checkEncryptedPartBytes(number, exchange.bodyBytes, upload.headers)
  const received = await receiveBody(exchange, store.blobs)
  const etag = keep(store, uploads, upload, number, received, exchange.now)
  return reply(200, {
    ETag: quoted(etag),
    'Content-MD5': received.md5.toString('base64'),
    'x-oss-hash-crc64ecma': received.crc64.toString(),
  })
}

function keep(
  store: ObjectStore,
  uploads: MultipartStore,
  upload: StoredUpload,
  number: number,
  received: ReceivedBody,
  modified: number,
): string {
  try {
    checkEncryptedPartBytes(number, received.bytes, upload.headers)
  } catch (cause) {
    store.blobs.remove(received.segments)
    throw cause
  }
  const etag = received.md5.toString('hex').toUpperCase()
  const { segments, bytes: size } = received
  uploads.addPart(upload, {
    number,
    size,
    etag,
    crc64: received.crc64.toString(),
    modified,
    segments,
  })
  return etag
}

/** UploadPartCopy: makes a part of an existing object, of one of its versions, or of a range. */
export async function uploadPartCopy(
  store: ObjectStore,
  uploads: MultipartStore,
  exchange: Exchange,
): Promise<Reply> {
  const number = partNumber(exchange)
  const upload = uploadOf(uploads, exchange)
  const from = copySource(exchange.headers, '0042-00000301')
  const source = sourceVersion(store, from)
  checkConditions(exchange.headers, source, 'x-oss-copy-source-')
  checkEncryptedPartCopy(source.headers)
  const { offset, length } = copyRange(exchange.headers.get('x-oss-copy-source-range'), source.size)
  if (length > MAX_BODY_BYTES) throw refusal('EntityTooLarge')
  const received = await store.blobs.receive(store.blobs.read(source.segments, offset, length))
  const etag = keep(store, uploads, upload, number, received, exchange.now)
  const modified = leaf('LastModified', xmlTime(exchange.now))
  return xmlReply(xmlDocument('CopyPartResult', modified, leaf('ETag', quoted(etag))), {
    ETag: quoted(etag),
    'x-oss-hash-crc64ecma': received.crc64.toString(),
    ...sourceVersionHeaders(store, from.bucket, source.versionId),
  })
}

function copyRange(
  header: string | undefined,
  size: number,
): { readonly offset: number; readonly length: number } {
  if (header === undefined) return { offset: 0, length: size }
  const [, from, to] = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header) ?? []
  const last = to === undefined || to === '' ? size - 1 : Number(to)
  if (from !== undefined && Number(from) <= last && last < size)
    return { offset: Number(from), length: last - Number(from) + 1 }
  throw badArgument(
    'x-oss-copy-source-range',
    header,
    'The range does not lie within the source object.',
  )
}

/** AbortMultipartUpload. */
export function abort(uploads: MultipartStore, { bucket, key, query }: Exchange): Reply {
  uploads.end(uploads.get(bucket, key, query.get('uploadId') ?? ''), [])
  return reply(204)
}

/** Writes one part of an answer to ListParts. */
export const partXml = (part: {
  readonly number: number
  readonly size: number
  readonly etag: string
  readonly crc64: string
  readonly modified: number
}): string =>
  element(
    'Part',
    leaf('PartNumber', part.number),
    leaf('LastModified', xmlTime(part.modified)),
    leaf('ETag', quoted(part.etag)),
    leaf('HashCrc64ecma', part.crc64),
    leaf('Size', part.size),
  )
