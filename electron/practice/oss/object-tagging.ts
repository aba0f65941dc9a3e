import { reply, xmlReply, type Exchange, type Reply } from './request/exchange.ts'
import type { ObjectStore } from './store/object-store.ts'
import { receiveText } from './request/request-body.ts'
import { requestedVersion, versionHeaders } from './request/versions.ts'
import { parseTags, tagsOfXml } from './tags.ts'
import { element, leaf, xmlDocument } from './xml.ts'

/** PutObjectTagging. Changes neither Last-Modified nor the headers, and makes no version. */
export async function putTagging(store: ObjectStore, exchange: Exchange): Promise<Reply> {
  requestedVersion(store, exchange)
  const tags = parseTags(tagsOfXml(await receiveText(exchange)))
  return retag(store, exchange, tags, 200)
}

/** DeleteObjectTagging. */
export function deleteTagging(store: ObjectStore, exchange: Exchange): Reply {
  return retag(store, exchange, [], 204)
}

/** GetObjectTagging. */
export function getTagging(store: ObjectStore, exchange: Exchange): Reply {
  const object = requestedVersion(store, exchange)
  const tags = object.tags.map(([name, value]) =>
    element('Tag', leaf('Key', name), leaf('Value', value)),
  )
  return xmlReply(
    xmlDocument('Tagging', element('TagSet', ...tags)),
    versionHeaders(store, exchange.bucket, object.versionId),
  )
}

/** The version is looked up here, after the body was read: it may be another one by then. */
function retag(
  store: ObjectStore,
  exchange: Exchange,
  tags: ReturnType<typeof parseTags>,
  status: number,
): Reply {
  const object = requestedVersion(store, exchange)
  store.update(exchange.bucket, { ...object, tags })
  return reply(status, versionHeaders(store, exchange.bucket, object.versionId))
}
