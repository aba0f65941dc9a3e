import { fail, ok, type Result } from '../contract/errors.ts'
import { META_PREFIX, readHeaders, type Headers } from './headers.ts'

/** Beside a blob saved as it is stored: `report.pdf` and `report.pdf.ossenv.json`. */
export const ENVELOPE_FILE_SUFFIX = '.ossenv.json'

/** Value of `format` in a file of ours. */
const FORMAT = 'cipherbucket-envelope-1'

/** What goes into an envelope file. `crc64`: decimal text over the stored bytes, null when OSS keeps none. */
export interface EnvelopeFile {
  readonly key: string
  /** Bytes of the blob. */
  readonly size: number
  readonly etag: string
  readonly crc64: string | null
  readonly headers: Headers
}

/** What could be read back; all but the headers may be missing in files of other tools. */
export interface ReadEnvelopeFile {
  readonly headers: Headers
  readonly key: string | null
  readonly size: number | null
  readonly crc64: string | null
}

/** Besides user metadata, what an object cannot be restored without. */
const KEPT: ReadonlySet<string> = new Set([
  'content-type', 'cache-control', 'content-disposition', 'content-encoding', 'content-language', 'expires',
])

/** JSON text. Keeps all user metadata, and of the other headers only those an upload could set again. */
export function writeEnvelopeFile(file: EnvelopeFile): string {
  const kept = [...file.headers].filter(([name]) => name.startsWith(META_PREFIX) || KEPT.has(name)).sort(([a], [b]) => (a < b ? -1 : 1))
  const { key, size, etag, crc64 } = file
  return `${JSON.stringify({ format: FORMAT, key, size, etag, crc64, headers: Object.fromEntries(kept) }, null, 2)}\n`
}

/**
 * Reads our files, `{"headers": {…}}`, a bare JSON object of headers, and lines of `name: value` as command line tools
 * print them. Names in any case, the names of all formats with or without `x-oss-meta-`.
 * Errors  'no-envelope' when there are no headers in it at all. Whether they make an envelope is for `recognise` to say.
 */
export function readEnvelopeFile(text: string): Result<ReadEnvelopeFile> {
  let value: unknown
  try {
    value = JSON.parse(text.trim()) // trim also takes a byte order mark
  } catch {
    return withHeaders(headerLines(text), {})
  }
  if (!isRecord(value)) return withHeaders([], {})
  const inner = ['headers', 'metadata', 'meta'].map((name) => value[name]).find(isRecord)
  return withHeaders(Object.entries(inner ?? value).flatMap(headerOf), inner === undefined ? {} : value)
}

function withHeaders(raw: readonly (readonly [string, string])[], about: Readonly<Record<string, unknown>>): Result<ReadEnvelopeFile> {
  if (raw.length === 0) return fail({ code: 'no-envelope' })
  const headers = readHeaders(withPrefixes(raw), about['format'] === FORMAT)
  const { key, size, crc64 } = about
  return ok({
    headers,
    key: typeof key === 'string' && key !== '' ? key : null,
    size: typeof size === 'number' && Number.isSafeInteger(size) && size >= 0 ? size : lengthIn(headers),
    crc64: typeof crc64 === 'string' && /^[0-9]{1,20}$/.test(crc64) ? crc64 : (headers.get('x-oss-hash-crc64ecma') ?? null),
  })
}

/** One JSON member → a header, or nothing. Some tools list the values of a header in an array. */
function headerOf([name, value]: readonly [string, unknown]): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return [[name, value]]
  if (typeof value === 'number') return [[name, String(value)]]
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string').map((item) => [name, item] as const) : []
}

/** `Name: value`, also with blanks before the colon as in columns; anything else on a line is skipped. */
function headerLines(text: string): readonly (readonly [string, string])[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const match = /^\s*([A-Za-z0-9-]+)\s*:\s?(.*)$/.exec(line)
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const]
  })
}

const ENVELOPE_NAME = '(?:client-side-encryption-.*|oss-crypto-.*|oss-(?:cek-alg|wrap-alg|matdesc))'
/** Some tools take the prefix away, and some that read names without it put it there twice. */
const ENVELOPE_HEADER = new RegExp(`^(?:${META_PREFIX})*(${ENVELOPE_NAME})$`, 'i')
/** The names of a message in the metadata are too short to stand for anything alone. */
const BARE_MESSAGE = ['header', 'iv', 'authtag']

function withPrefixes(raw: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const names = raw.map(([name]) => name.trim().toLowerCase())
  const bare = names.includes('header') && names.includes('iv')
  return raw.map(([name, value]) => {
    const trimmed = name.trim()
    const own = ENVELOPE_HEADER.exec(trimmed)?.[1] ?? (bare && BARE_MESSAGE.includes(trimmed.toLowerCase()) ? trimmed : null)
    return [own === null ? name : META_PREFIX + own, value] as const
  })
}

function lengthIn(headers: Headers): number | null {
  const text = headers.get('content-length') ?? ''
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : null
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
