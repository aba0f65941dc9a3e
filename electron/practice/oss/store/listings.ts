import { encryptionFields } from '../request/encryption-rules.ts'
import { badArgument } from '../errors.ts'
import { xmlReply, type Exchange, type Reply } from '../request/exchange.ts'
import type { Listed } from './key-index.ts'
import { listPage, nameEncoding, pageSize, type Page } from '../list.ts'
import { MAX_PART_NUMBER, type MultipartStore } from './multipart-store.ts'
import { quoted } from '../request/object-headers.ts'
import type { ObjectStore } from './object-store.ts'
import { partXml } from '../parts.ts'
import { element, leaf, xmlDocument, xmlTime } from '../xml.ts'

export const OWNER = element(
  'Owner',
  leaf('ID', '1000000000000000'),
  leaf('DisplayName', '1000000000000000'),
)

function objectXml(entry: Listed, named: (name: string) => string, owner: string): string {
  return element(
    'Contents',
    leaf('Key', named(entry.key)),
    leaf('LastModified', xmlTime(entry.modified)),
    leaf('ETag', quoted(entry.etag)),
    leaf('Type', entry.type),
    leaf('Size', entry.size),
    leaf('StorageClass', entry.storageClass),
    owner,
  )
}

/** Every name that an answer with this page has. */
const namesOf = ({ objects, prefixes }: Page, ...asked: readonly string[]): readonly string[] => [
  ...asked,
  ...prefixes,
  ...objects.map(({ key }) => key),
]
const prefixXml = (named: (name: string) => string) => (prefix: string) =>
  element('CommonPrefixes', leaf('Prefix', named(prefix)))

/** ListObjects: pages by marker. */
export function listObjectsV1(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, query } = exchange
  const [prefix, delimiter, marker] = ['prefix', 'delimiter', 'marker'].map(
    (name) => query.get(name) ?? '',
  ) as [string, string, string]
  const max = pageSize(query, 'max-keys', 100)
  const page = listPage(store.bucket(bucket).index, prefix, delimiter, marker, max)
  const { xml, write: named } = nameEncoding(query, namesOf(page, prefix, delimiter, marker))
  return xmlReply(
    xmlDocument(
      'ListBucketResult',
      leaf('Name', bucket),
      leaf('Prefix', named(prefix)),
      leaf('Marker', named(marker)),
      leaf('MaxKeys', max),
      leaf('Delimiter', named(delimiter)),
      xml,
      leaf('IsTruncated', page.next !== null),
      page.next === null ? '' : leaf('NextMarker', named(page.next)),
      ...page.objects.map((entry) => objectXml(entry, named, OWNER)),
      ...page.prefixes.map(prefixXml(named)),
    ),
  )
}

/** ListObjectsV2: pages by an opaque token. User metadata is in no listing. */
export function listObjectsV2(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, query } = exchange
  const [prefix, delimiter, startAfter] = ['prefix', 'delimiter', 'start-after'].map(
    (name) => query.get(name) ?? '',
  ) as [string, string, string]
  const max = pageSize(query, 'max-keys', 100)
  // oss2 and Python SDK V2 send an empty one for the first page.
  const token = query.get('continuation-token') ?? ''
  const page = listPage(
    store.bucket(bucket).index,
    prefix,
    delimiter,
    token === '' ? startAfter : readToken(token),
    max,
  )
  const { xml, write: named } = nameEncoding(query, namesOf(page, prefix, delimiter, startAfter))
  const owner = query.get('fetch-owner') === 'true' ? OWNER : ''
  return xmlReply(
    xmlDocument(
      'ListBucketResult',
      leaf('Name', bucket),
      leaf('Prefix', named(prefix)),
      leaf('StartAfter', named(startAfter)),
      leaf('MaxKeys', max),
      leaf('Delimiter', named(delimiter)),
      xml,
      leaf('KeyCount', page.objects.length + page.prefixes.length),
      leaf('IsTruncated', page.next !== null),
      token === '' ? '' : leaf('ContinuationToken', token),
      page.next === null
        ? ''
        : leaf('NextContinuationToken', `CAE${Buffer.from(page.next).toString('base64')}`),
      ...page.objects.map((entry) => objectXml(entry, named, owner)),
      ...page.prefixes.map(prefixXml(named)),
    ),
  )
}

function readToken(token: string): string {
  const bytes = Buffer.from(token.slice(3), 'base64')
  if (token.startsWith('CAE') && bytes.length > 0 && bytes.toString('base64') === token.slice(3))
    return bytes.toString('utf8')
  throw badArgument('continuation-token', token, 'The continuation token is not valid.')
}

/** ListParts: pages by part number; says how an encrypted upload was started. */
export function listParts(uploads: MultipartStore, exchange: Exchange): Reply {
  const { bucket, key, query } = exchange
  const upload = uploads.get(bucket, key, query.get('uploadId') ?? '')
  const { xml, write: named } = nameEncoding(query, [key])
  const max = pageSize(query, 'max-parts', 1000)
  // oss2 sends an empty one for the first page.
  const marker = query.get('part-number-marker') || '0'
  if (!/^\d{1,5}$/.test(marker) || Number(marker) > MAX_PART_NUMBER)
    throw badArgument('part-number-marker', marker, 'The marker must be a part number.')
  const rest = [...upload.parts.values()]
    .filter(({ number }) => number > Number(marker))
    .sort((a, b) => a.number - b.number)
  const page = rest.slice(0, max)
  return xmlReply(
    xmlDocument(
      'ListPartsResult',
      xml,
      leaf('Bucket', bucket),
      leaf('Key', named(key)),
      leaf('UploadId', upload.id),
      leaf('StorageClass', upload.storageClass),
      leaf('PartNumberMarker', marker),
      leaf('NextPartNumberMarker', page.at(-1)?.number ?? Number(marker)),
      leaf('MaxParts', max),
      leaf('IsTruncated', rest.length > page.length),
      ...encryptionFields(upload.headers).map(([name, value]) => leaf(name, value)),
      ...page.map(partXml),
    ),
  )
}

/** ListMultipartUploads: pages by key and upload id. */
export function listUploads(
  store: ObjectStore,
  uploads: MultipartStore,
  exchange: Exchange,
): Reply {
  const { bucket, query } = exchange
  store.bucket(bucket)
  const [prefix, delimiter, keyMarker, idMarker] = [
    'prefix',
    'delimiter',
    'key-marker',
    'upload-id-marker',
  ].map((name) => query.get(name) ?? '') as [string, string, string, string]
  const max = pageSize(query, 'max-uploads', 1000)
  const rest = uploads
    .list(bucket)
    .filter(({ key, id }) => key.startsWith(prefix) && isAfter(key, id, keyMarker, idMarker))
  const rolled = (key: string) => {
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
    return cut < 0 ? null : key.slice(0, cut + delimiter.length)
  }
  const page = rest.slice(0, max)
  const last = page.at(-1)
  const { xml, write: named } = nameEncoding(query, [
    prefix,
    delimiter,
    keyMarker,
    ...page.map(({ key }) => key),
  ])
  const shown = page.filter(({ key }) => rolled(key) === null)
  const prefixes = [...new Set(page.flatMap(({ key }) => rolled(key) ?? []))]
  return xmlReply(
    xmlDocument(
      'ListMultipartUploadsResult',
      xml,
      leaf('Bucket', bucket),
      leaf('KeyMarker', named(keyMarker)),
      leaf('UploadIdMarker', idMarker),
      leaf('NextKeyMarker', named(last?.key ?? '')),
      leaf('NextUploadIdMarker', last?.id ?? ''),
      leaf('Delimiter', named(delimiter)),
      leaf('Prefix', named(prefix)),
      leaf('MaxUploads', max),
      leaf('IsTruncated', rest.length > page.length),
      ...shown.map(({ key, id, initiated, storageClass }) =>
        element(
          'Upload',
          leaf('Key', named(key)),
          leaf('UploadId', id),
          leaf('StorageClass', storageClass),
          leaf('Initiated', xmlTime(initiated)),
        ),
      ),
      ...prefixes.map(prefixXml(named)),
    ),
  )
}

/** Without an id marker, all uploads of the key marker's key are passed over. */
function isAfter(key: string, id: string, keyMarker: string, idMarker: string): boolean {
  const order = Buffer.compare(Buffer.from(key), Buffer.from(keyMarker))
  return order > 0 || (order === 0 && idMarker !== '' && id > idMarker)
}
