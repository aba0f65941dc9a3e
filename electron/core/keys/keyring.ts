import { Failure, fail, type Result } from '../../../shared/contract/errors.ts'
import type { MasterKey, MasterKeyId, WriteFormat } from '../../../shared/contract/models.ts'
import { BLOCK_BYTES, hasShapedMiddle } from '../../../shared/format/counter.ts'
import {
  ENVELOPE_PREFIX,
  META_PREFIX,
  OAEP_WRAP,
  RSA_WRAP,
  type Envelope,
} from '../../../shared/format/envelope/envelope.ts'
import { counterFromDigits } from '../../../shared/format/message/kms-wrap.ts'
import { DATA_KEY_BYTES, DataKey } from '../cipher/data-key.ts'
import { freshCounter, freshDataKey } from '../cipher/fresh-key.ts'
import { deriveSealKeys } from '../seals/seal-keys.ts'
import { promisedCounter } from '../seals/promise.ts'
import { attempted, isRefusal, triedAll, type Trouble } from '../base/attempt.ts'
import { envelopeUnder, wrapAlgorithmOf } from './envelope-under.ts'
import { sameAlgorithm } from './key-order.ts'
import type { MasterKeyHandle, Wrapping } from './master-key.ts'
import { isMessageFormat, mayWrite } from './write-formats.ts'

/**
 * A new data key and initial counter, and the envelope that holds them wrapped. The caller disposes
 * of `dataKey`.
 */
export interface NewEnvelope {
  readonly dataKey: DataKey
  readonly counter: Uint8Array
  /** `dataSize` and `partSize` are null. Only the caller knows whether they apply. */
  readonly envelope: Envelope
}

/**
 * The data key of an object, and the master key that unwrapped it. The caller disposes of
 * `dataKey`.
 */
export interface Opened {
  readonly dataKey: DataKey
  /** The counter block of content byte 0. For messages in CBC mode, the initial vector. */
  readonly counter: Uint8Array
  readonly keyId: MasterKeyId
  readonly keyName: string
  readonly keyKind: MasterKey['kind']
  /** True for a counter that no SDK writes. Some SDKs read ranges of such an object wrongly. */
  readonly oddCounter: boolean
  /**
   * True: a second envelope gave key and counter. They count only where a seal fits them, because
   * anybody can write such an envelope.
   */
  readonly isSecond?: boolean
}

interface NewEnvelopeOptions {
  /** The initial counter promises a seal. Format V1 has no room for a promise. */
  readonly promisesSeal?: boolean
}

/**
 * Makes a new data key and the envelope that holds it. Two calls never give the same data key: the
 * caller calls once for every upload, and again for every upload that starts over.
 * Errors  'key-not-usable', 'format-not-for-key' for a format that this kind of key does not write,
 * and those of KMS and programs.
 */
export async function newEnvelope(
  key: MasterKeyHandle,
  format: WriteFormat,
  signal: AbortSignal,
  { promisesSeal = false }: NewEnvelopeOptions = {},
): Promise<Result<NewEnvelope>> {
  if (!key.canWrap) return fail({ code: 'key-not-usable', name: key.name, reason: 'decrypt-only' })
  if (!mayWrite(key.kind, format) || isMessageFormat(format))
    return fail({ code: 'format-not-for-key', format, kind: key.kind })
  return attempted(async () => {
    const { plain, wrapped } = await newDataKey(key, wrapAlgorithmOf(key, format), signal)
    try {
      const counter = counterFor(format, plain, promisesSeal)
      const envelope = await envelopeUnder(key, format, wrapped, counter, signal)
      return { dataKey: new DataKey(plain), counter, envelope }
    } finally {
      plain.fill(0)
    }
  })
}

function counterFor(format: WriteFormat, dataKey: Uint8Array, promisesSeal: boolean): Uint8Array {
  if (format === 'v1' || !promisesSeal) return freshCounter(format === 'v1' ? 'v1' : 'v2')
  using keys = deriveSealKeys(dataKey)
  return promisedCounter(keys)
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
 * Opens an envelope. The candidates are tried in order, and the first one that unwraps 32 and 16
 * bytes opens it.
 *
 * Errors  'unknown-master-key' without candidates; 'key-not-usable' when no candidate has a private
 * half; 'not-an-envelope' when a key unwraps only one of the two values. Otherwise the reason that
 * kept a key from answering. 'wrong-master-key', or the refusal of KMS or a program, only when
 * every key answered.
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

/** Bytes that the shortest RSA key in use wraps to. */
const LEAST_RSA_BYTES = 128

/**
 * Returns the bits of the wrapped value and of the keys where no key has as many bits. The sizes
 * alone then show that all keys are wrong.
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
 * The error for an envelope of which the key unwraps only one value. This is the right key, and no
 * other key would help.
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
    // Padding can fit by chance. The right length by chance as well happens once in ten million
    // times.
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
 * Returns the plain bytes, or the error with which the key refused the value. Throws the errors
 * that kept the key from answering.
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
