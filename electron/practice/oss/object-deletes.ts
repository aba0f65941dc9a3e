import { createHash } from 'node:crypto'
import { refusal } from './errors.ts'
import { reply, xmlReply, type Exchange, type Reply } from './request/exchange.ts'
import { nameEncoding } from './list.ts'
import type { ObjectStore } from './store/object-store.ts'
import { receiveText } from './request/request-body.ts'
import { readVersionId } from './store/version-ids.ts'
import {
  children,
  childText,
  element,
  leaf,
  readRequestXml,
  xmlDocument,
  type XmlValue,
} from './xml.ts'

/**
 * DeleteObject. The answer is the same for an object that was not there. The headers name the
 * version that was deleted, or the delete marker that was added.
 */
export function deleteObject(store: ObjectStore, { bucket, key, query, now }: Exchange): Reply {
  const asked = readVersionId(query.get('versionId'))
  const { versionId, isDeleteMarker } = store.remove(bucket, key, asked, now)
  return reply(204, {
    ...(isDeleteMarker && { 'x-oss-delete-marker': 'true' }),
    ...(versionId !== null && { 'x-oss-version-id': versionId }),
  })
}

/** Source: OSS's documentation of DeleteMultipleObjects. */
const MAX_DELETE = 1000

/** One object of a request, and its version where the request names one. */
interface Target {
  readonly key: string
  readonly versionId: string | null
}

/**
 * DeleteMultipleObjects. Content-MD5 is obligatory. Nothing is deleted unless all names are read.
 */
export async function deleteObjects(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  const { bucket, headers, query, now } = exchange
  store.bucket(bucket)
  const digest = headers.get('content-md5')
  if (digest === undefined)
    throw refusal('MissingArgument', {
      message: 'Content-MD5 is required.',
      extra: { ArgumentName: 'Content-MD5' },
    })
  const text = await receiveText(exchange)
  if (createHash('md5').update(text).digest('base64') !== digest) throw refusal('InvalidDigest')
  const root = readRequestXml(text, 'Delete')
  const targets = children(root, 'Object').map(readTarget)
  if (targets.length === 0 || targets.length > MAX_DELETE)
    throw refusal('MalformedXML', { message: 'A request deletes 1 to 1000 objects.' })
  const { xml, write } = nameEncoding(
    query,
    targets.map(({ key }) => key),
  )
  const deleted = targets.map((target) => deletedXml(store, bucket, target, now, write))
  const quiet = childText(root, 'Quiet')?.trim() === 'true'
  return xmlReply(xmlDocument('DeleteResult', xml, ...(quiet ? [] : deleted)))
}

/**
 * Errors: MalformedXML without a key; InvalidArgument for an empty version id, EC 0016-00000612.
 */
function readTarget(object: XmlValue): Target {
  const key = childText(object, 'Key')
  if (key === undefined || key === '') throw refusal('MalformedXML')
  const named = children(object, 'VersionId')
  if (named.length === 0) return { key, versionId: null }
  const text = childText(object, 'VersionId')
  if (text === undefined) throw refusal('MalformedXML')
  return { key, versionId: readVersionId(text, '0016-00000612', 'VersionId') }
}

/** Deletes one target and describes the result. `DeleteMarkerVersionId` is of the marker. */
function deletedXml(
  store: ObjectStore,
  bucket: string,
  target: Target,
  now: number,
  write: (name: string) => string,
): string {
  const { versionId, isDeleteMarker } = store.remove(bucket, target.key, target.versionId, now)
  return element(
    'Deleted',
    leaf('Key', write(target.key)),
    target.versionId === null || versionId === null ? '' : leaf('VersionId', target.versionId),
    isDeleteMarker ? leaf('DeleteMarker', true) : '',
    isDeleteMarker ? leaf('DeleteMarkerVersionId', versionId ?? '') : '',
  )
}
