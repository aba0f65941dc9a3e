import type { EnvelopeFacts } from '../contract/models.ts'
import { fromBase64, toBase64 } from './base64.ts'

/** Everything a holder of the master key needs to decrypt one object; safe to store beside it. */
export interface Envelope {
  /** Data key, wrapped by the master key. */
  readonly wrappedDataKey: Uint8Array
  /** Initial counter, wrapped by the same master key. Its header ends in `-start`, and is not an offset. */
  readonly wrappedCounter: Uint8Array
  readonly contentAlgorithm: string
  readonly wrapAlgorithm: string
  /** Which master key: the JSON text exactly as written, or '' when the writer left it out. */
  readonly keyDescription: string
  /** Bytes of the whole object as its multipart upload declared them. A hint; null when absent. */
  readonly dataSize: number | null
  /** Bytes of every part but the last, as declared. A hint; null when absent. */
  readonly partSize: number | null
}

export const META_PREFIX = 'x-oss-meta-'
export const ENVELOPE_PREFIX = 'x-oss-meta-client-side-encryption-'
export const CONTENT_ALGORITHM = 'AES/CTR/NoPadding'
export const RSA_WRAP = 'RSA/NONE/PKCS1Padding'
export const OAEP_WRAP = 'RSA/NONE/OAEPWithSHA-1AndMGF1Padding'
export const KMS_WRAP = 'KMS/ALICLOUD'

/** What an object's headers hold of an envelope. `header`: its name without `x-oss-meta-`. */
export type ParsedEnvelope =
  | { readonly kind: 'none' }
  | { readonly kind: 'envelope'; readonly envelope: Envelope }
  | { readonly kind: 'broken'; readonly header: string; readonly problem: 'missing' | 'invalid' }

/** The headers of an envelope, as object metadata. The sizes belong to multipart uploads only: leave them null elsewhere. */
export function serializeEnvelope(e: Envelope): Record<string, string> {
  return {
    [`${ENVELOPE_PREFIX}key`]: toBase64(e.wrappedDataKey),
    [`${ENVELOPE_PREFIX}start`]: toBase64(e.wrappedCounter),
    [`${ENVELOPE_PREFIX}cek-alg`]: e.contentAlgorithm,
    [`${ENVELOPE_PREFIX}wrap-alg`]: e.wrapAlgorithm,
    ...(e.keyDescription !== '' && { [`${ENVELOPE_PREFIX}matdesc`]: e.keyDescription }),
    ...(e.dataSize !== null && { [`${ENVELOPE_PREFIX}data-size`]: String(e.dataSize) }),
    ...(e.partSize !== null && { [`${ENVELOPE_PREFIX}part-size`]: String(e.partSize) }),
  }
}

/**
 * `headers`: as `readHeaders` gives them. One header of the family is enough for the object to count as encrypted, so
 * an incomplete envelope is 'broken' and its object never passes for plain.
 */
export function parseEnvelope(headers: ReadonlyMap<string, string>): ParsedEnvelope {
  if (![...headers.keys()].some((name) => name.startsWith(ENVELOPE_PREFIX))) return { kind: 'none' }
  const read = (suffix: string) => headers.get(ENVELOPE_PREFIX + suffix)
  const broken = (suffix: string): ParsedEnvelope => {
    const header = ENVELOPE_PREFIX.slice(META_PREFIX.length) + suffix
    return { kind: 'broken', header, problem: read(suffix) === undefined ? 'missing' : 'invalid' }
  }
  const absent = ['key', 'start', 'cek-alg', 'wrap-alg'].find((suffix) => read(suffix) === undefined)
  if (absent !== undefined) return broken(absent)

  const wrappedDataKey = fromBase64(read('key'))
  if (wrappedDataKey === null || wrappedDataKey.length === 0) return broken('key')
  const wrappedCounter = fromBase64(read('start'))
  if (wrappedCounter === null || wrappedCounter.length === 0) return broken('start')
  const contentAlgorithm = spelled(read('cek-alg'), [CONTENT_ALGORITHM])
  if (contentAlgorithm !== CONTENT_ALGORITHM) return broken('cek-alg')
  const wrapAlgorithm = spelled(read('wrap-alg'), [RSA_WRAP, OAEP_WRAP, KMS_WRAP])
  if (wrapAlgorithm === '') return broken('wrap-alg')
  // RSA answers with as many bytes as the modulus has, so two lengths mean that the shorter text was cut off.
  if (wrapAlgorithm === RSA_WRAP || wrapAlgorithm === OAEP_WRAP) {
    if (wrappedDataKey.length < wrappedCounter.length) return broken('key')
    if (wrappedCounter.length < wrappedDataKey.length) return broken('start')
  }
  return {
    kind: 'envelope',
    envelope: {
      wrappedDataKey, wrappedCounter, contentAlgorithm, wrapAlgorithm, keyDescription: read('matdesc') ?? '',
      dataSize: size(read('data-size')), partSize: size(read('part-size')),
    },
  }
}

/** What people may be told of an envelope. `headers`: those it came with. */
export function envelopeFacts(e: Envelope, headers: ReadonlyMap<string, string>): EnvelopeFacts {
  return {
    description: e.keyDescription,
    contentAlgorithm: e.contentAlgorithm,
    wrapAlgorithm: e.wrapAlgorithm,
    wrapBits: e.wrappedDataKey.length * 8,
    dataSize: e.dataSize,
    partSize: e.partSize,
    plaintextMd5: headers.has(`${ENVELOPE_PREFIX}unencrypted-content-md5`),
  }
}

/** The name as we spell it where only the case differs, since some writers and tools change it. */
function spelled(text: string | undefined, known: readonly string[]): string {
  const lower = text?.toLowerCase()
  return known.find((name) => name.toLowerCase() === lower) ?? text ?? ''
}

/** A hint that cannot be read is no hint; nothing that decrypts depends on it. */
function size(text: string | undefined): number | null {
  if (text === undefined || !/^[0-9]{1,16}$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}
