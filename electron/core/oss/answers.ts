import { Failure } from '../../../shared/contract/errors.ts'
import type { Told } from './client.ts'
import { ossFailure, type Asked } from './oss-error.ts'
import { readXml, type XmlElement } from './oss-xml.ts'

/**
 * The XML answer with this root. Throws Failure 'oss' when it is something else, half of it
 * included: a listing cut short must never look like a short listing. An `Error` inside a 200,
 * which long calls may end in, is an error too.
 */
export function xmlOf(told: Told, root: string, asked: Asked): XmlElement {
  const found = readXml(told.text, root)
  if (found !== null) return found
  if (readXml(told.text, 'Error') !== null) throw new Failure(ossFailure(told, asked, Date.now()))
  throw notOss(told, `the answer is no ${root}`)
}

/** 'oss' for an answer no OSS gives: usually something between us and it. */
export function notOss(
  { status, headers }: Pick<Told, 'status' | 'headers'>,
  message: string,
): Failure {
  const requestId = headers.get('x-oss-request-id') ?? ''
  return new Failure({
    code: 'oss',
    status,
    ossCode: '',
    ec: '',
    message,
    requestId,
    retryAfterMs: 0,
  })
}

/** ETag without its quotes; '' when there is none. */
export function bareEtag(text: string | undefined): string {
  return (text ?? '').trim().replace(/^(W\/)?"|"$/g, '')
}

/** A date of a header or of XML as ISO 8601; '' when it is none. */
export function isoTime(text: string | undefined): string {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? '' : new Date(time).toISOString()
}

/** What OSS says of an object it has just stored. */
export interface Stored {
  readonly etag: string
  readonly crc64: string | null
  readonly versionId: string | null
}

/** The header that makes OSS itself refuse to replace an object. */
export function overwriteRule(forbidOverwrite: boolean): Record<string, string> {
  return forbidOverwrite ? { 'x-oss-forbid-overwrite': 'true' } : {}
}

/** What the headers of HEAD, put, copy and complete say of the stored object. */
export function storedOf(headers: ReadonlyMap<string, string>): Stored {
  return {
    etag: bareEtag(headers.get('etag')),
    crc64: headers.get('x-oss-hash-crc64ecma') ?? null,
    versionId: headers.get('x-oss-version-id') ?? null,
  }
}
