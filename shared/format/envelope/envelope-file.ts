import { fail, ok, type AppError, type Result } from '../../contract/errors.ts'
import { OAEP_WRAP, RSA_WRAP } from './envelope.ts'
import { mergedEnvelopes, type FoundEnvelope } from './envelope-merge.ts'
import type { HeaderGroup } from './envelope-names.ts'
import {
  envelopeGroups,
  ENVELOPE_FILE_FORMAT,
  plainGroup,
  type OwnFile,
} from './envelope-readers.ts'
import { META_PREFIX, readHeaders, type Headers } from '../headers.ts'
import { recognise } from '../recognise.ts'
import { withoutPrintMarks } from '../text-bytes.ts'

/**
 * The suffix of the file beside a blob that was saved as it is stored: `report.pdf` and
 * `report.pdf.ossenv.json`.
 */
export const ENVELOPE_FILE_SUFFIX = '.ossenv.json'

/**
 * The content of an envelope file. `crc64`: decimal text over the stored bytes, null when OSS has
 * none.
 */
export interface EnvelopeFile {
  readonly bucket: string
  readonly key: string
  /** Bytes of the blob. */
  readonly size: number
  readonly etag: string
  readonly crc64: string | null
  /** The text of the seal in the object's tags; null for none. */
  readonly seal: string | null
  /** The text of the second envelope in the object's tags; null or left out: there is none. */
  readonly second?: string | null
  readonly headers: Headers
}

/**
 * The content that could be read back. In files of other tools, everything except the headers may
 * be missing.
 */
export interface ReadEnvelopeFile {
  readonly headers: Headers
  /** Null in files of earlier versions. */
  readonly bucket: string | null
  readonly key: string | null
  readonly seal: string | null
  readonly second: string | null
  /** Bytes of the blob, from our own file or from the total of a Content-Range. */
  readonly size: number | null
  /**
   * The Content-Length among the headers. It may be that of a part or of no body, so it only serves
   * to guess.
   */
  readonly likelySize: number | null
  readonly crc64: string | null
}

/** The headers, besides user metadata, that an object cannot be restored without. */
const KEPT: ReadonlySet<string> = new Set([
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
])

/**
 * Writes an envelope file as JSON text, with all user metadata and those other headers that an
 * upload could set again.
 */
export function writeEnvelopeFile(file: EnvelopeFile): string {
  const kept = [...file.headers]
    .filter(([name]) => name.startsWith(META_PREFIX) || KEPT.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const { bucket, key, size, etag, crc64, seal, second } = file
  const all = {
    format: ENVELOPE_FILE_FORMAT,
    bucket,
    key,
    size,
    etag,
    crc64,
    seal,
    ...(second != null && { second }),
    headers: Object.fromEntries(kept),
  }
  return `${JSON.stringify(all, null, 2)}\n`
}

/** Bytes that the shortest accepted key wraps: 1,024 bits. */
const SHORTEST_RSA = 128

/**
 * Reads our own files, and the headers of an object as other programs print them: see
 * `envelope-readers.ts`. Names can have any case and any prefix, and values are read without the
 * marks around them.
 * Errors  'no-envelope' for a text without headers; 'envelope-file' when a part of an envelope is
 * there and cannot be used. The text is at fault then, whatever the object is. `file` is empty,
 * because the caller knows the name.
 */
export function readEnvelopeFile(printed: string): Result<ReadEnvelopeFile> {
  const text = withoutPrintMarks(printed)
  const { groups, own } = envelopeGroups(text)
  const envelopes = mergedEnvelopes(groups, own.length > 0)
  if (envelopes.length > 1) return refused('several', '', envelopes.length)
  const [only] = envelopes
  if (only === undefined) {
    const plain = plainGroup(text)
    return plain.length === 0
      ? fail({ code: 'no-envelope' })
      : ok(about({ fields: [], rest: plain }, own[0] ?? null))
  }
  const read = about(only, own[0] ?? null)
  const found = recognise(read.headers)
  if (found.kind === 'broken')
    return refused(found.problem === 'missing' ? 'missing' : 'unreadable', found.header, 1)
  if (
    found.kind === 'encrypted' &&
    [RSA_WRAP, OAEP_WRAP].includes(found.envelope.wrapAlgorithm) &&
    found.envelope.wrappedDataKey.length < SHORTEST_RSA
  )
    return refused('cut', '', 1)
  return ok(read)
}

/**
 * Turns the error of an envelope into one of the file that it came from. `file`: its name, '' for a
 * pasted text.
 */
export function faultOfFile(error: AppError, file: string): AppError {
  if (error.code === 'no-envelope') return file === '' ? error : { ...error, file }
  if (error.code === 'not-an-envelope')
    return {
      code: 'envelope-file',
      file,
      problem: error.problem === 'missing' ? 'missing' : 'unreadable',
      header: error.header,
      count: 1,
    }
  return error.code === 'envelope-file' ? { ...error, file } : error
}

function refused(
  problem: 'several' | 'missing' | 'unreadable' | 'cut',
  header: string,
  count: number,
): Result<never> {
  return fail({ code: 'envelope-file', file: '', problem, header, count })
}

function about({ fields, rest }: FoundEnvelope, own: OwnFile | null): ReadEnvelopeFile {
  const headers = readHeaders([...rest, ...fields], own !== null)
  const { bucket, key, size, crc64, seal, second } = own ?? {}
  return {
    headers,
    bucket: textOf(bucket),
    key: textOf(key),
    seal: textOf(seal),
    second: textOf(second),
    size:
      typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : totalIn(headers),
    likelySize: numberIn(headers.get('content-length') ?? ''),
    crc64: checksumIn(crc64, rest),
  }
}

const textOf = (value: unknown): string | null =>
  typeof value === 'string' && value !== '' ? value : null

/**
 * Two answers in one text may show two states of an object. A value on which they disagree is not
 * used.
 */
function checksumIn(own: unknown, rest: HeaderGroup): string | null {
  if (typeof own === 'string' && CHECKSUM.test(own)) return own
  const values = new Set(
    rest.flatMap(([name, value]) =>
      /^x-oss-hash-crc64ecma$/i.test(name.trim()) ? [value.trim()] : [],
    ),
  )
  const [one] = values
  return values.size === 1 && one !== undefined && CHECKSUM.test(one) ? one : null
}

const CHECKSUM = /^[0-9]{1,20}$/

/**
 * Returns the size of the object in a Content-Range: `bytes 0-9/292` gives 292, whatever part the
 * answer had.
 */
function totalIn(headers: Headers): number | null {
  return numberIn(
    /^bytes\s+(?:\d+-\d+|\*)\/(\d+)$/i.exec(headers.get('content-range') ?? '')?.[1] ?? '',
  )
}

const numberIn = (text: string): number | null => (/^[0-9]{1,15}$/.test(text) ? Number(text) : null)
