import { checkConditions } from './request/conditions.ts'
import { refusal } from './errors.ts'
import { reply, type Exchange, type Reply } from './request/exchange.ts'
import { describe, quoted } from './request/object-headers.ts'
import type { StoredObject } from './store/bucket-files.ts'
import type { ObjectStore } from './store/object-store.ts'
import { rangeOfHeader } from './request/range.ts'
import { requestedVersion, versionHeaders } from './request/versions.ts'

/** Query parameters of a GET that replace headers of the answer. */
const OVERRIDES = [
  'content-type',
  'content-language',
  'expires',
  'cache-control',
  'content-disposition',
  'content-encoding',
]
const FROZEN: ReadonlySet<string> = new Set(['Archive', 'ColdArchive', 'DeepColdArchive'])

/** GetObject: conditions, range, overrides. */
export function getObject(store: ObjectStore, exchange: Exchange): Reply {
  const object = requestedVersion(store, exchange)
  checkConditions(exchange.headers, object)
  if (FROZEN.has(object.storageClass))
    throw refusal('InvalidObjectState', { extra: { Key: object.key } })
  const range = rangeOfHeader(
    exchange.headers.get('range'),
    object.size,
    exchange.headers.get('x-oss-range-behavior') === 'standard',
  )
  const headers = [
    ...overridden(describe(object), exchange.query),
    ...Object.entries(versionHeaders(store, exchange.bucket, object.versionId)),
  ]
  const { offset, length } = range ?? { offset: 0, length: object.size }
  return {
    status: range === null ? 200 : 206,
    headers:
      range === null
        ? headers
        : [...headers, ['Content-Range', `bytes ${offset}-${offset + length - 1}/${object.size}`]],
    body: { bytes: length, open: () => store.blobs.read(object.segments, offset, length) },
  }
}

function overridden(
  headers: StoredObject['headers'],
  query: ReadonlyMap<string, string>,
): StoredObject['headers'] {
  const given = OVERRIDES.flatMap((name) => {
    const value = query.get(`response-${name}`)
    return value === undefined ? [] : [[name, Buffer.from(value).toString('latin1')] as const]
  })
  const replaced = new Set(given.map(([name]) => name))
  return [...headers.filter(([name]) => !replaced.has(name.toLowerCase())), ...given]
}

/** HeadObject: the headers of GetObject for the whole object, without its bytes. */
export function headObject(store: ObjectStore, exchange: Exchange): Reply {
  const object = requestedVersion(store, exchange)
  checkConditions(exchange.headers, object)
  return {
    status: 200,
    headers: [
      ...describe(object),
      ['Content-Length', String(object.size)],
      ...Object.entries(versionHeaders(store, exchange.bucket, object.versionId)),
    ],
    body: null,
  }
}

/** GetObjectMeta: size, ETag, CRC-64, time and version id. */
export function getObjectMeta(store: ObjectStore, exchange: Exchange): Reply {
  const { etag, modified, size, crc64, versionId } = requestedVersion(store, exchange)
  return reply(200, {
    ETag: quoted(etag),
    'Last-Modified': new Date(modified).toUTCString(),
    'Content-Length': String(size),
    ...(crc64 !== null && { 'x-oss-hash-crc64ecma': crc64 }),
    ...versionHeaders(store, exchange.bucket, versionId),
  })
}
