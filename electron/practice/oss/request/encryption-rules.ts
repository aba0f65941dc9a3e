import { OssError } from '../errors.ts'
import type { HeaderMap } from './exchange.ts'

const PREFIX = 'x-oss-meta-client-side-encryption-'
const MAX_PARTS = 10_000

/**
 * Header suffix → EC when it is missing, EC when a part has another value than Initiate. The order
 * is that of OSS's checks.
 */
const ENVELOPE = [
  { suffix: 'key', missing: '0005-00000401', differs: '0005-00000412' },
  { suffix: 'start', missing: '0005-00000402', differs: '0005-00000413' },
  { suffix: 'cek-alg', missing: '0005-00000403', differs: '0005-00000414' },
  { suffix: 'wrap-alg', missing: '0005-00000404', differs: '0005-00000415' },
] as const
const HMAC = {
  suffix: 'magic-number-hmac',
  missing: '0005-00000405',
  differs: '0005-00000416',
} as const
const SIZES = [
  {
    suffix: 'data-size',
    missing: '0005-00000406',
    differs: '0005-00000417',
    malformed: '0005-00000408',
  },
  {
    suffix: 'part-size',
    missing: '0005-00000407',
    differs: '0005-00000418',
    malformed: '0005-00000409',
  },
] as const

const refuse = (ec: string, message: string) =>
  new OssError(400, 'InvalidEncryptionRequest', ec, message)

/** Stored metadata: header names in any case, with values. */
type Kept = readonly (readonly [string, string])[]

const lowered = (kept: Kept): HeaderMap =>
  new Map(kept.map(([name, value]) => [name.toLowerCase(), value]))

/**
 * Returns true when any header of the encryption family is there. A key description alone does not
 * make an object encrypted.
 */
function claimsEncryption(headers: HeaderMap): boolean {
  return [...ENVELOPE, ...SIZES].some(({ suffix }) => headers.has(PREFIX + suffix))
}

/** Returns true for the metadata of an encrypted object or upload. */
const isEncrypted = (kept: Kept): boolean => claimsEncryption(lowered(kept))

function requireEnvelope(headers: HeaderMap): void {
  for (const { suffix, missing } of ENVELOPE) {
    if ((headers.get(PREFIX + suffix) ?? '') === '')
      throw refuse(missing, `The header ${PREFIX}${suffix} is missing.`)
  }
  // `rsa` names the server's own scheme. SDKs write another text, which needs no such header.
  if (headers.get(`${PREFIX}wrap-alg`) === 'rsa' && !headers.has(PREFIX + HMAC.suffix)) {
    throw refuse(HMAC.missing, `The header ${PREFIX}${HMAC.suffix} is missing.`)
  }
}

function requireSizes(headers: HeaderMap): void {
  for (const { suffix, missing } of SIZES) {
    if (!headers.has(PREFIX + suffix))
      throw refuse(missing, `The header ${PREFIX}${suffix} is missing.`)
  }
  for (const { suffix, malformed } of SIZES) {
    const text = headers.get(PREFIX + suffix) ?? ''
    const least = suffix === 'part-size' ? 1 : 0
    if (!/^\d{1,15}$/.test(text) || Number(text) < least)
      throw refuse(malformed, `The header ${PREFIX}${suffix} is not a valid integer.`)
  }
}

/** Checks PutObject: the envelope is whole or absent. EC 0005-00000401 to 405. */
export function checkEncryptedPut(headers: HeaderMap): void {
  if (claimsEncryption(headers)) requireEnvelope(headers)
}

/** Checks AppendObject: it cannot continue a key stream. */
export function checkEncryptedAppend(headers: HeaderMap): void {
  if (claimsEncryption(headers))
    throw refuse('0005-00000401', 'AppendObject does not take client-side encryption parameters.')
}

/** Checks Initiate: envelope, sizes and number of parts. EC 0005-00000401 to 410. */
export function checkEncryptedInitiate(headers: HeaderMap): void {
  if (!claimsEncryption(headers)) return
  requireEnvelope(headers)
  requireSizes(headers)
  if (planOf(headers).parts > MAX_PARTS)
    throw refuse('0005-00000410', 'The data size and part size give more than 10000 parts.')
}

interface Plan {
  readonly parts: number
  readonly partBytes: number
  readonly lastBytes: number
}

function planOf(headers: HeaderMap): Plan {
  const dataBytes = Number(headers.get(`${PREFIX}data-size`))
  const partBytes = Number(headers.get(`${PREFIX}part-size`))
  const parts = Math.max(1, Math.ceil(dataBytes / partBytes))
  return { parts, partBytes, lastBytes: dataBytes - (parts - 1) * partBytes }
}

/**
 * Checks UploadPart: the envelope is absent, since some SDKs send none, or it is whole and equals
 * that of Initiate. EC 0005-00000401 to 418.
 */
export function checkEncryptedPart(headers: HeaderMap, kept: Kept): void {
  if (!claimsEncryption(headers)) return
  requireEnvelope(headers)
  requireSizes(headers)
  const started = lowered(kept)
  for (const { suffix, differs } of [...ENVELOPE, HMAC, ...SIZES]) {
    const given = headers.get(PREFIX + suffix)
    if (given === undefined || given === started.get(PREFIX + suffix)) continue
    throw refuse(
      differs,
      `The header ${PREFIX}${suffix} differs from the one given to InitiateMultipartUpload.`,
    )
  }
}

/**
 * Checks UploadPart: every part but the last has exactly part-size bytes, the last one the rest. EC
 * 0005-00000419, 420.
 */
export function checkEncryptedPartBytes(number: number, bytes: number, kept: Kept): void {
  if (!isEncrypted(kept)) return
  const { parts, partBytes, lastBytes } = planOf(lowered(kept))
  if (number < parts && bytes !== partBytes)
    throw refuse('0005-00000419', `Part ${number} must have ${partBytes} bytes, it has ${bytes}.`)
  if (number === parts && bytes !== lastBytes)
    throw refuse('0005-00000420', `The last part must have ${lastBytes} bytes, it has ${bytes}.`)
  if (number > parts)
    throw refuse(
      '0005-00000420',
      `The data size and part size give ${parts} parts, this is part ${number}.`,
    )
}

/**
 * Checks Complete: exactly as many parts as data-size and part-size give. EC 0005-00000411.
 */
export function checkEncryptedComplete(count: number, kept: Kept): void {
  if (!isEncrypted(kept)) return
  const { parts } = planOf(lowered(kept))
  if (count !== parts)
    throw refuse(
      '0005-00000411',
      `The data size and part size give ${parts} parts, the request names ${count}.`,
    )
}

/** Returns true for headers of the encryption family, key description included. Lower case. */
export const isEnvelopeHeader = (name: string): boolean => name.startsWith(PREFIX)

/**
 * Checks CopyObject with new metadata: the request may name an encryption header of an encrypted
 * object only with its value. EC 0005-00000421. Source: the tests of oss2 and of Python SDK V2.
 */
export function checkEncryptedCopy(sourceHeaders: Kept, given: HeaderMap): void {
  if (!isEncrypted(sourceHeaders)) return
  const source = lowered(sourceHeaders)
  const changed = [...given.keys()].find(
    (name) => isEnvelopeHeader(name) && given.get(name) !== source.get(name),
  )
  if (changed !== undefined)
    throw refuse(
      '0005-00000421',
      `The header ${changed} of a client-side encrypted object cannot be modified by CopyObject.`,
    )
}

/** Checks UploadPartCopy: it does not read from an encrypted object. EC 0042-00000309. */
export function checkEncryptedPartCopy(sourceHeaders: Kept): void {
  if (isEncrypted(sourceHeaders))
    throw refuse(
      '0042-00000309',
      'UploadPartCopy does not support a client-side encrypted source object.',
    )
}

/**
 * Returns the fields of ListParts (element name → value) with which another computer can continue
 * the upload. The key description is not among them.
 */
export function encryptionFields(kept: Kept): readonly (readonly [string, string])[] {
  if (!isEncrypted(kept)) return []
  const headers = lowered(kept)
  const names = {
    key: 'Key',
    start: 'Start',
    'cek-alg': 'CekAlg',
    'wrap-alg': 'WrapAlg',
    'data-size': 'DataSize',
    'part-size': 'PartSize',
  }
  return Object.entries(names).map(([suffix, name]) => [
    `ClientEncryption${name}`,
    headers.get(PREFIX + suffix) ?? '',
  ])
}
