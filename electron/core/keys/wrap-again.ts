import { timingSafeEqual } from 'node:crypto'
import { Failure, fail, valueOf, type Result } from '../../../shared/contract/errors.ts'
import type { WriteFormat } from '../../../shared/contract/models.ts'
import type { Envelope } from '../../../shared/format/envelope/envelope.ts'
import { attempted, isRefusal } from '../base/attempt.ts'
import { envelopeUnder, wrapAlgorithmOf } from './envelope-under.ts'
import { newEnvelope, open, type NewEnvelope, type Opened } from './keyring.ts'
import type { MasterKeyHandle } from './master-key.ts'
import { isMessageFormat } from './write-formats.ts'

type Secret = Pick<Opened, 'dataKey' | 'counter'>

/**
 * Wraps the data key and the counter of an object for another master key, and proves that this key
 * opens the result. The format is that of the key's new objects. The bytes of a rewrapped object
 * are those of an envelope, so a key that writes messages writes the envelope of its kind.
 * Errors  'key-not-usable', 'key-proof-failed', and those of KMS and programs.
 */
export async function wrapAgain(
  key: MasterKeyHandle,
  secret: Secret,
  signal: AbortSignal,
): Promise<Result<Envelope>> {
  if (!key.canWrap) return fail({ code: 'key-not-usable', name: key.name, reason: 'decrypt-only' })
  return attempted(async () => {
    const format = envelopeFormat(key)
    const how = { algorithm: wrapAlgorithmOf(key, format), payload: 'bytes' } as const
    const wrapped = await key.wrap(secret.dataKey.bytes, how, signal)
    const envelope = await envelopeUnder(key, format, wrapped, secret.counter, signal)
    await proveEnvelope(key, envelope, secret, signal)
    return envelope
  })
}

/**
 * Makes a new data key and its envelope under a key, and proves that the key opens it.
 * `promisesSeal`: the initial counter promises a seal, where the format can. The caller
 * disposes of `dataKey`. Errors  those of {@link wrapAgain}.
 */
export async function wrapFresh(
  key: MasterKeyHandle,
  promisesSeal: boolean,
  signal: AbortSignal,
): Promise<Result<NewEnvelope>> {
  return attempted(async () => {
    const made = valueOf(await newEnvelope(key, envelopeFormat(key), signal, { promisesSeal }))
    try {
      await proveEnvelope(key, made.envelope, made, signal)
      return made
    } catch (cause) {
      made.dataKey[Symbol.dispose]()
      throw cause
    }
  })
}

const envelopeFormat = ({ writes }: MasterKeyHandle): WriteFormat =>
  isMessageFormat(writes) ? 'v2' : writes

/** Throws Failure 'key-proof-failed' where the key does not open exactly this secret. */
async function proveEnvelope(
  key: MasterKeyHandle,
  envelope: Envelope,
  secret: Secret,
  signal: AbortSignal,
): Promise<void> {
  if (!(await opensTo(key, envelope, secret, signal)))
    throw new Failure({ code: 'key-proof-failed', name: key.name })
}

/** Tells whether exactly this key opens an envelope, and gives this data key and counter. */
export async function opensTo(
  key: MasterKeyHandle,
  envelope: Envelope,
  { dataKey, counter }: Secret,
  signal: AbortSignal,
): Promise<boolean> {
  const opened = await openUnder(key, envelope, signal)
  if (opened === null) return false
  using found = opened.dataKey
  return (
    found.bytes.length === dataKey.bytes.length &&
    timingSafeEqual(found.bytes, dataKey.bytes) &&
    Buffer.compare(opened.counter, counter) === 0
  )
}

/**
 * Opens an envelope if exactly this key wrapped it; else returns null. A program may answer a value
 * of another key with any bytes, so the description must be that of the program. Throws Failure of
 * a key that did not answer, and 'not-an-envelope' where it unwraps only one of the two values.
 */
export async function openUnder(
  key: MasterKeyHandle,
  envelope: Envelope,
  signal: AbortSignal,
): Promise<Opened | null> {
  if (!key.fits(envelope.wrapAlgorithm)) return null
  if (key.kind === 'command' && envelope.keyDescription !== key.description) return null
  if (key.isOwn !== undefined && !(await key.isOwn(envelope.wrappedDataKey, signal))) return null
  const opened = await open(envelope, [key], signal)
  if (opened.ok) return opened.value
  if (isRefusal(opened.error)) return null
  throw new Failure(opened.error)
}
