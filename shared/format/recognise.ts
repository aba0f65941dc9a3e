import type { FormatName } from '../contract/errors.ts'
import { ENVELOPE_PREFIX, KMS_WRAP, META_PREFIX, OAEP_WRAP, parseEnvelope, RSA_WRAP, type Envelope } from './envelope.ts'

/** Lower-case header name → trimmed text. */
export type Headers = ReadonlyMap<string, string>

/** What an object's headers say about it. Header names come without `x-oss-meta-`. */
export type Recognised =
  | { readonly kind: 'plain' }
  | { readonly kind: 'sealed'; readonly envelope: Envelope }
  /** Encrypted once, and no longer whole. `present`: what is left of the envelope. */
  | { readonly kind: 'broken'; readonly header: string; readonly problem: 'missing' | 'invalid'; readonly present: readonly string[] }
  /** A format that is known and not read yet. */
  | { readonly kind: 'later'; readonly format: FormatName; readonly envelope: Envelope | null }

/**
 * Headers as a wire or a file gave them → names in lower case, values trimmed and as text. HTTP hands over one character
 * per byte; SDKs put raw UTF-8 in there, so values that are valid UTF-8 are read as such. A name that comes twice keeps
 * both values, joined as HTTP joins them: no damaged pair may pass for a good single one.
 */
export function readHeaders(raw: Iterable<readonly [string, string]>): Headers {
  const headers = new Map<string, string>()
  for (const [name, value] of raw) {
    const lower = name.trim().toLowerCase()
    const text = decoded(value).trim()
    const before = headers.get(lower)
    headers.set(lower, before === undefined ? text : `${before}, ${text}`)
  }
  return headers
}

/**
 * The format of an object, from its headers alone; `headers` from {@link readHeaders}. The order is that of FORMAT.md:
 * the older family first, because an object that has both sets is read as the older one by the SDK that knows it.
 */
export function recognise(headers: Headers): Recognised {
  return olderFamily(headers) ?? currentFamily(headers) ?? splitMessage(headers) ?? { kind: 'plain' }
}

function olderFamily(headers: Headers): Recognised | null {
  const present = named(headers, 'oss-crypto-')
  if (present.length === 0) return null
  if (headers.has(`${META_PREFIX}oss-crypto-key`)) return { kind: 'later', format: 'v1', envelope: null }
  return { kind: 'broken', header: 'oss-crypto-key', problem: 'missing', present }
}

function currentFamily(headers: Headers): Recognised | null {
  const parsed = parseEnvelope(headers)
  if (parsed.kind === 'none') return null
  if (parsed.kind === 'broken') return { ...parsed, present: named(headers, ENVELOPE_PREFIX.slice(META_PREFIX.length)) }
  const { envelope } = parsed
  switch (envelope.wrapAlgorithm) {
    case RSA_WRAP:
      return { kind: 'sealed', envelope }
    case KMS_WRAP:
      return { kind: 'later', format: 'v2-kms', envelope }
    case OAEP_WRAP:
      return { kind: 'later', format: 'v2-oaep', envelope }
    default:
      return { kind: 'later', format: 'v2-custom', envelope }
  }
}

/** The sample of the KMS Encryption SDK prefixes its names twice; others follow its comments and do so once. */
function splitMessage(headers: Headers): Recognised | null {
  for (const prefix of [META_PREFIX, '']) {
    const names = ['header', 'iv', 'authtag'].map((name) => prefix + name)
    const present = names.filter((name) => headers.has(META_PREFIX + name))
    const absent = names.find((name) => !headers.has(META_PREFIX + name))
    if (absent === undefined) return { kind: 'later', format: 'encryption-sdk', envelope: null }
    // A single `x-oss-meta-header` or `-iv` may be anybody's; two of the three are no accident.
    if (present.length === 2) return { kind: 'broken', header: absent, problem: 'missing', present }
  }
  return null
}

function named(headers: Headers, family: string): readonly string[] {
  return [...headers.keys()].filter((name) => name.startsWith(META_PREFIX + family)).map((name) => name.slice(META_PREFIX.length))
}

function decoded(value: string): string {
  if (!/[\x80-\xff]/.test(value) || /[\u0100-\uffff]/.test(value)) return value
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(value, (character) => character.charCodeAt(0)))
  } catch {
    return value
  }
}
