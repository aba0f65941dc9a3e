import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'
import type { Credentials } from '../net/credentials.ts'

/** Names and values, not encoded; '' for a parameter without a value, such as `uploads`. */
export type Query = Readonly<Record<string, string>>

/** The parts of a request that a signature covers. */
export interface Signable {
  readonly method: string
  /** Null for calls on the account. */
  readonly bucket: string | null
  /** Null for calls on the bucket. */
  readonly key: string | null
  readonly query: Query
  /** Names in any case; values one character a byte, as Node sends them. */
  readonly headers: Readonly<Record<string, string>>
}

const ALGORITHM = 'OSS4-HMAC-SHA256'
const UNSIGNED = 'UNSIGNED-PAYLOAD'
/** Longest life of a presigned URL in seconds. Source: OSS documentation, V4 signature in a URL. */
const MAX_PRESIGN_SECONDS = 7 * 24 * 3600

/**
 * Returns all headers to send, with the signature in `authorization`: names in lower case, values
 * trimmed.
 *
 * Shape  `region`: such as cn-hangzhou.
 * Errors RangeError for a header no server could read the way we signed it: control characters, or
 * a character beyond one byte. A bug in the caller, never user data.
 * Source OSS documentation, "signature version 4 in the Authorization header";
 * test/core/oss-sign.test.ts compares with ali-oss.
 */
export function signV4(
  request: Signable,
  credentials: Credentials,
  region: string,
  date: Date,
): Readonly<Record<string, string>> {
  const time = isoBasic(date)
  const headers = normal(request.headers)
  headers['x-oss-date'] = time
  headers['x-oss-content-sha256'] = UNSIGNED
  if (credentials.securityToken !== null)
    headers['x-oss-security-token'] = fieldValue('x-oss-security-token', credentials.securityToken)
  const canonical = canonicalRequest(request, request.query, headers)
  const scope = scopeOf(time, region)
  const signature = signatureOf(canonical, time, scope, credentials, region)
  headers['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope},Signature=${signature}`
  return headers
}

/** Returns the encoded query of a presigned URL that works for `seconds`, at most seven days. */
export function presignV4(
  request: Signable,
  credentials: Credentials,
  region: string,
  date: Date,
  seconds: number,
): string {
  if (!Number.isInteger(seconds) || seconds < 1 || seconds > MAX_PRESIGN_SECONDS)
    throw new RangeError(`a URL cannot be good for ${seconds} s`)
  const time = isoBasic(date)
  const scope = scopeOf(time, region)
  const query: Query = {
    ...request.query,
    'x-oss-credential': `${credentials.accessKeyId}/${scope}`,
    'x-oss-date': time,
    'x-oss-expires': String(seconds),
    'x-oss-signature-version': ALGORITHM,
    ...(credentials.securityToken === null
      ? {}
      : { 'x-oss-security-token': credentials.securityToken }),
  }
  const canonical = canonicalRequest(request, query, normal(request.headers))
  const signature = signatureOf(canonical, time, scope, credentials, region)
  return encodeQuery({ ...query, 'x-oss-signature': signature })
}

/** Returns the signed path, whatever the style of the URL: `/`, `/bucket/` or `/bucket/key`. */
export function resourcePath(bucket: string | null, key: string | null): string {
  return bucket === null ? '/' : `/${encode(bucket)}/${key === null ? '' : encodeKey(key)}`
}

/**
 * Encodes an object key for a path; unreserved characters and '/' stay.
 * Errors: URIError for half a character.
 */
export function encodeKey(key: string): string {
  // One object is mostly asked for several times in a row: in a URL, in a signature, by PUT and
  // HEAD.
  if (key !== lastEncoded.key) lastEncoded = { key, path: encode(key).replaceAll('%2F', '/') }
  return lastEncoded.path
}
let lastEncoded = { key: '', path: '' }

/** Encodes a query, sorted by the bytes of the names; an empty value is written without '='. */
export function encodeQuery(query: Query): string {
  const pairs = Object.entries(query).map(([name, value]) => [encode(name), encode(value)] as const)
  return pairs
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
}

/** Encodes all but RFC 3986's unreserved characters; JavaScript's function leaves five more. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function canonicalRequest(
  { method, bucket, key }: Signable,
  query: Query,
  headers: Signable['headers'],
): string {
  const names = Object.keys(headers).filter(
    (name) => name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-'),
  )
  let signed = ''
  for (const name of names.sort()) signed += `${name}:${headers[name]}\n`
  // The empty line is the list of additional signed headers. There are none.
  return `${method}\n${resourcePath(bucket, key)}\n${encodeQuery(query)}\n${signed}\n\n${UNSIGNED}`
}

function signatureOf(
  canonical: string,
  time: string,
  scope: string,
  credentials: Credentials,
  region: string,
): string {
  // Latin-1 is how Node writes header values. Everything else in the text is ASCII.
  const digest = createHash('sha256').update(canonical, 'latin1').digest('hex')
  return createHmac('sha256', signingKey(credentials, time.slice(0, 8), region))
    .update(`${ALGORITHM}\n${time}\n${scope}\n${digest}`)
    .digest('hex')
}

/** Signing keys of a day and a region, so that they are not derived for every request. */
const keys = new WeakMap<
  Credentials,
  { readonly day: string; readonly region: string; readonly key: KeyObject }
>()

function signingKey(credentials: Credentials, day: string, region: string): KeyObject {
  const known = keys.get(credentials)
  if (known?.day === day && known.region === region) return known.key
  const bytes = hmac(
    hmac(hmac(hmac(`aliyun_v4${credentials.accessKeySecret}`, day), region), 'oss'),
    'aliyun_v4_request',
  )
  // A KeyObject is prepared once; bytes are prepared for every request.
  const key = createSecretKey(bytes)
  bytes.fill(0)
  keys.set(credentials, { day, region, key })
  return key
}

const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
const scopeOf = (time: string, region: string) =>
  `${time.slice(0, 8)}/${region}/oss/aliyun_v4_request`
/** Returns 20261121T094500Z. The last text is reused: a second sees thousands of signatures. */
function isoBasic(date: Date): string {
  const second = Math.floor(date.getTime() / 1000)
  if (second !== last.second) last = { second, text: date.toISOString().replace(/[-:]|\.\d+/g, '') }
  return last.text
}
let last = { second: NaN, text: '' }

function normal(headers: Readonly<Record<string, string>>): Record<string, string> {
  const all: Record<string, string> = {}
  for (const name of Object.keys(headers))
    all[name.toLowerCase()] = fieldValue(name, headers[name] ?? '')
  return all
}

function fieldValue(name: string, raw: string): string {
  const value = raw.trim()
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    throw new RangeError(`header ${name} cannot be sent as it is`)
  return value
}
