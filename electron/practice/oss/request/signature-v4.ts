import { createHash, createHmac } from 'node:crypto'
import type { HeaderMap, Place, QueryParam } from './exchange.ts'

/** The fields of a V4 signature, from the header or from the query. */
export interface ClaimV4 {
  readonly accessKeyId: string
  /** yyyymmdd */
  readonly day: string
  readonly region: string
  readonly product: string
  readonly additionalHeaders: readonly string[]
  readonly signature: string
}

/** Reads `id/day/region/product/aliyun_v4_request`; null for another form. */
export function readCredential(
  text: string,
): Omit<ClaimV4, 'additionalHeaders' | 'signature'> | null {
  const match = /^([^/\s]+)\/(\d{8})\/([a-z0-9-]+)\/([a-z-]+)\/aliyun_v4_request$/.exec(text)
  if (match === null) return null
  const [, accessKeyId = '', day = '', region = '', product = ''] = match
  return { accessKeyId, day, region, product }
}

/** Reads `OSS4-HMAC-SHA256 Credential=…,AdditionalHeaders=…,Signature=…`; null for another form. */
export function readAuthorizationV4(header: string): ClaimV4 | null {
  const fields = new Map<string, string>()
  for (const field of header.slice('OSS4-HMAC-SHA256 '.length).split(',')) {
    const equals = field.indexOf('=')
    if (equals < 0) return null
    fields.set(field.slice(0, equals).trim(), field.slice(equals + 1).trim())
  }
  const credential = readCredential(fields.get('Credential') ?? '')
  const signature = fields.get('Signature')
  const additional = fields.get('AdditionalHeaders')
  if (credential === null || signature === undefined || additional === '') return null
  return { ...credential, signature, additionalHeaders: additional?.split(';') ?? [] }
}

/** Encodes all but letters, digits and `-._~`, in capitals. Source: RFC 3986. */
export function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/**
 * Returns the canonical request, one byte a character. `emptyAs`: the form of a parameter without a
 * value. The documents say "the name alone", but some clients sign `name=` when they send it, so
 * the caller tries both.
 */
export function canonicalRequestV4(
  method: string,
  place: Place,
  params: readonly QueryParam[],
  headers: HeaderMap,
  additional: readonly string[],
  emptyAs: 'name' | 'as-sent',
): string {
  const path = place.bucket === '' ? '/' : `/${place.bucket}/${place.key}`
  const query = params
    .filter(({ name }) => name !== 'x-oss-signature')
    .map(
      ({ name, value, bare }) =>
        [
          encode(name),
          value === '' && (bare || emptyAs === 'name') ? '' : `=${encode(value)}`,
        ] as const,
    )
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => name + value)
    .join('&')
  const extra = new Set(additional)
  const signed = [...headers]
    .filter(
      ([name]) =>
        name.startsWith('x-oss-') ||
        name === 'content-type' ||
        name === 'content-md5' ||
        extra.has(name),
    )
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
  const payload = headers.get('x-oss-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  return [
    method,
    encode(path).replaceAll('%2F', '/'),
    query,
    signed.join(''),
    additional.join(';'),
    payload,
  ].join('\n')
}

/** `time`: yyyymmddThhmmssZ. */
export function stringToSignV4(claim: ClaimV4, time: string, canonicalRequest: string): string {
  const digest = createHash('sha256').update(Buffer.from(canonicalRequest, 'latin1')).digest('hex')
  return [
    'OSS4-HMAC-SHA256',
    time,
    `${claim.day}/${claim.region}/${claim.product}/aliyun_v4_request`,
    digest,
  ].join('\n')
}

export function signV4(secret: string, claim: ClaimV4, stringToSign: string): string {
  const key = [claim.day, claim.region, claim.product, 'aliyun_v4_request'].reduce<string | Buffer>(
    (previous, text) => createHmac('sha256', previous).update(text).digest(),
    `aliyun_v4${secret}`,
  )
  return createHmac('sha256', key).update(stringToSign).digest('hex')
}

/** Returns ms since 1970 for yyyymmddThhmmssZ; NaN for another form. */
export function readTimeV4(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return Number.NaN
  const [, y, mo, d, h, mi, s] = match
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`)
}
