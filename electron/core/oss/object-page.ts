import { Failure } from '../../../shared/contract/errors.ts'
import { folderRow } from '../../../shared/contract/folder-row.ts'
import type { ObjectRow } from '../../../shared/contract/models.ts'
import { MAX_KEY_BYTES } from '../../../shared/contract/object-names.ts'
import { keyBytes } from '../../../shared/format/object-names.ts'
import { bareEtag, isoTime } from './answers.ts'
import { badAnswer, compareKeys } from './list-pages.ts'
import { all, numberAt, textAt, urlDecoded, type XmlElement } from './oss-xml.ts'

/** The listing that was asked for. */
interface Asked {
  readonly prefix: string
  /** '/' for one folder; '' for everything below the prefix. */
  readonly delimiter: string
}

/** One page as the server gave it. */
interface ReadPage {
  readonly rows: readonly ObjectRow[]
  /** Every name in order, that of the prefix's own marker included. */
  readonly names: readonly string[]
  /** Null when this was the last. */
  readonly token: string | null
}

/**
 * Reads an answer of ListObjectsV2 (asked with encoding-type=url) into rows by key, as OSS sorts
 * them. With a delimiter, the marker object of the prefix itself is left out. Without one, every
 * object is a row, markers (kind 'folder') included.
 * Errors: Failure 'bad-answer' for an empty name and for one that is not below the prefix. Such an
 * object would be downloaded, moved or deleted with the others.
 */
export function readObjectPage(xml: XmlElement, asked: Asked): ReadPage {
  const name = textAt(xml, 'EncodingType') === 'url' ? urlDecoded : (text: string) => text
  const folders = all(xml, 'CommonPrefixes').map((one) => folderRow(name(textAt(one, 'Prefix'))))
  const files = all(xml, 'Contents').map((one) => objectRow(one, name(textAt(one, 'Key'))))
  for (const { key } of folders) checkName(key, asked, 'folder')
  for (const { key } of files) checkName(key, asked)
  const listed = [...folders, ...files].sort((a, b) => compareKeys(a.key, b.key))
  const rows = listed.filter(
    ({ key, kind }) => asked.delimiter === '' || kind === 'file' || key !== asked.prefix,
  )
  const isCut = textAt(xml, 'IsTruncated') === 'true'
  const token = isCut ? name(textAt(xml, 'NextContinuationToken')) : ''
  // A listing that breaks off must not look whole: a download would silently leave objects out.
  if (isCut && token === '')
    throw new Failure({
      code: 'oss',
      status: 200,
      ossCode: '',
      ec: '',
      message: 'the list breaks off',
      requestId: '',
      retryAfterMs: 0,
    })
  return { rows, names: listed.map(({ key }) => key), token: token === '' ? null : token }
}

/** Errors: Failure 'bad-answer' for a name that cannot be in the listing that was asked for. */
export function checkName(
  key: string,
  { prefix, delimiter }: Asked,
  kind: 'folder' | 'object' = 'object',
): void {
  if (key === '' || key.includes('\0') || keyBytes(key) > MAX_KEY_BYTES)
    throw badAnswer('name', key, prefix)
  const rest = key.slice(prefix.length)
  // A folder ends at the first delimiter behind the prefix; an object of this folder has none.
  const end = delimiter === '' ? -1 : rest.indexOf(delimiter)
  const fits = kind === 'object' ? end < 0 : end >= 0 && end === rest.length - delimiter.length
  if (!key.startsWith(prefix) || !fits) throw badAnswer('outside', key, prefix)
}

/** An empty object whose key ends in '/' is the marker of a folder. Any other one is an object. */
function objectRow(contents: XmlElement, key: string): ObjectRow {
  const size = numberAt(contents, 'Size') ?? 0
  return {
    key,
    kind: key.endsWith('/') && size === 0 ? 'folder' : 'file',
    size,
    modified: isoTime(textAt(contents, 'LastModified')),
    etag: bareEtag(textAt(contents, 'ETag')),
    storageClass: textAt(contents, 'StorageClass') || 'Standard',
  }
}
