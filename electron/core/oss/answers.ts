import { Failure } from '../../../shared/contract/errors.ts'
import type { OssAnswer } from './client.ts'
import { ossFailure, type RequestSubject } from './oss-error.ts'
import { readXml, type XmlElement } from './oss-xml.ts'

/**
 * Reads an XML answer with this root. A listing that is cut off must never look like a short one.
 * Errors: Failure 'oss' for everything else, half a document included. An `Error` inside a 200 is
 * an error too: long calls may end in one.
 */
export function xmlOf(told: OssAnswer, root: string, asked: RequestSubject): XmlElement {
  const found = readXml(told.text, root)
  if (found !== null) return found
  if (readXml(told.text, 'Error') !== null) throw new Failure(ossFailure(told, asked, Date.now()))
  throw notOss(told, `the answer is no ${root}`)
}

/** Makes the error for an answer that no OSS gives; usually something in between answered. */
export function notOss(
  { status, headers }: Pick<OssAnswer, 'status' | 'headers'>,
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

/** Returns an ETag without its quotes; '' for a response without an ETag. */
export function bareEtag(text: string | undefined): string {
  return (text ?? '').trim().replace(/^(W\/)?"|"$/g, '')
}

/** Returns a date of a header or of XML as ISO 8601; '' when the text is not a date. */
export function isoTime(text: string | undefined): string {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? '' : new Date(time).toISOString()
}

/** Facts that OSS answers with when it has stored an object. */
export interface PutResult {
  readonly etag: string
  readonly crc64: string | null
  readonly versionId: string | null
}

/**
 * Returns the header that makes OSS refuse to replace an object. OSS ignores it on a bucket whose
 * versioning is enabled or suspended.
 */
export function overwriteRule(forbidOverwrite: boolean): Record<string, string> {
  return forbidOverwrite ? { 'x-oss-forbid-overwrite': 'true' } : {}
}

/** Reads the facts of a stored object from the headers of HEAD, put, copy and complete. */
export function storedOf(headers: ReadonlyMap<string, string>): PutResult {
  return {
    etag: bareEtag(headers.get('etag')),
    crc64: headers.get('x-oss-hash-crc64ecma') ?? null,
    versionId: headers.get('x-oss-version-id') ?? null,
  }
}
