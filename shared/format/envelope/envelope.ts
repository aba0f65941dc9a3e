import type { FormatName } from '../../contract/errors.ts'
import type { EnvelopeFacts } from '../../contract/models.ts'
import { fromBase64, toBase64 } from '../base64.ts'
import { serializeOlder } from './envelope-v1.ts'
import { damage, META_PREFIX, type Damage, type Headers } from '../headers.ts'
import { algorithmOf, type EncryptedMessage } from '../message/message-header.ts'
import { resplitOf } from '../message/resplit.ts'

export { META_PREFIX } from '../headers.ts'

/**
 * Everything that the owner of the master key needs to decrypt one object. It may be stored beside
 * the object.
 */
export interface Envelope {
  /**
   * The family of its headers. In 'v1' the counter is wrapped as decimal digits, see `kms-wrap.ts`.
   */
  readonly format: 'v1' | 'v2'
  /** The data key, wrapped by the master key. */
  readonly wrappedDataKey: Uint8Array
  /**
   * The initial counter, wrapped by the same master key. Its header ends in `-start` and is not an
   * offset.
   */
  readonly wrappedCounter: Uint8Array
  /** AES-CTR. The other name of format V1 is not stored. */
  readonly contentAlgorithm: string
  /** {@link RSA_WRAP}, {@link OAEP_WRAP}, {@link KMS_WRAP}, or the user's own name as written. */
  readonly wrapAlgorithm: string
  /** The JSON text that names the master key, exactly as written; '' without one. */
  readonly keyDescription: string
  /** Bytes of the whole object as its multipart upload declared them. A hint; null when absent. */
  readonly dataSize: number | null
  /** Bytes of every part except the last, as declared. A hint; null when absent. */
  readonly partSize: number | null
}

export const ENVELOPE_PREFIX = 'x-oss-meta-client-side-encryption-'
export const CONTENT_ALGORITHM = 'AES/CTR/NoPadding'
export const RSA_WRAP = 'RSA/NONE/PKCS1Padding'
export const OAEP_WRAP = 'RSA/NONE/OAEPWithSHA-1AndMGF1Padding'
export const KMS_WRAP = 'KMS/ALICLOUD'

/** The envelope that the headers of an object hold. */
export type ParsedEnvelope =
  { readonly kind: 'none' } | { readonly kind: 'envelope'; readonly envelope: Envelope } | Damage

/**
 * Writes the headers of an envelope as object metadata. The sizes belong to multipart uploads only
 * and are null elsewhere.
 */
export function serializeEnvelope(e: Envelope): Record<string, string> {
  if (e.format === 'v1')
    return serializeOlder({ ...e, wrap: e.wrapAlgorithm === KMS_WRAP ? 'kms' : 'rsa' })
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
 * Reads an envelope of format V2. `headers`: of `readHeaders`. An object with one header of the
 * family counts as encrypted. An incomplete envelope is 'broken', so its object never passes for
 * plain.
 */
export function parseEnvelope(headers: Headers): ParsedEnvelope {
  if (![...headers.keys()].some((name) => name.startsWith(ENVELOPE_PREFIX))) return { kind: 'none' }
  const read = (suffix: string) => headers.get(ENVELOPE_PREFIX + suffix)
  const broken = (suffix: string) =>
    damage(headers, ENVELOPE_PREFIX.slice(META_PREFIX.length) + suffix)
  const absent = ['key', 'start', 'cek-alg', 'wrap-alg'].find(
    (suffix) => read(suffix) === undefined,
  )
  if (absent !== undefined) return broken(absent)

  const wrappedDataKey = fromBase64(read('key'))
  if (wrappedDataKey === null || wrappedDataKey.length === 0) return broken('key')
  const wrappedCounter = fromBase64(read('start'))
  if (wrappedCounter === null || wrappedCounter.length === 0) return broken('start')
  const contentAlgorithm = spelled(read('cek-alg'), [CONTENT_ALGORITHM])
  if (contentAlgorithm !== CONTENT_ALGORITHM) return broken('cek-alg')
  const wrapAlgorithm = spelled(read('wrap-alg'), [RSA_WRAP, OAEP_WRAP, KMS_WRAP])
  if (wrapAlgorithm === '') return broken('wrap-alg')
  // RSA wraps to as many bytes as the modulus has. Two lengths mean that the shorter text was cut
  // off.
  if (wrapAlgorithm === RSA_WRAP || wrapAlgorithm === OAEP_WRAP) {
    if (wrappedDataKey.length < wrappedCounter.length) return broken('key')
    if (wrappedCounter.length < wrappedDataKey.length) return broken('start')
  }
  return {
    kind: 'envelope',
    envelope: {
      format: 'v2',
      wrappedDataKey,
      wrappedCounter,
      contentAlgorithm,
      wrapAlgorithm,
      keyDescription: read('matdesc') ?? '',
      dataSize: size(read('data-size')),
      partSize: size(read('part-size')),
    },
  }
}

/** Returns the name of an envelope's format, for people and for the choice of a key. */
export function formatOf({
  format,
  wrapAlgorithm,
}: Pick<Envelope, 'format' | 'wrapAlgorithm'>): FormatName {
  if (format === 'v1') return 'v1'
  switch (wrapAlgorithm) {
    case RSA_WRAP:
      return 'v2'
    case OAEP_WRAP:
      return 'v2-oaep'
    case KMS_WRAP:
      return 'v2-kms'
    default:
      return 'v2-custom'
  }
}

/** Does the same for a message. */
export function messageFormat({
  form,
  header,
}: Pick<EncryptedMessage, 'form' | 'header'>): FormatName {
  return algorithmOf(header).cipher === 'sm4' ? 'sdk-sm4' : `sdk-${form}`
}

/**
 * The MD5 of the plaintext, which some writers store in the clear. The older family has two names
 * for it, one of them only in its documents.
 */
const PLAINTEXT_MD5 = [ENVELOPE_PREFIX, META_PREFIX, `${META_PREFIX}oss-crypto-`].map(
  (prefix) => `${prefix}unencrypted-content-md5`,
)

/** Returns the public facts of an envelope or a message. `headers`: those that it came with. */
export function envelopeFacts(found: Envelope | EncryptedMessage, headers: Headers): EnvelopeFacts {
  const plaintextMd5 = PLAINTEXT_MD5.some((name) => headers.has(name))
  if ('form' in found) {
    const { name, tagBytes } = algorithmOf(found.header)
    const { dataKeys, context } = found.header
    return {
      format: messageFormat(found),
      description: '',
      contentAlgorithm: name,
      wrapAlgorithm: '',
      wrapBits: 0,
      cmks: dataKeys.map(({ keyId }) => keyId),
      context: Object.fromEntries(context),
      protection: tagBytes > 0 ? 'tag' : 'none',
      resplit: null,
      dataSize: null,
      partSize: null,
      plaintextMd5,
    }
  }
  const {
    keyDescription: description,
    contentAlgorithm,
    wrapAlgorithm,
    wrappedDataKey,
    dataSize,
    partSize,
  } = found
  return {
    format: formatOf(found),
    description,
    contentAlgorithm,
    wrapAlgorithm,
    wrapBits: wrappedDataKey.length * 8,
    cmks: [],
    context: {},
    protection: 'none',
    resplit: dataSize === null ? null : resplitOf(found, dataSize),
    dataSize,
    partSize,
    plaintextMd5,
  }
}

/**
 * Returns the name in our spelling where only the case differs. Some writers and tools change the
 * case.
 */
function spelled(text: string | undefined, known: readonly string[]): string {
  const lower = text?.toLowerCase()
  return known.find((name) => name.toLowerCase() === lower) ?? text ?? ''
}

/** Reads a size. An unreadable hint is ignored, because nothing that decrypts depends on it. */
function size(text: string | undefined): number | null {
  if (text === undefined || !/^[0-9]{1,16}$/.test(text)) return null
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : null
}
