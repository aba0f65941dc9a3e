import { createHash } from 'node:crypto'
import { combineCrc64, crc64FromDecimal } from '../../../../shared/format/crc64.ts'
import { checkEncryptedComplete } from '../request/encryption-rules.ts'
import { badArgument, refusal } from '../errors.ts'
import { xmlReply, type Exchange, type Reply } from '../request/exchange.ts'
import { nameEncoding } from '../list.ts'
import {
  MAX_PART_NUMBER,
  type MultipartStore,
  type StoredUpload,
  type UploadedPart,
} from './multipart-store.ts'
import { aclOf, forbidsOverwrite, quoted } from '../request/object-headers.ts'
import type { NewObject, ObjectStore } from './object-store.ts'
import { receiveText } from '../request/request-body.ts'
import { versionHeaders } from '../request/versions.ts'
import { children, childText, leaf, readRequestXml, xmlDocument } from '../xml.ts'

/** Every part but the last. */
const MIN_PART_BYTES = 100 * 1024
/** 48.8 TB. */
const MAX_OBJECT_BYTES = 48.8 * 1024 ** 4

/** CompleteMultipartUpload. The files of the parts become those of the object, without a copy. */
export async function complete(
  store: ObjectStore,
  uploads: MultipartStore,
  exchange: Exchange,
): Promise<Reply> {
  const { bucket, key, headers, query, now } = exchange
  const id = query.get('uploadId') ?? ''
  uploads.get(bucket, key, id)
  const text = await receiveText(exchange)
  // Looked up after the body was read. Nothing waits from here on, so only one completion wins.
  const upload = uploads.get(bucket, key, id)
  const parts = completesAll(headers.get('x-oss-complete-all'), text)
    ? allParts(upload)
    : namedParts(text, upload)
  checkEncryptedComplete(parts.length, upload.headers)
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES)
  if (small !== undefined) {
    const extra = {
      MinSizeAllowed: String(MIN_PART_BYTES),
      ProposedSize: String(small.size),
      PartNumber: String(small.number),
      ETag: small.etag,
    }
    throw refusal('EntityTooSmall', { extra })
  }
  const size = parts.reduce((sum, part) => sum + part.size, 0)
  if (size > MAX_OBJECT_BYTES) throw refusal('EntityTooLarge')
  const sum = parts
    .reduce((crc, part) => combineCrc64(crc, crc64FromDecimal(part.crc64) ?? 0n, part.size), 0n)
    .toString()
  const digests = Buffer.concat(parts.map(({ etag }) => Buffer.from(etag, 'hex')))
  const object: NewObject = {
    key,
    type: 'Multipart',
    size,
    etag: `${createHash('md5').update(digests).digest('hex').toUpperCase()}-${parts.length}`,
    crc64: sum,
    modified: now,
    storageClass: upload.storageClass,
    headers: upload.headers,
    tags: upload.tags,
    acl: aclOf(headers, 'x-oss-object-acl', 'object') ?? upload.acl,
    segments: parts.flatMap(({ segments }) => segments),
  }
  const stored = store.put(bucket, object, upload.forbidOverwrite || forbidsOverwrite(headers))
  uploads.end(upload, parts)
  const location = `http://${exchange.address}/${bucket}/${encodeURIComponent(key)}`
  const { xml, write } = nameEncoding(query, [key])
  const names = [leaf('Location', location), leaf('Bucket', bucket), leaf('Key', write(key))]
  return xmlReply(
    xmlDocument('CompleteMultipartUploadResult', xml, ...names, leaf('ETag', quoted(object.etag))),
    {
      ETag: quoted(object.etag),
      'x-oss-hash-crc64ecma': sum,
      ...versionHeaders(store, bucket, stored.versionId),
    },
  )
}

/** Returns whether `x-oss-complete-all: yes` takes every part. It excludes a list of parts. */
function completesAll(header: string | undefined, body: string): boolean {
  if (header === undefined) return false
  if (header !== 'yes')
    throw badArgument('x-oss-complete-all', header, 'x-oss-complete-all must be yes.')
  if (body !== '')
    throw badArgument(
      'x-oss-complete-all',
      header,
      'A list of parts cannot be given together with x-oss-complete-all.',
    )
  return true
}

const allParts = (upload: StoredUpload): readonly UploadedPart[] =>
  [...upload.parts.values()].sort((a, b) => a.number - b.number)

/**
 * Returns the parts that the body lists: in ascending order, each of them present and with the ETag
 * that it was given. An upload without parts takes an empty list.
 */
function namedParts(text: string, upload: StoredUpload): readonly UploadedPart[] {
  const listed = children(readRequestXml(text, 'CompleteMultipartUpload'), 'Part')
  const isEmpty = listed.length === 0 && upload.parts.size === 0
  if (!isEmpty && (listed.length === 0 || listed.length > MAX_PART_NUMBER))
    throw refusal('MalformedXML')
  let last = 0
  return listed.map((item) => {
    const number = Number(childText(item, 'PartNumber')?.trim() ?? '')
    const etag = childText(item, 'ETag')
    if (!Number.isInteger(number) || etag === undefined) throw refusal('MalformedXML')
    if (number < 1 || number > MAX_PART_NUMBER)
      throw badArgument(
        'PartNumber',
        String(number),
        'Part number must be 1 to 10000.',
        '0017-00000220',
      )
    if (number <= last) throw refusal('InvalidPartOrder', { extra: { UploadId: upload.id } })
    last = number
    const part = upload.parts.get(number)
    if (part === undefined || part.etag !== etag.trim().replace(/^"|"$/g, '').toUpperCase()) {
      throw refusal('InvalidPart', {
        extra: { PartNumber: String(number), ETag: etag.trim(), UploadId: upload.id },
      })
    }
    return part
  })
}
