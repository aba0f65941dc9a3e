import { der, derInteger, INTEGER, SEQUENCE } from '../../../../shared/format/der.ts'
import { inside, readDer, refuse } from './der.ts'
import { MAX_NUMBER_BYTES } from './rsa-numbers.ts'

/**
 * Names of the numbers of a private key, in the order of PKCS#1: in a JWK (RFC 7518 §6.3), and in
 * the XML of .NET (XML-DSig §4.5.2.2).
 */
const JWK = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const
const XML = ['Modulus', 'Exponent', 'D', 'P', 'Q', 'DP', 'DQ', 'InverseQ'] as const

/** Is this object of JSON a key? Of which kind its `kty` says; one of .NET has no such word. */
export const isJwk = (object: Readonly<Record<string, unknown>>): boolean =>
  typeof object['kty'] === 'string' || isOfNet(object)

const isOfNet = (object: Readonly<Record<string, unknown>>): boolean =>
  ['Modulus', 'Exponent'].every((name) => typeof member(object, name) === 'string')

/** .NET writes names with a capital or without, as it is told to. */
const member = (object: Readonly<Record<string, unknown>>, name: string): unknown =>
  object[name] ??
  object[
    name === 'DP' || name === 'DQ'
      ? name.toLowerCase()
      : name.charAt(0).toLowerCase() + name.slice(1)
  ]

/**
 * PKCS#1 DER of the key in a JWK, or in the RSAParameters of .NET as JSON, which the caller wipes.
 * A key that leaves out its primes is not read: 'jwk-short'.
 * Errors Failure 'key-import': not-rsa, not-a-key, too-large, jwk-short.
 */
export function pkcs1OfJwk(object: Readonly<Record<string, unknown>>): Uint8Array {
  if (object['kty'] === undefined && isOfNet(object))
    return pkcs1Of(
      XML.map((name) => member(object, name)),
      'base64',
    )
  if (object['kty'] !== 'RSA') refuse('not-rsa')
  return pkcs1Of(
    JWK.map((name) => object[name]),
    'base64url',
  )
}

/** The same for an RSAKeyValue of XML; null when the text holds none. */
export function pkcs1OfXml(text: string): Uint8Array | null {
  if (!/<(?:\w+:)?RSA(?:KeyValue|Parameters)\b/.test(text)) return null
  return pkcs1Of(
    XML.map(
      (name) => new RegExp(`<(?:\\w+:)?${name}>([A-Za-z0-9+/=\\s]{0,4096})</`).exec(text)?.[1],
    ),
    'base64',
  )
}

function pkcs1Of(texts: readonly unknown[], encoding: 'base64' | 'base64url'): Uint8Array {
  const numbers = texts.map((text) =>
    typeof text === 'string' && text !== '' ? numberOf(text, encoding) : null,
  )
  const [n, e, ...secret] = numbers
  if (n === null || n === undefined || e === null || e === undefined) return refuse('not-a-key')
  const known = secret.filter((number) => number !== null)
  if (known.length === 0) return der(SEQUENCE, n, e)
  if (known.length < secret.length) refuse('jwk-short')
  const whole = der(SEQUENCE, derInteger(0), n, e, ...known)
  for (const number of known) number.fill(0)
  return whole
}

/** An INTEGER of bytes that have no sign. */
function numberOf(text: string, encoding: 'base64' | 'base64url'): Uint8Array {
  const bytes = Buffer.from(text.replace(/\s+/g, ''), encoding)
  const first = bytes.findIndex((byte) => byte !== 0)
  if (first < 0) refuse('not-a-key')
  if (bytes.length - first > MAX_NUMBER_BYTES) refuse('too-large')
  const body = bytes.subarray(first)
  const number = der(INTEGER, ...((body[0] ?? 0) < 0x80 ? [body] : [Buffer.of(0), body]))
  bytes.fill(0)
  return number
}

/** Is this DER whole: one element, and nothing but a line end behind it? */
export function isWholeDer(bytes: Uint8Array): boolean {
  try {
    const structure = readDer(bytes)
    return (
      structure.tag === SEQUENCE &&
      inside(structure).length > 0 &&
      bytes.subarray(structure.whole.length).every((byte) => byte === 10 || byte === 13)
    )
  } catch {
    return false
  }
}
