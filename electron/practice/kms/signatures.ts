import { createHash, createHmac } from 'node:crypto'
import { encode } from '../oss/request/signature-v4.ts'

type Pairs = Iterable<readonly [string, string]>

/**
 * Returns the pairs as `name=value`, sorted by name and percent-encoded by RFC 3986. Both
 * signatures cover this text.
 */
function canonicalQuery(pairs: Pairs): string {
  return [...pairs]
    .sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1))
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join('&')
}

/**
 * Returns the text that signature version 1.0 covers: all parameters except `Signature`.
 * Source: the RPC signature of Alibaba Cloud's APIs.
 */
export function kmsStringToSign(method: string, params: Pairs): string {
  const signed = [...params].filter(([name]) => name !== 'Signature')
  return [method, encode('/'), encode(canonicalQuery(signed))].join('&')
}

/** Returns a signature of version 1.0, in base64. */
export function kmsSignature(secret: string, stringToSign: string): string {
  return createHmac('sha1', `${secret}&`).update(stringToSign).digest('base64')
}

/** The fields of an ACS3 `Authorization` header. */
export interface ClaimAcs3 {
  readonly accessKeyId: string
  readonly signedHeaders: readonly string[]
  readonly signature: string
}

/**
 * Reads `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=a;b,Signature=…`. Returns null for a header of
 * another form.
 */
export function readAuthorization(header: string): ClaimAcs3 | null {
  const fields = new Map<string, string>()
  for (const field of header.slice(header.indexOf(' ') + 1).split(',')) {
    const [name = '', value = ''] = field.split(/=(.*)/s)
    fields.set(name.trim(), value.trim())
  }
  const [accessKeyId, signed, signature] = ['Credential', 'SignedHeaders', 'Signature'].map(
    (name) => fields.get(name),
  )
  if (!accessKeyId || !signed || !signature) return null
  return { accessKeyId, signedHeaders: signed.split(';'), signature }
}

/**
 * Returns the text that an ACS3 signature covers.
 * Source: "request syntax and signature method V3" of Alibaba Cloud's OpenAPI documentation.
 */
export function stringToSignAcs3(
  method: string,
  query: Pairs,
  headers: ReadonlyMap<string, string>,
  signedHeaders: readonly string[],
  bodySha256: string,
): string {
  const lines = signedHeaders.map((name) => `${name}:${(headers.get(name) ?? '').trim()}\n`)
  const canonical = [
    method,
    '/',
    canonicalQuery(query),
    lines.join(''),
    signedHeaders.join(';'),
    bodySha256,
  ].join('\n')
  return `ACS3-HMAC-SHA256\n${createHash('sha256').update(canonical).digest('hex')}`
}

/** Returns an ACS3 signature, in hex. */
export function signAcs3(secret: string, stringToSign: string): string {
  return createHmac('sha256', secret).update(stringToSign).digest('hex')
}
