import { encryptionFields } from '../request/encryption-rules.ts'
import { badArgument } from '../errors.ts'
import { xmlReply, type Exchange, type Reply } from '../request/exchange.ts'
import { nameEncoding, pageSize } from '../list.ts'
import { prefixXml } from './listings.ts'
import { MAX_PART_NUMBER, type MultipartStore } from './multipart-store.ts'
import type { ObjectStore } from './object-store.ts'
import { partXml } from '../parts.ts'
import { element, leaf, xmlDocument, xmlTime } from '../xml.ts'

/** ListParts: pages by part number. Names the encryption headers of an encrypted upload. */
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

/** Returns whether an upload comes after the markers; without an id marker, after its key. */
function isAfter(key: string, id: string, keyMarker: string, idMarker: string): boolean {
  const order = Buffer.compare(Buffer.from(key), Buffer.from(keyMarker))
  return order > 0 || (order === 0 && idMarker !== '' && id > idMarker)
}
