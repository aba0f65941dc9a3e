import { Failure, fail, type Result } from '../../../shared/contract/errors.ts'
import type { MasterKey, MasterKeyId, WriteFormat } from '../../../shared/contract/models.ts'
import { BLOCK_BYTES, hasShapedMiddle } from '../../../shared/format/counter.ts'
import {
  CONTENT_ALGORITHM,
  ENVELOPE_PREFIX,
  META_PREFIX,
  OAEP_WRAP,
  RSA_WRAP,
  type Envelope,
} from '../../../shared/format/envelope/envelope.ts'
import {
  counterFromDigits,
  digitsOf,
  fromKmsBlob,
  toKmsBlob,
} from '../../../shared/format/message/kms-wrap.ts'
import { DATA_KEY_BYTES, DataKey } from '../cipher/data-key.ts'
import { freshCounter, freshDataKey } from '../cipher/fresh-key.ts'
import { attempted, isRefusal, triedAll, type Trouble } from '../base/attempt.ts'
import { sameAlgorithm } from './key-order.ts'
import type { MasterKeyHandle, Wrapping } from './master-key.ts'
import { isMessageFormat, kmsForm, mayWrite } from './write-formats.ts'

/**
 * A new data key and initial counter, and the envelope that keeps them. The caller disposes of
 * `dataKey`.
 */
export interface Sealed {
  readonly dataKey: DataKey
  readonly counter: Uint8Array
  /** `dataSize` and `partSize` are null: only the caller knows whether they apply. */
  readonly envelope: Envelope
}

/**
 * What an object's envelope or message header held, and the key that opened it. The caller disposes
 * of `dataKey`.
 */
export interface Opened {
  readonly dataKey: DataKey
  /** Counter block of content byte 0; for messages in CBC the initial vector. */
  readonly counter: Uint8Array
  readonly keyId: MasterKeyId
  readonly keyName: string
  readonly keyKind: MasterKey['kind']
  /**
   * No SDK writes a counter like this one, and some of them read ranges of such an object wrongly.
   */
  readonly oddCounter: boolean
}

/**
 * Never the same data key twice: call this once for every upload, and again for every upload that
 * starts over.
 * Errors 'key-not-usable', 'bad-request' for a format that this kind of key does not write, and
 * those of KMS and programs.
 */
export async function seal(
  key: MasterKeyHandle,
  format: WriteFormat,
  signal: AbortSignal,
): Promise<Result<Sealed>> {
  if (!key.canWrap) return fail({ code: 'key-not-usable', name: key.name, reason: 'decrypt-only' })
  if (!mayWrite(key.kind, format) || isMessageFormat(format))
    return fail({ code: 'format-not-for-key', format, kind: key.kind })
  return attempted(async () => {
    const wrapAlgorithm =
      key.kind === 'rsa' ? (format === 'v2' ? RSA_WRAP : OAEP_WRAP) : key.wrapAlgorithm
    /**
     * As the header wants it, whatever form of KMS's blobs this key writes by default. That form is
     * known: a guess may lose the data key.
     */
    const shaped = (wrapped: Uint8Array) =>
      key.kind === 'kms'
        ? fromKmsBlob(toKmsBlob(wrapped, kmsForm(key.writes)), kmsForm(format))
        : wrapped
    const { plain, wrapped } = await newDataKey(key, wrapAlgorithm, signal)
    try {
      const counter = freshCounter(format === 'v1' ? 'v1' : 'v2')
      const [payload, how]: readonly [Uint8Array, Wrapping] =
        format === 'v1'
          ? [digitsOf(counter), { algorithm: wrapAlgorithm, payload: 'digits' }]
          : [counter, { algorithm: wrapAlgorithm, payload: 'bytes' }]
      const envelope: Envelope = {
        format: format === 'v1' ? 'v1' : 'v2',
        wrappedDataKey: shaped(wrapped),
        wrappedCounter: shaped(await key.wrap(payload, how, signal)),
        contentAlgorithm: CONTENT_ALGORITHM,
        wrapAlgorithm,
        // Nobody ever wrote one in the older format, and no reader looks for one under a name that
        // all agree on.
        keyDescription: format === 'v1' ? '' : key.description,
        dataSize: null,
        partSize: null,
      }
      return { dataKey: new DataKey(plain), counter, envelope }
    } finally {
      plain.fill(0)
    }
  })
}

async function newDataKey(
  key: MasterKeyHandle,
  algorithm: string,
  signal: AbortSignal,
): Promise<{ readonly plain: Uint8Array; readonly wrapped: Uint8Array }> {
  if (key.newDataKey !== undefined) return key.newDataKey(signal)
  const plain = freshDataKey()
  try {
    return { plain, wrapped: await key.wrap(plain, { algorithm, payload: 'bytes' }, signal) }
  } catch (cause) {
    plain.fill(0)
    throw cause
  }
}

/**
 * Tries the candidates in their order; the first that gives 32 and 16 bytes opens the envelope.
 *
 * Errors 'unknown-master-key' without candidates, 'key-not-usable' when none of them holds a
 * private half, 'not-an-envelope' when a key opens only one half of it; else what kept a key from
 * being asked (KMS cannot be reached, say), and 'wrong-master-key' or what KMS and programs say
 * instead only when every key was asked and none opens it.
 */
export async function open(
  envelope: Envelope,
  candidates: readonly MasterKeyHandle[],
  signal: AbortSignal,
): Promise<Result<Opened>> {
  const fitting = candidates.filter((key) => key.fits(envelope.wrapAlgorithm))
  const [first] = fitting
  if (first === undefined)
    return fail({ code: 'unknown-master-key', description: envelope.keyDescription })
  const able = fitting.filter((key) => key.canUnwrap)
  if (able.length === 0)
    return fail({ code: 'key-not-usable', name: first.name, reason: 'public-half-only' })
  const troubles: Trouble[] = []
  for (const key of able) {
    const opened = await attempted(() => openWith(envelope, key, signal))
    if (opened.ok) return opened
    const { error } = opened
    if (error.code === 'cancelled') return fail(error)
    troubles.push(error)
  }
  const told = triedAll(troubles, able)
  return fail(
    told.code === 'wrong-master-key' ? { ...told, ...sizesThatDiffer(envelope, able) } : told,
  )
}

/** No key of RSA that anybody uses wraps to less. */
const LEAST_RSA_BYTES = 128

/**
 * Bits of what an RSA key has wrapped, and of the keys, where none of them has as many: then no
 * value has to be looked at.
 */
function sizesThatDiffer(
  { wrapAlgorithm, wrappedDataKey }: Envelope,
  keys: readonly MasterKeyHandle[],
): Pick<Extract<Trouble, { readonly code: 'wrong-master-key' }>, 'bits'> {
  const sizes = keys.map(
    ({ publicHalf }) => publicHalf?.().asymmetricKeyDetails?.modulusLength ?? 0,
  )
  const isRsa = sameAlgorithm(wrapAlgorithm, RSA_WRAP) || sameAlgorithm(wrapAlgorithm, OAEP_WRAP)
  if (
    !isRsa ||
    wrappedDataKey.length < LEAST_RSA_BYTES ||
    sizes.some((bits) => bits === 0 || Math.ceil(bits / 8) === wrappedDataKey.length)
  )
    return {}
  return { bits: { envelope: wrappedDataKey.length * 8, keys: [...new Set(sizes)] } }
}

/**
 * One half that does not open while the other one does: this is the right key, and no other would
 * help.
 */
const damagedHalf = (half: 'key' | 'start', { format }: Envelope): Trouble => ({
  code: 'not-an-envelope',
  header:
    format === 'v1' ? `oss-crypto-${half}` : `${ENVELOPE_PREFIX.slice(META_PREFIX.length)}${half}`,
  problem: 'invalid',
})

async function openWith(
  envelope: Envelope,
  key: MasterKeyHandle,
  signal: AbortSignal,
): Promise<Opened> {
  const { wrapAlgorithm: algorithm, format } = envelope
  const secret = await unwrapped(
    key,
    envelope.wrappedDataKey,
    { algorithm, payload: 'bytes' },
    signal,
  )
  let start: Uint8Array | Trouble | null = null
  try {
    start = await unwrapped(
      key,
      envelope.wrappedCounter,
      { algorithm, payload: format === 'v1' ? 'digits' : 'bytes' },
      signal,
    )
    const keyBytes = secret instanceof Uint8Array ? secret : null
    const counter = !(start instanceof Uint8Array)
      ? null
      : format === 'v1'
        ? counterFromDigits(start)
        : Uint8Array.from(start)
    // Chance padding happens; a value of exactly the right length by chance is one in some ten
    // millions.
    const [isKey, isCounter] = [
      keyBytes?.length === DATA_KEY_BYTES,
      counter?.length === BLOCK_BYTES,
    ]
    if (keyBytes === null || counter === null || !isKey || !isCounter) {
      if (isKey || isCounter) throw new Failure(damagedHalf(isKey ? 'start' : 'key', envelope))
      throw new Failure(
        secret instanceof Uint8Array ? { code: 'wrong-master-key', tried: [key.name] } : secret,
      )
    }
    // The older format counts up from a small number, so its middle is zero too.
    return {
      dataKey: new DataKey(keyBytes),
      counter,
      keyId: key.id,
      keyName: key.name,
      keyKind: key.kind,
      oddCounter: !hasShapedMiddle(counter),
    }
  } finally {
    for (const bytes of [secret, start]) if (bytes instanceof Uint8Array) bytes.fill(0)
  }
}

/**
 * What the key says of a value it does not open is an answer; what kept it from answering is
 * thrown.
 */
async function unwrapped(
  key: MasterKeyHandle,
  wrapped: Uint8Array,
  how: Wrapping,
  signal: AbortSignal,
): Promise<Uint8Array | Trouble> {
  const plain = await attempted(() => key.unwrap(wrapped, how, signal))
  if (plain.ok) return plain.value
  if (isRefusal(plain.error)) return plain.error
  throw new Failure(plain.error)
}
