import type { AppError } from '../../../shared/contract/errors.ts'
import { readXml, textAt, type XmlElement } from './oss-xml.ts'

/** An answer that is not a success, read to its end. A worker thread hands it over as well. */
export interface FailedAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  /** Body, as far as it was read; '' for HEAD. */
  readonly text: string
}

/** The request, for errors that name it. */
export interface RequestSubject {
  /** OSS's name of the permission, such as `oss:GetObject`. */
  readonly action: string
  readonly bucket: string | null
  readonly key: string | null
}

const MISSING_OBJECT: ReadonlySet<string> = new Set(['NoSuchKey', 'NoSuchVersion'])
const NO_ACCESS_KEY: ReadonlySet<string> = new Set(['InvalidAccessKeyId'])
const EXPIRED: ReadonlySet<string> = new Set([
  'SecurityTokenExpired',
  'InvalidSecurityToken',
  'SecurityTokenNotSupported',
])
/** A longer text is not a sentence of OSS, but a web page of something in between. */
const MESSAGE_LENGTH = 500

/**
 * Turns an error answer of OSS into an error of ours. `now`: this computer's clock, milliseconds,
 * for 'clock'. The XML stands in the body, or in the header `x-oss-err` where there is no body. For
 * the HTML of a proxy and for an empty body the status decides.
 */
export function ossFailure(answer: FailedAnswer, asked: RequestSubject, now: number): AppError {
  const { status, headers } = answer
  const xml =
    readXml(answer.text, 'Error') ?? readXml(fromHeader(headers.get('x-oss-err')), 'Error')
  const said = (...path: string[]) => (xml === null ? '' : plain(textAt(xml, ...path)))
  const ossCode = said('Code')
  const ec = said('EC') || plain(headers.get('x-oss-ec') ?? '')
  const requestId = said('RequestId') || plain(headers.get('x-oss-request-id') ?? '')
  const name = asked.key ?? asked.bucket ?? ''

  if (ossCode === 'RequestTimeTooSkewed')
    return {
      code: 'clock',
      minutes: Math.round((serverTime(answer, xml) ?? now) / 60_000 - now / 60_000),
      requestId,
    }
  if (NO_ACCESS_KEY.has(ossCode))
    return { code: 'bad-credentials', reason: 'unknown-key-id', requestId }
  if (ossCode === 'SignatureDoesNotMatch')
    return { code: 'bad-credentials', reason: 'wrong-secret', requestId }
  if (EXPIRED.has(ossCode)) return { code: 'bad-credentials', reason: 'expired', requestId }
  // The version that was asked for is a delete marker. Source: OSS's documentation of GetObject.
  const isMarker = status === 405 && headers.get('x-oss-delete-marker') === 'true'
  if (ossCode === 'NoSuchBucket')
    return { code: 'not-found', what: 'bucket', name: asked.bucket ?? '' }
  if (MISSING_OBJECT.has(ossCode) || (status === 404 && ossCode === '') || isMarker)
    return { code: 'not-found', what: asked.key === null ? 'bucket' : 'object', name }
  if (ossCode === 'FileAlreadyExists') return { code: 'object-exists', key: name }
  if (status === 412) return { code: 'object-changed', key: name }
  // AccessDenied that names another endpoint means "not here": no permission would help.
  const elsewhere = said('Endpoint')
  if ((ossCode === 'AccessDenied' && elsewhere === '') || (status === 403 && ossCode === '')) {
    return {
      code: 'access-denied',
      action: said('AccessDeniedDetail', 'AuthAction') || asked.action,
      ossCode,
      ec,
      requestId,
    }
  }
  const message = elsewhere === '' ? said('Message') : `${said('Message')} (${elsewhere})`
  return { code: 'oss', status, ossCode, ec, message, requestId, retryAfterMs: retryAfter(headers) }
}

/**
 * Returns the server's clock in milliseconds: its Date header, else the time in the error, else
 * null.
 */
export function serverTime(
  { headers }: Pick<FailedAnswer, 'headers'>,
  xml: XmlElement | null = null,
): number | null {
  for (const text of [headers.get('date') ?? '', xml === null ? '' : textAt(xml, 'ServerTime')]) {
    const time = Date.parse(text)
    if (!Number.isNaN(time)) return time
  }
  return null
}

/** Returns the milliseconds that the server asks clients to wait; 0 when it does not ask. */
function retryAfter(headers: ReadonlyMap<string, string>): number {
  const delay = Number(headers.get('x-oss-qos-delay-time') ?? Number.NaN)
  if (Number.isFinite(delay) && delay > 0) return Math.ceil(delay)
  const seconds = Number(headers.get('retry-after') ?? Number.NaN)
  return Number.isFinite(seconds) && seconds > 0 ? Math.ceil(seconds * 1000) : 0
}

function fromHeader(value: string | undefined): string {
  return value === undefined ? '' : Buffer.from(value, 'base64').toString('utf8')
}

/**
 * Returns one line of bounded length without control characters: the text came from outside, and it
 * is shown.
 */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, MESSAGE_LENGTH)
}
