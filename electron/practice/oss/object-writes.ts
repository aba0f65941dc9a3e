import { createHash } from 'node:crypto'
import { combineCrc64, crc64FromDecimal } from '../../../shared/format/crc64.ts'
import { badArgument, refusal } from './errors.ts'
import { checkEncryptedAppend, checkEncryptedPut } from './request/encryption-rules.ts'
import { reply, type Exchange, type Reply } from './request/exchange.ts'
import {
  aclOf,
  forbidsOverwrite,
  keptHeaders,
  quoted,
  requestTags,
  storageClassOf,
} from './request/object-headers.ts'
import type { StoredObject } from './store/bucket-files.ts'
import type { NewObject, ObjectStore } from './store/object-store.ts'
import { receiveBody } from './request/request-body.ts'
import { versionHeaders } from './request/versions.ts'

const upperHex = (bytes: Buffer): string => bytes.toString('hex').toUpperCase()

/** PutObject. A refusal that needs only the headers comes before the body is read. */
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
  store.checkMayWrite(bucket, key, forbid)
  const { segments, bytes, md5, crc64 } = await receiveBody(exchange, store.blobs)
  const etag = upperHex(md5)
  const sum = crc64.toString()
  let stored: StoredObject
  try {
    const object: NewObject = {
      ...kept,
      key,
      type: 'Normal',
      size: bytes,
      etag,
      crc64: sum,
      modified: exchange.now,
      segments,
    }
    stored = store.put(bucket, object, forbid)
  } catch (cause) {
    store.blobs.remove(segments)
    throw cause
  }
  return reply(200, {
    ETag: quoted(etag),
    'Content-MD5': md5.toString('base64'),
    'x-oss-hash-crc64ecma': sum,
    ...versionHeaders(store, bucket, stored.versionId),
  })
}

/**
 * AppendObject: every call adds one segment to the current version, and makes no version of its
 * own. On a key that is absent or deleted, position 0 starts a new object.
 * Source: OSS's documentation of AppendObject; EC 0016-00000504 for a version id.
 */
export async function appendObject(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  const { bucket, key, headers, query } = exchange
  const versionId = query.get('versionId')
  if (versionId !== undefined)
    throw badArgument(
      'versionId',
      versionId,
      'AppendObject does not take a version id.',
      '0016-00000504',
    )
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
    // Another append may have been first while the body was on its way: so it is looked up again.
    const old = store.find(bucket, key)
    checkPosition(old, Number(text))
    const sum = combineCrc64(
      crc64FromDecimal(old?.crc64 ?? '0') ?? 0n,
      received.crc64,
      received.bytes,
    ).toString()
    const appended = {
      key,
      type: 'Appendable',
      size: (old?.size ?? 0) + received.bytes,
      etag: upperHex(createHash('md5').update(sum).digest()),
      crc64: sum,
      modified: exchange.now,
      segments: [...(old?.segments ?? []), ...received.segments],
    } as const
    const object = old === undefined ? null : { ...old, ...appended }
    if (object !== null) store.update(bucket, object)
    const stored = object ?? store.put(bucket, { ...fresh, ...appended })
    return reply(200, {
      ETag: quoted(stored.etag),
      'x-oss-hash-crc64ecma': sum,
      'x-oss-next-append-position': String(stored.size),
      ...versionHeaders(store, bucket, stored.versionId),
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
