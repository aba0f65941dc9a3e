import { badArgument } from '../errors.ts'
import { xmlReply, type Exchange, type Reply } from '../request/exchange.ts'
import type { ListingEntry } from './key-index.ts'
import { listPage, nameEncoding, pageSize, type ListingPage } from '../list.ts'
import { quoted } from '../request/object-headers.ts'
import type { ObjectStore } from './object-store.ts'
import { element, leaf, xmlDocument, xmlTime } from '../xml.ts'

export const OWNER = element(
  'Owner',
  leaf('ID', '1000000000000000'),
  leaf('DisplayName', '1000000000000000'),
)

function objectXml(entry: ListingEntry, named: (name: string) => string, owner: string): string {
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

/** Returns every name that the answer with this page writes. */
const namesOf = (
  { objects, prefixes }: ListingPage,
  ...asked: readonly string[]
): readonly string[] => [...asked, ...prefixes, ...objects.map(({ key }) => key)]

/** Returns a function that writes one common prefix. */
export const prefixXml = (named: (name: string) => string) => (prefix: string) =>
  element('CommonPrefixes', leaf('Prefix', named(prefix)))

/** ListObjects: pages by marker. */
export function listObjectsV1(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, query } = exchange
  const [prefix, delimiter, marker] = ['prefix', 'delimiter', 'marker'].map(
    (name) => query.get(name) ?? '',
  ) as [string, string, string]
  const max = pageSize(query, 'max-keys', 100)
  const page = listPage(store.bucket(bucket).index.newest, prefix, delimiter, marker, max)
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

/** ListObjectsV2: pages by an opaque token. No listing has user metadata. */
export function listObjectsV2(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, query } = exchange
  const [prefix, delimiter, startAfter] = ['prefix', 'delimiter', 'start-after'].map(
    (name) => query.get(name) ?? '',
  ) as [string, string, string]
  const max = pageSize(query, 'max-keys', 100)
  // oss2 and Python SDK V2 send an empty one for the first page.
  const token = query.get('continuation-token') ?? ''
  const page = listPage(
    store.bucket(bucket).index.newest,
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
