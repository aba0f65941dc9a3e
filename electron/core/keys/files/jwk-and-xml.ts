import { der, derInteger, INTEGER, SEQUENCE } from '../../../../shared/format/der.ts'
import { rejectKeyFile } from './refuse.ts'
import { MAX_NUMBER_BYTES } from './rsa-numbers.ts'

/** Names of the numbers of an RSA key in a JWK, in the order of PKCS#1. Source RFC 7518 §6.3. */
const JWK = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const
/** The same in the XML and the JSON of .NET. Source XML-DSig §4.5.2.2. */
const DOTNET = ['Modulus', 'Exponent', 'D', 'P', 'Q', 'DP', 'DQ', 'InverseQ'] as const

type JsonObject = Readonly<Record<string, unknown>>

/**
 * Tells whether a JSON object is a key. A JWK says its kind in `kty`. A key of .NET has no such
 * member.
 */
export const isJwk = (object: JsonObject): boolean =>
  typeof object['kty'] === 'string' || isOfDotnet(object)

const isOfDotnet = (object: JsonObject): boolean =>
  ['Modulus', 'Exponent'].every((name) => typeof member(object, name) === 'string')

/** .NET writes names with a capital letter or without, as it was configured. */
const member = (object: JsonObject, name: string): unknown =>
  object[name] ??
  object[
    name === 'DP' || name === 'DQ'
      ? name.toLowerCase()
      : name.charAt(0).toLowerCase() + name.slice(1)
  ]

/**
 * Turns the key of a JWK, or of .NET's RSAParameters as JSON, into PKCS#1 DER. The caller wipes the
 * answer.
 * Errors  Failure 'key-import': not-rsa, not-a-key, too-large, and jwk-short for a key without its
 * primes.
 */
export function pkcs1OfJwk(object: JsonObject): Uint8Array {
  if (object['kty'] === undefined && isOfDotnet(object))
    return pkcs1Of(
      DOTNET.map((name) => member(object, name)),
      'base64',
    )
  if (object['kty'] !== 'RSA') rejectKeyFile('not-rsa')
  return pkcs1Of(
    JWK.map((name) => object[name]),
    'base64url',
  )
}

/**
 * Turns an RSAKeyValue of XML into PKCS#1 DER, and returns null for a text without one. The caller
 * wipes the answer. Errors as {@link pkcs1OfJwk}.
 */
export function pkcs1OfXml(text: string): Uint8Array | null {
  if (!/<(?:\w+:)?RSA(?:KeyValue|Parameters)\b/.test(text)) return null
  return pkcs1Of(
    DOTNET.map(
      (name) => new RegExp(`<(?:\\w+:)?${name}>([A-Za-z0-9+/=\\s]{0,4096})</`).exec(text)?.[1],
    ),
    'base64',
  )
}

function pkcs1Of(texts: readonly unknown[], encoding: 'base64' | 'base64url'): Uint8Array {
  const numbers = texts.map((text) =>
    typeof text === 'string' && text !== '' ? derNumber(text, encoding) : null,
  )
  const [n, e, ...secret] = numbers
  if (n === null || n === undefined || e === null || e === undefined)
    return rejectKeyFile('not-a-key')
  const known = secret.filter((number) => number !== null)
  if (known.length === 0) return der(SEQUENCE, n, e)
  if (known.length < secret.length) rejectKeyFile('jwk-short')
  const whole = der(SEQUENCE, derInteger(0), n, e, ...known)
  for (const number of known) number.fill(0)
  return whole
}

/** Writes an INTEGER from the bytes of a number that has no sign. */
function derNumber(text: string, encoding: 'base64' | 'base64url'): Uint8Array {
  const bytes = Buffer.from(text.replace(/\s+/g, ''), encoding)
  const first = bytes.findIndex((byte) => byte !== 0)
  if (first < 0) rejectKeyFile('not-a-key')
  if (bytes.length - first > MAX_NUMBER_BYTES) rejectKeyFile('too-large')
  const body = bytes.subarray(first)
  const number = der(INTEGER, ...((body[0] ?? 0) < 0x80 ? [body] : [Buffer.of(0), body]))
  bytes.fill(0)
  return number
}
