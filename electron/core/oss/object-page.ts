import { Failure } from '../../../shared/contract/errors.ts'
import type { ObjectPage, ObjectRow } from '../../../shared/contract/models.ts'
import { bareEtag, isoTime } from './answers.ts'
import { all, numberAt, textAt, urlDecoded, type XmlElement } from './oss-xml.ts'

/**
 * ListObjectsV2 answer (asked with encoding-type=url) → rows sorted as OSS sorts them, by key. With a delimiter, the marker object of the
 * prefix itself is no row of it. Without one every object is a row, markers (kind 'folder') included.
 */
export function readObjectPage(xml: XmlElement, asked: { readonly prefix: string; readonly delimiter: string }): ObjectPage {
  const name = textAt(xml, 'EncodingType') === 'url' ? urlDecoded : (text: string) => text
  const folders = all(xml, 'CommonPrefixes').map((one) => folderRow(name(textAt(one, 'Prefix'))))
  const files = all(xml, 'Contents')
    .map((one) => objectRow(one, name(textAt(one, 'Key'))))
    .filter((row) => asked.delimiter === '' || row.key !== asked.prefix)
  const rows = folders.length === 0 ? files : [...folders, ...files].sort((a, b) => compareKeys(a.key, b.key))
  const isCut = textAt(xml, 'IsTruncated') === 'true'
  const cursor = isCut ? name(textAt(xml, 'NextContinuationToken')) : ''
  // Half a listing that looks like a whole one would leave objects out of a download or a count in silence.
  if (isCut && cursor === '') throw new Failure({ code: 'oss', status: 200, ossCode: '', ec: '', message: 'the list breaks off', requestId: '', retryAfterMs: 0 })
  return { rows, cursor: cursor === '' ? null : cursor }
}

function objectRow(contents: XmlElement, key: string): ObjectRow {
  return {
    key,
    kind: key.endsWith('/') ? 'folder' : 'file',
    size: numberAt(contents, 'Size') ?? 0,
    modified: isoTime(textAt(contents, 'LastModified')),
    etag: bareEtag(textAt(contents, 'ETag')),
    storageClass: textAt(contents, 'StorageClass') || 'Standard',
  }
}

function folderRow(key: string): ObjectRow {
  return { key, kind: 'folder', size: 0, modified: '', etag: '', storageClass: '' }
}

/** Order of the UTF-8 bytes. JavaScript's own order differs only where one side is beyond U+FFFF. */
function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  let i = 0
  while (a.charCodeAt(i) === b.charCodeAt(i)) i++
  const [x, y] = [a.charCodeAt(i), b.charCodeAt(i)]
  if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) ? -1 : 1
  const fixed = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit)
  return fixed(x) - fixed(y)
}
