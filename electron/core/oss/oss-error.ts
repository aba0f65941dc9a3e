import type { AppError } from '../../../shared/contract/errors.ts'
import { readXml, textAt, type XmlElement } from './oss-xml.ts'

/** An answer that is no success, read to its end: also what a worker thread hands over. */
export interface FailedAnswer {
  readonly status: number
  /** Lower-case names. */
  readonly headers: ReadonlyMap<string, string>
  /** Body, as far as it was read; '' for HEAD. */
  readonly text: string
}

/** What was asked, for errors that name it. */
export interface Asked {
  /** OSS's name of the permission, such as `oss:GetObject`. */
  readonly action: string
  readonly bucket: string | null
  readonly key: string | null
}

const NO_ACCESS_KEY: ReadonlySet<string> = new Set(['InvalidAccessKeyId'])
const EXPIRED: ReadonlySet<string> = new Set([
  'SecurityTokenExpired',
  'InvalidSecurityToken',
  'SecurityTokenNotSupported',
])
/** Longer texts are no sentence of OSS, but somebody's web page. */
const MESSAGE_LENGTH = 500

/**
 * An error answer of OSS as one of ours. `now`: this computer's clock, milliseconds, for 'clock'.
 * Reads the XML body, or the `x-oss-err` header that stands for it where there is no body; proxies'
 * HTML and empty bodies leave the status to judge by.
 */
export function ossFailure(answer: FailedAnswer, asked: Asked, now: number): AppError {
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
  if (ossCode === 'NoSuchBucket')
    return { code: 'not-found', what: 'bucket', name: asked.bucket ?? '' }
  if (ossCode === 'NoSuchKey' || (status === 404 && ossCode === ''))
    return { code: 'not-found', what: asked.key === null ? 'bucket' : 'object', name }
  if (ossCode === 'FileAlreadyExists') return { code: 'object-exists', key: name }
  if (status === 412) return { code: 'object-changed', key: name }
  // With another endpoint in it, AccessDenied means "not here"; no permission would help.
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

/** The server's clock in milliseconds, or null: its Date header, else what the error says. */
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

/** Milliseconds the server asks us to wait, 0 when it does not. */
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
 * One bounded line without characters that steer a screen: the text is shown, and it came from
 * outside.
 */
function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .trim()
    .slice(0, MESSAGE_LENGTH)
}
