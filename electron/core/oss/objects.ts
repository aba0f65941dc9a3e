import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { Failure } from '../../../shared/contract/errors.ts'
import type { ObjectPage, ObjectRef } from '../../../shared/contract/models.ts'
import { pieceOf, type Piece } from '../net/content-range.ts'
import {
  bareEtag,
  isoTime,
  notOss,
  overwriteRule,
  storedOf,
  xmlOf,
  type PutResult,
} from './answers.ts'
import type { Oss, OssAnswer } from './client.ts'
import { AT_START, badAnswer, readCursor, takePage, writeCursor } from './list-pages.ts'
import { sendOnce } from './lost-answer.ts'
import { readObjectPage } from './object-page.ts'
import { currentObject, readAction, versionQuery } from './object-ref.ts'

type HeaderMap = ReadonlyMap<string, string>

export interface ObjectHead {
  /** Every header, lower-case names, values as they came over the wire. */
  readonly headers: HeaderMap
  /** Bytes stored. */
  readonly size: number
  /** Without quotes. */
  readonly etag: string
  /** CRC-64 of the stored bytes, decimal; null when OSS keeps none (some copies). */
  readonly crc64: string | null
  /** ISO 8601, '' when unknown. */
  readonly modified: string
  readonly storageClass: string
  readonly contentType: string
  readonly versionId: string | null
}

/** Bytes of an object, their true place in it, and the headers of the same answer. */
export interface ObjectPiece extends Piece {
  readonly headers: HeaderMap
  readonly etag: string
  readonly body: Readable
}

export interface ListWanted {
  readonly bucket: string
  readonly prefix: string
  /** '/' for one folder; '' for everything below the prefix. */
  readonly delimiter: string
  /** From the page before; null for the first. */
  readonly cursor: string | null
  /** For the first page: only names that come after this one. Left out: all names. */
  readonly after?: string
  /** Rows in one page, 1 to 1,000. */
  readonly max: number
}

/**
 * Lists one page of current objects. Every listing of objects goes through here: each name is below
 * the prefix, after the names before it, and there once.
 * Errors: Failure 'bad-answer' for any other list, and for a list that never ends.
 */
export async function listObjects(
  oss: Oss,
  wanted: ListWanted,
  signal: AbortSignal,
): Promise<ObjectPage> {
  const { bucket, prefix, delimiter, cursor, after = '', max } = wanted
  const asked = { action: 'oss:ListObjects', bucket, key: null }
  const from =
    cursor === null ? { reached: { ...AT_START, after }, token: null } : readCursor(cursor)
  const query = {
    'list-type': '2',
    'encoding-type': 'url',
    'max-keys': String(max),
    ...(prefix === '' ? {} : { prefix }),
    ...(delimiter === '' ? {} : { delimiter }),
    ...(cursor === null && after !== '' ? { 'start-after': after } : {}),
    ...(from.token === null ? {} : { 'continuation-token': from.token }),
  }
  const page = readObjectPage(
    xmlOf(await oss.call({ ...asked, method: 'GET', query }, signal), 'ListBucketResult', asked),
    wanted,
  )
  const reached = takePage(from.reached, page.names, prefix)
  if (page.token !== null && page.token === from.token) throw badAnswer('endless', '', prefix)
  return { rows: page.rows, cursor: page.token === null ? null : writeCursor(reached, page.token) }
}

/**
 * Asks for the headers of one version.
 * Errors: Failure, 'not-found' also for a version that is a delete marker.
 */
export async function headVersion(
  oss: Oss,
  { bucket, key, versionId }: ObjectRef,
  signal: AbortSignal,
): Promise<ObjectHead> {
  const query = versionQuery(versionId)
  const action = readAction(versionId)
  const asked = { method: 'HEAD', bucket, key, query, action }
  return heardHead(oss, { bucket, key }, await oss.call(asked, signal))
}

/** Reads the headers of a successful HEAD as {@link headOf}, and tells the listener of them. */
export function heardHead(
  { listener }: Oss,
  object: { readonly bucket: string; readonly key: string },
  answer: Pick<OssAnswer, 'status' | 'headers'>,
): ObjectHead {
  const head = headOf(answer)
  listener?.looked(object, head)
  return head
}

/** Asks for the headers of the current object; see {@link headVersion}. */
export const headObject = (
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<ObjectHead> => headVersion(oss, currentObject(bucket, key), signal)

/**
 * Asks for an object that may not be there. Returns null where the bucket has no object of this
 * key.
 * Errors: Failure for everything else, a missing bucket included.
 */
export const headIfThere = (
  oss: Oss,
  bucket: string,
  key: string,
  signal: AbortSignal,
): Promise<ObjectHead | null> => versionIfThere(oss, currentObject(bucket, key), signal)

/** Asks for one version that may not be there; see {@link headIfThere}. */
export async function versionIfThere(
  oss: Oss,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<ObjectHead | null> {
  try {
    return await headVersion(oss, ref, signal)
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    const { error } = cause
    if (error.code === 'not-found' && error.what === 'object') return null
    throw cause
  }
}

/** Reads the headers of a successful HEAD. Errors: Failure 'oss' when they have no size. */
export function headOf(answer: Pick<OssAnswer, 'status' | 'headers'>): ObjectHead {
  const { headers } = answer
  const size = Number(headers.get('content-length') ?? Number.NaN)
  if (!Number.isSafeInteger(size)) throw notOss(answer, 'the answer has no size')
  return {
    headers,
    size,
    ...storedOf(headers),
    modified: isoTime(headers.get('last-modified')),
    storageClass: headers.get('x-oss-storage-class') ?? 'Standard',
    contentType: headers.get('content-type') ?? '',
  }
}

/**
 * Returns headers that ask for `length` bytes from `offset` on (null: to the end) of the object
 * with this ETag (null: any object). The behaviour `standard` is asked for, because OSS otherwise
 * answers an impossible range with the whole object. From 0 to the end no range is sent: an empty
 * object has none.
 */
export function rangeHeaders(range: {
  readonly offset: number
  readonly length: number | null
  readonly ifMatch: string | null
}): Record<string, string> {
  const { offset, length, ifMatch } = range
  if (
    !Number.isSafeInteger(offset) ||
    offset < 0 ||
    (length !== null && (!Number.isSafeInteger(length) || length < 1))
  ) {
    throw new RangeError(`no such range: ${offset}, ${length}`)
  }
  const whole = offset === 0 && length === null
  return {
    ...(whole
      ? {}
      : {
          range: `bytes=${offset}-${length === null ? '' : offset + length - 1}`,
          'x-oss-range-behavior': 'standard',
        }),
    ...(ifMatch === null ? {} : { 'if-match': `"${ifMatch}"` }),
  }
}

export interface RangeWanted {
  readonly bucket: string
  readonly key: string
  readonly offset: number
  /** At least 1; null to the end. */
  readonly length: number | null
  /** ETag without quotes; null for any object. */
  readonly ifMatch: string | null
  /** Null or left out: the current version. */
  readonly versionId?: string | null
}

/**
 * Asks for bytes of an object. The caller must read or destroy the body.
 * Errors: Failure 'object-changed' when the ETag is another one by now.
 */
export async function getRange(
  oss: Oss,
  wanted: RangeWanted,
  signal: AbortSignal,
): Promise<ObjectPiece> {
  const { bucket, key, versionId = null } = wanted
  const query = versionQuery(versionId)
  const action = readAction(versionId)
  const answer = await oss.open(
    { method: 'GET', bucket, key, query, headers: rangeHeaders(wanted), action },
    signal,
  )
  try {
    return {
      ...pieceOf(answer.status, answer.headers),
      headers: answer.headers,
      etag: bareEtag(answer.headers.get('etag')),
      body: answer.body,
    }
  } catch (cause) {
    answer.body.destroy()
    throw cause
  }
}

export interface SmallObject {
  readonly bucket: string
  readonly key: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  /** True: OSS refuses to replace what is there ('object-exists'). */
  readonly forbidOverwrite: boolean
}

/**
 * Stores bytes held in memory: folder markers and other small things. Where the answer was lost, an
 * object of these very bytes (its ETag is their MD5) is ours.
 */
export async function putSmall(
  oss: Oss,
  object: SmallObject,
  signal: AbortSignal,
): Promise<PutResult> {
  const { bucket, key, body, forbidOverwrite } = object
  const headers = { ...object.headers, ...overwriteRule(forbidOverwrite) }
  const request = { method: 'PUT', bucket, key, headers, body, action: 'oss:PutObject' }
  return sendOnce(
    async (onUnsure) => storedOf((await oss.call({ ...request, onUnsure }, signal)).headers),
    {
      proof: 'content',
      async find() {
        const head = await headIfThere(oss, bucket, key, signal)
        const md5 = createHash('md5').update(body).digest('hex')
        if (head === null || head.etag.toLowerCase() !== md5) return null
        return { etag: head.etag, crc64: head.crc64, versionId: head.versionId }
      },
    },
  )
}

/**
 * Makes a URL that gives the stored bytes (of an encrypted object, the ciphertext) to everybody who
 * has it, for `seconds`.
 */
export function presignGet(
  oss: Oss,
  {
    seconds,
    versionId = null,
    ...object
  }: Omit<ObjectRef, 'versionId'> & {
    readonly versionId?: string | null
    readonly seconds: number
  },
): Promise<string> {
  return oss.presign({ method: 'GET', ...object, query: versionQuery(versionId) }, seconds)
}
