import { createHash } from 'node:crypto'
import { combineCrc64, crc64FromDecimal } from '../../../shared/format/crc64.ts'
import { badArgument, refusal } from './errors.ts'
import { checkEncryptedAppend, checkEncryptedPut } from './request/encryption-rules.ts'
import { reply, xmlReply, type Exchange, type Reply } from './request/exchange.ts'
import { struckBy } from '../faults.ts'
import { nameEncoding } from './list.ts'
import {
  aclOf,
  forbidsOverwrite,
  keptHeaders,
  quoted,
  requestTags,
  storageClassOf,
} from './request/object-headers.ts'
import type { ObjectStore, StoredObject } from './store/object-store.ts'
import { receiveBody, receiveText } from './request/request-body.ts'
import { parseTags, tagsOfXml } from './tags.ts'
import { children, childText, element, leaf, readXml, xmlDocument } from './xml.ts'

const upperHex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase()

/** PutObject. What can be refused by its headers alone is refused before the body is read. */
export async function putObject(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  const { bucket, key, headers } = exchange
  const forbid = forbidsOverwrite(headers)
  checkEncryptedPut(headers)
  const kept = {
    headers: keptHeaders(exchange),
    tags: requestTags(headers),
    storageClass: storageClassOf(headers),
    acl: aclOf(headers, 'x-oss-object-acl', 'object'),
  }
  if (forbid && store.bucket(bucket).index.get(key) !== undefined)
    throw refusal('FileAlreadyExists', { extra: { Key: key } })
  const { segments, bytes, md5, crc64 } = await receiveBody(exchange, store.blobs)
  const etag = upperHex(md5)
  const sum = struckBy(exchange.faults, 'no-crc') === undefined ? crc64.toString() : null
  try {
    store.put(
      bucket,
      {
        ...kept,
        key,
        type: 'Normal',
        size: bytes,
        etag,
        crc64: sum,
        modified: exchange.now,
        segments,
      },
      forbid,
    )
  } catch (cause) {
    store.blobs.remove(segments)
    throw cause
  }
  return reply(200, {
    ETag: quoted(etag),
    'Content-MD5': md5.toString('base64'),
    ...(sum !== null && { 'x-oss-hash-crc64ecma': sum }),
  })
}

/** AppendObject: every call is one more segment. */
export async function appendObject(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  const { bucket, key, headers, query } = exchange
  checkEncryptedAppend(headers)
  const text = query.get('position') ?? ''
  if (!/^\d{1,15}$/.test(text))
    throw badArgument('position', text, 'The position must be an integer that is not negative.')
  const fresh = {
    headers: keptHeaders(exchange),
    tags: requestTags(headers),
    storageClass: storageClassOf(headers),
    acl: aclOf(headers, 'x-oss-object-acl', 'object'),
  }
  checkPosition(store.find(bucket, key), Number(text))
  const received = await receiveBody(exchange, store.blobs)
  try {
    // Looked up again: another append may have come first while the body was on its way.
    const old = store.find(bucket, key)
    checkPosition(old, Number(text))
    const sum = combineCrc64(
      crc64FromDecimal(old?.crc64 ?? '0') ?? 0n,
      received.crc64,
      received.bytes,
    ).toString()
    const object: StoredObject = {
      ...(old ?? fresh),
      key,
      type: 'Appendable',
      size: (old?.size ?? 0) + received.bytes,
      etag: upperHex(createHash('md5').update(sum).digest()),
      crc64: sum,
      modified: exchange.now,
      segments: [...(old?.segments ?? []), ...received.segments],
    }
    store.put(bucket, object)
    return reply(200, {
      ETag: quoted(object.etag),
      'x-oss-hash-crc64ecma': sum,
      'x-oss-next-append-position': String(object.size),
    })
  } catch (cause) {
    store.blobs.remove(received.segments)
    throw cause
  }
}

function checkPosition(object: StoredObject | undefined, position: number): void {
  if (object !== undefined && object.type !== 'Appendable') throw refusal('ObjectNotAppendable')
  const length = object?.size ?? 0
  if (position !== length)
    throw refusal('PositionNotEqualToLength', {
      headers: { 'x-oss-next-append-position': String(length) },
    })
}

/** DeleteObject: a missing object is as good as a deleted one. */
export function deleteObject(store: ObjectStore, { bucket, key }: Exchange): Reply {
  store.remove(bucket, key)
  return reply(204)
}

const MAX_DELETE = 1000

/** DeleteMultipleObjects. Content-MD5 is obligatory here. */
export async function deleteObjects(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  store.bucket(exchange.bucket)
  const digest = exchange.headers.get('content-md5')
  if (digest === undefined)
    throw refusal('MissingArgument', {
      message: 'Content-MD5 is required.',
      extra: { ArgumentName: 'Content-MD5' },
    })
  const text = await receiveText(exchange)
  if (createHash('md5').update(text).digest('base64') !== digest) throw refusal('InvalidDigest')
  const root = readXml(text, 'Delete')
  const keys = children(root, 'Object').map((object) => childText(object, 'Key'))
  if (keys.length === 0 || keys.length > MAX_DELETE)
    throw refusal('MalformedXML', { message: 'A request deletes 1 to 1000 objects.' })
  const named = keys.map((key) => {
    if (key === undefined || key === '') throw refusal('MalformedXML')
    return key
  })
  for (const key of named) store.remove(exchange.bucket, key)
  const { xml, write } = nameEncoding(exchange.query, named)
  const shown = (key: string) => element('Deleted', leaf('Key', write(key)))
  const quiet = childText(root, 'Quiet')?.trim() === 'true'
  return xmlReply(xmlDocument('DeleteResult', xml, ...(quiet ? [] : named.map(shown))))
}

export async function putTagging(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  const object = store.get(exchange.bucket, exchange.key)
  const tags = parseTags(tagsOfXml(await receiveText(exchange)))
  store.put(exchange.bucket, { ...object, tags })
  return reply(200)
}

export function getTagging(store: ObjectStore, { bucket, key }: Exchange): Reply {
  const tags = store
    .get(bucket, key)
    .tags.map(([name, value]) => element('Tag', leaf('Key', name), leaf('Value', value)))
  return xmlReply(xmlDocument('Tagging', element('TagSet', ...tags)))
}

export function deleteTagging(store: ObjectStore, { bucket, key }: Exchange): Reply {
  store.put(bucket, { ...store.get(bucket, key), tags: [] })
  return reply(204)
}
