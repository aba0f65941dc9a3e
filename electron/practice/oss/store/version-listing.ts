import { binary, utf8OfLatin1 } from '../request/binary.ts'
import { badArgument } from '../errors.ts'
import { xmlReply, type Exchange, type Reply } from '../request/exchange.ts'
import { quoted } from '../request/object-headers.ts'
import { commonPrefix, firstPosition, nameEncoding, pageSize } from '../list.ts'
import { afterPrefix } from './key-index.ts'
import { OWNER, prefixXml } from './listings.ts'
import type { ObjectStore } from './object-store.ts'
import { NULL_VERSION, readVersionId, sequenceOf } from './version-ids.ts'
import type { Version, VersionIndex } from './version-index.ts'
import { element, leaf, xmlDocument, xmlTime } from '../xml.ts'

/** Parameters of a listing of versions. */
interface VersionQuery {
  readonly prefix: string
  readonly delimiter: string
  /** '' for the beginning. */
  readonly keyMarker: string
  /** The version of `keyMarker` after which the page begins; null: after all of its versions. */
  readonly versionIdMarker: string | null
  /** Versions, delete markers and common prefixes together. */
  readonly max: number
}

interface ListedVersion {
  readonly version: Version
  readonly isLatest: boolean
}

/** One page of a listing of versions. */
interface VersionPage {
  readonly versions: readonly ListedVersion[]
  readonly prefixes: readonly string[]
  /** The last entry of this page; null on the last page. `versionId` is '' for a common prefix. */
  readonly next: { readonly key: string; readonly versionId: string } | null
}

/** Parameters may have at most so many bytes. Source: OSS's documentation of ListObjectVersions. */
const MAX_TEXT_BYTES = 1023

/**
 * ListObjectVersions: every version and delete marker, keys in the order of their bytes, the
 * versions of a key newest first. Source: OSS's documentation of ListObjectVersions.
 */
export function listVersions(store: ObjectStore, exchange: Exchange): Reply {
  const { bucket, query } = exchange
  const { index } = store.bucket(bucket)
  const asked = readQuery(query)
  const { prefix, delimiter, keyMarker, versionIdMarker, max } = asked
  const page = versionPage(index, asked)
  const { xml, write } = nameEncoding(query, [
    prefix,
    delimiter,
    keyMarker,
    ...page.prefixes,
    ...page.versions.map(({ version }) => version.key),
  ])
  const next =
    page.next === null
      ? []
      : [
          leaf('NextKeyMarker', write(page.next.key)),
          leaf('NextVersionIdMarker', page.next.versionId),
        ]
  return xmlReply(
    xmlDocument(
      'ListVersionsResult',
      leaf('Name', bucket),
      leaf('Prefix', write(prefix)),
      leaf('KeyMarker', write(keyMarker)),
      leaf('VersionIdMarker', versionIdMarker ?? ''),
      leaf('MaxKeys', max),
      leaf('Delimiter', write(delimiter)),
      xml,
      leaf('IsTruncated', page.next !== null),
      ...next,
      ...page.versions.map((listed) => versionXml(listed, write)),
      ...page.prefixes.map(prefixXml(write)),
    ),
  )
}

/** Errors: InvalidArgument, also for a version marker without a key marker (EC 0012-00000106). */
function readQuery(query: ReadonlyMap<string, string>): VersionQuery {
  const text = (name: string): string => {
    const value = query.get(name) ?? ''
    if (Buffer.byteLength(value) > MAX_TEXT_BYTES)
      throw badArgument(name, value, `${name} must be shorter than 1024 bytes.`)
    return value
  }
  const [keyMarker, id] = [text('key-marker'), text('version-id-marker')]
  if (id !== '' && keyMarker === '')
    throw badArgument('version-id-marker', id, 'The key marker is missing.', '0012-00000106')
  return {
    prefix: text('prefix'),
    delimiter: text('delimiter'),
    keyMarker,
    versionIdMarker: readVersionId(id === '' ? undefined : id, undefined, 'version-id-marker'),
    max: pageSize(query, 'max-keys', 100),
  }
}

function versionPage(index: VersionIndex, asked: VersionQuery): VersionPage {
  const [start, divider, marker] = [asked.prefix, asked.delimiter, asked.keyMarker].map(binary) as [
    string,
    string,
    string,
  ]
  const versions: ListedVersion[] = []
  const prefixes: string[] = []
  let next: VersionPage['next'] = null
  const isFull = () => versions.length + prefixes.length === asked.max
  const keys = index.newest
  let position =
    asked.versionIdMarker === null || marker < start
      ? firstPosition(keys, start, divider, marker)
      : keys.firstAt(marker)
  for (let found = keys.at(position); found !== undefined; found = keys.at(position)) {
    const [name, newest] = found
    if (!name.startsWith(start)) break
    const common = commonPrefix(name, start, divider)
    if (common === null) {
      const after = name === marker ? asked.versionIdMarker : null
      for (const version of versionsAfter(index, newest.key, after)) {
        if (isFull()) return { versions, prefixes, next }
        versions.push({ version, isLatest: version === newest })
        next = { key: newest.key, versionId: version.versionId }
      }
      position++
      continue
    }
    if (isFull()) return { versions, prefixes, next }
    prefixes.push(utf8OfLatin1(common))
    next = { key: utf8OfLatin1(common), versionId: '' }
    const beyond = afterPrefix(common)
    if (beyond === null) break
    position = keys.firstAt(beyond)
  }
  return { versions, prefixes, next: null }
}

/**
 * Returns the versions of a key that are older than the one with this id; null: all of them. The
 * version itself may have been deleted meanwhile. Where its age is unknown (`null`), nothing is
 * left out.
 */
function versionsAfter(
  index: VersionIndex,
  key: string,
  versionId: string | null,
): readonly Version[] {
  const all = index.all(key)
  if (versionId === null) return all
  const known = index.find(key, versionId)
  if (known === undefined && versionId === NULL_VERSION) return all
  const sequence = known?.sequence ?? sequenceOf(versionId)
  return all.filter((version) => version.sequence < sequence)
}

function versionXml({ version, isLatest }: ListedVersion, write: (name: string) => string): string {
  const common = [
    leaf('Key', write(version.key)),
    leaf('VersionId', version.versionId),
    leaf('IsLatest', isLatest),
    leaf('LastModified', xmlTime(version.modified)),
  ]
  if (version.isDeleteMarker) return element('DeleteMarker', ...common, OWNER)
  return element(
    'Version',
    ...common,
    leaf('ETag', quoted(version.etag)),
    leaf('Type', version.type),
    leaf('Size', version.size),
    leaf('StorageClass', version.storageClass),
    OWNER,
  )
}
