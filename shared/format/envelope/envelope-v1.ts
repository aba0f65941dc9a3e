import { fromBase64, toBase64 } from '../base64.ts'
import { damage, META_PREFIX, type Damage, type Headers } from '../headers.ts'

/** An envelope of the older family, which the Python SDK wrote before 2.11, only with PutObject. */
export interface OlderEnvelope {
  readonly wrappedDataKey: Uint8Array
  /** The initial counter as decimal digits, wrapped. */
  readonly wrappedCounter: Uint8Array
  /** 'rsa': OAEP with SHA-1. 'kms': the headers are CiphertextBlob texts. */
  readonly wrap: 'rsa' | 'kms'
  /** '' in every known object. Readers still look for one. */
  readonly keyDescription: string
}

const FAMILY = 'oss-crypto-'
/** This family's name of AES-CTR. There is no tag, whatever the name says. */
const MISNOMER = 'AES/GCM/NoPadding'
const NAMES = {
  key: 'oss-crypto-key',
  start: 'oss-crypto-start',
  content: 'oss-cek-alg',
  wrap: 'oss-wrap-alg',
} as const
const DESCRIPTIONS = ['oss-crypto-matdesc', 'oss-matdesc']

/** Lists the headers of this family that are there, without `x-oss-meta-`. */
export function olderNames(headers: Headers): readonly string[] {
  const own: readonly string[] = [...Object.values(NAMES), ...DESCRIPTIONS]
  return [...headers.keys()]
    .filter((name) => name.startsWith(META_PREFIX))
    .map((name) => name.slice(META_PREFIX.length))
    .filter((name) => name.startsWith(FAMILY) || own.includes(name))
}

/** Writes the four headers as object metadata. This format has no description. */
export function serializeOlder({
  wrappedDataKey,
  wrappedCounter,
  wrap,
}: Omit<OlderEnvelope, 'keyDescription'>): Record<string, string> {
  const values = {
    key: toBase64(wrappedDataKey),
    start: toBase64(wrappedCounter),
    content: MISNOMER,
    wrap,
  }
  return Object.fromEntries(
    (['key', 'start', 'content', 'wrap'] as const).map((part) => [
      META_PREFIX + NAMES[part],
      values[part],
    ]),
  )
}

/**
 * Reads an envelope of the older family. `headers`: of `readHeaders`. Key and start must be there
 * as base64. Like the Python SDK, this reader takes every wrap algorithm except `kms` for RSA, also
 * a missing one. A content algorithm other than the two names of AES-CTR is damage.
 */
export function parseOlder(headers: Headers): OlderEnvelope | Damage {
  const read = (part: keyof typeof NAMES) => headers.get(META_PREFIX + NAMES[part])
  const wrappedDataKey = fromBase64(read('key'))
  if (wrappedDataKey === null || wrappedDataKey.length === 0) return damage(headers, NAMES.key)
  const wrappedCounter = fromBase64(read('start'))
  if (wrappedCounter === null || wrappedCounter.length === 0) return damage(headers, NAMES.start)
  if (!/^(aes\/(gcm|ctr)\/nopadding)?$/i.test(read('content') ?? ''))
    return damage(headers, NAMES.content)
  const wrap = read('wrap')?.toLowerCase() === 'kms' ? 'kms' : 'rsa'
  if (wrap === 'rsa' && wrappedDataKey.length !== wrappedCounter.length) {
    return damage(headers, wrappedDataKey.length < wrappedCounter.length ? NAMES.key : NAMES.start)
  }
  const keyDescription =
    DESCRIPTIONS.map((name) => headers.get(META_PREFIX + name)).find(
      (text) => text !== undefined,
    ) ?? ''
  return { wrappedDataKey, wrappedCounter, wrap, keyDescription }
}
