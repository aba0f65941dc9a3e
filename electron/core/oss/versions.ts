import { Failure } from '../../../shared/contract/errors.ts'
import type { ObjectRef } from '../../../shared/contract/models.ts'
import { MAX_KEY_BYTES } from '../../../shared/contract/object-names.ts'
import { bareEtag, isoTime, notOss, xmlOf } from './answers.ts'
import type { Oss } from './client.ts'
import {
  AT_START,
  badAnswer,
  compareKeys,
  idlePages,
  readCursor,
  writeCursor,
} from './list-pages.ts'
import { checkName } from './object-page.ts'
import { versionIfThere, type ListWanted } from './objects.ts'
import { numberAt, textAt, urlDecoded, xmlText, type XmlElement } from './oss-xml.ts'

/** 'never': versioning was never enabled, and an overwritten object is gone. */
export type VersioningState = 'never' | 'enabled' | 'suspended'

/** One row of a listing of versions. */
export interface VersionRow {
  /** The key; of a folder, its prefix, which ends in the delimiter. */
  readonly key: string
  readonly kind: 'version' | 'delete-marker' | 'folder'
  /** '' for a folder. */
  readonly versionId: string
  /** True for the current version of its key, or the delete marker in its place. */
  readonly isLatest: boolean
  /** Bytes; 0 for a delete marker and for a folder. */
  readonly size: number
  /** ISO 8601; '' when unknown. */
  readonly modified: string
  /** Without quotes; '' for a delete marker and for a folder. */
  readonly etag: string
  readonly storageClass: string
}

export interface VersionPage {
  /** By key as OSS sorts them; the versions of a key newest first. */
  readonly rows: readonly VersionRow[]
  /** For the next page; null on the last one. */
  readonly cursor: string | null
}

/** Asks for the versioning state of a bucket. Errors: Failure. */
export async function versioningOf(
  oss: Oss,
  bucket: string,
  signal: AbortSignal,
): Promise<VersioningState> {
  const asked = { action: 'oss:GetBucketVersioning', bucket, key: null }
  const answer = await oss.call({ ...asked, method: 'GET', query: { versioning: '' } }, signal)
  const status = textAt(xmlOf(answer, 'VersioningConfiguration', asked), 'Status')
  if (status === '') return 'never'
  if (status === 'Enabled') return 'enabled'
  if (status === 'Suspended') return 'suspended'
  throw notOss(answer, `the versioning state is ${status.slice(0, 40)}`)
}

/** Enables or suspends versioning. A bucket never leaves these two states. Errors: Failure. */
export async function setVersioning(
  oss: Oss,
  bucket: string,
  state: Exclude<VersioningState, 'never'>,
  signal: AbortSignal,
): Promise<void> {
  const status = state === 'enabled' ? 'Enabled' : 'Suspended'
  const xml = `<VersioningConfiguration><Status>${status}</Status></VersioningConfiguration>`
  await oss.call(
    {
      action: 'oss:PutBucketVersioning',
      method: 'PUT',
      bucket,
      key: null,
      query: { versioning: '' },
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>${xml}`),
    },
    signal,
  )
}

/**
 * Lists one page of versions and delete markers. Each name is below the prefix and not before the
 * names in front of it; no version comes twice.
 * Errors: Failure 'bad-answer' for any other list, and for a list that never ends.
 */
export async function listVersions(
  oss: Oss,
  wanted: ListWanted,
  signal: AbortSignal,
): Promise<VersionPage> {
  const { bucket, prefix, delimiter, cursor, max } = wanted
  const asked = { action: 'oss:ListObjectVersions', bucket, key: null }
  const before = cursor === null ? { reached: AT_START, token: '' } : readCursor(cursor)
  const from = readMarkers(before.token)
  const query = {
    versions: '',
    'encoding-type': 'url',
    'max-keys': String(max),
    ...(prefix === '' ? {} : { prefix }),
    ...(delimiter === '' ? {} : { delimiter }),
    ...(from.key === '' ? {} : { 'key-marker': from.key }),
    ...(from.versionId === '' ? {} : { 'version-id-marker': from.versionId }),
  }
  const answer = await oss.call({ ...asked, method: 'GET', query }, signal)
  const xml = xmlOf(answer, 'ListVersionsResult', asked)
  const name = textAt(xml, 'EncodingType') === 'url' ? urlDecoded : (text: string) => text
  const rows = readRows(xml, name, wanted)
  checkOrder(rows, before.reached.after, from, prefix)
  const idle = idlePages(before.reached.idle, rows.length, prefix)
  if (textAt(xml, 'IsTruncated') !== 'true') return { rows, cursor: null }
  const next = {
    key: name(textAt(xml, 'NextKeyMarker')),
    versionId: textAt(xml, 'NextVersionIdMarker'),
  }
  // A list that breaks off must not look whole, and a repeated marker would be asked for ever.
  if (next.key === '' || (next.key === from.key && next.versionId === from.versionId))
    throw badAnswer('endless', '', prefix)
  const after = rows.at(-1)?.key ?? before.reached.after
  return { rows, cursor: writeCursor({ after, idle }, writeMarkers(next)) }
}

/**
 * Tells whether a version or a delete marker exists. HEAD does not find a delete marker, so the
 * versions of the key are listed then. Errors: Failure.
 */
export async function isVersion(oss: Oss, ref: ObjectRef, signal: AbortSignal): Promise<boolean> {
  if ((await versionIfThere(oss, ref, signal)) !== null) return true
  const { bucket, key: prefix } = ref
  let cursor: string | null = null
  do {
    const page: VersionPage = await listVersions(
      oss,
      { bucket, prefix, delimiter: '', cursor, max: 1000 },
      signal,
    )
    if (page.rows.some(({ key, versionId }) => key === prefix && versionId === ref.versionId))
      return true
    cursor = page.rows.at(-1)?.key === prefix ? page.cursor : null
  } while (cursor !== null)
  return false
}

/** The place where the server says that a listing goes on. '' for none. */
interface Markers {
  readonly key: string
  readonly versionId: string
}

const writeMarkers = ({ key, versionId }: Markers): string => `${key.length}.${key}${versionId}`

/** Errors: Failure 'bad-request' for a text that {@link writeMarkers} did not write. */
function readMarkers(token: string): Markers {
  if (token === '') return { key: '', versionId: '' }
  const [head = '', length = ''] = /^(\d{1,5})\./.exec(token) ?? []
  const end = head.length + Number(length)
  if (head === '' || Number(length) > MAX_KEY_BYTES)
    throw new Failure({ code: 'bad-request', detail: 'cursor' })
  return { key: token.slice(head.length, end), versionId: token.slice(end) }
}

function readRows(
  xml: XmlElement,
  name: (text: string) => string,
  asked: Pick<ListWanted, 'prefix' | 'delimiter'>,
): readonly VersionRow[] {
  const rows: VersionRow[] = []
  for (const one of xml.children) {
    if (one.name === 'Version' || one.name === 'DeleteMarker') rows.push(versionRow(one, name))
    if (one.name === 'CommonPrefixes') rows.push(folderRow(name(textAt(one, 'Prefix'))))
  }
  for (const { key, kind, versionId } of rows) {
    checkName(key, asked, kind === 'folder' ? 'folder' : 'object')
    if (kind !== 'folder' && (versionId === '' || xmlText(versionId) === null))
      throw badAnswer('name', key, asked.prefix)
  }
  // The sort is stable: versions of one key stay in the order in which the server gave them.
  return rows.sort((a, b) => compareKeys(a.key, b.key))
}

/** Errors: Failure 'bad-answer' for a name before `after`, and for a version that comes again. */
function checkOrder(
  rows: readonly VersionRow[],
  after: string,
  from: Markers,
  prefix: string,
): void {
  const seen = new Set([`${from.versionId}/${from.key}`])
  for (const { key, kind, versionId } of rows) {
    const name = `${versionId}/${key}`
    const isBefore = after !== '' && compareKeys(key, after) < 0
    const isRepeated = seen.has(name) || (kind === 'folder' && key === after)
    if (isBefore || isRepeated) throw badAnswer('order', key, prefix)
    seen.add(name)
  }
}

function versionRow(one: XmlElement, name: (text: string) => string): VersionRow {
  return {
    key: name(textAt(one, 'Key')),
    kind: one.name === 'Version' ? 'version' : 'delete-marker',
    versionId: textAt(one, 'VersionId'),
    isLatest: textAt(one, 'IsLatest') === 'true',
    size: numberAt(one, 'Size') ?? 0,
    modified: isoTime(textAt(one, 'LastModified')),
    etag: bareEtag(textAt(one, 'ETag')),
    storageClass: textAt(one, 'StorageClass'),
  }
}

const folderRow = (key: string): VersionRow => ({
  key,
  kind: 'folder',
  versionId: '',
  isLatest: false,
  size: 0,
  modified: '',
  etag: '',
  storageClass: '',
})
