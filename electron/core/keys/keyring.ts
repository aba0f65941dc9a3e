import { randomBytes } from 'node:crypto'
import { Failure, fail, ok, type Result } from '../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../shared/contract/models.ts'
import { BLOCK_BYTES, shapeCounter } from '../../../shared/format/counter.ts'
import { CONTENT_ALGORITHM, ENVELOPE_PREFIX, META_PREFIX, type Envelope } from '../../../shared/format/envelope.ts'
import { DATA_KEY_BYTES, DataKey } from '../stream/data-key.ts'
import type { MasterKeyHandle } from './master-key.ts'

/** A new data key and initial counter, and the envelope that keeps them. The caller disposes of `dataKey`. */
export interface Sealed {
  readonly dataKey: DataKey
  readonly counter: Uint8Array
  /** `dataSize` and `partSize` are null: only the caller knows whether they apply. */
  readonly envelope: Envelope
}

/** What an envelope held, and the key that opened it. The caller disposes of `dataKey`. */
export interface Opened {
  readonly dataKey: DataKey
  readonly counter: Uint8Array
  readonly keyId: MasterKeyId
  readonly keyName: string
}

/** Never the same data key twice: call this once for every upload, and again for every upload that starts over. */
export async function seal(key: MasterKeyHandle): Promise<Result<Sealed>> {
  if (!key.canWrap) return fail({ code: 'key-not-usable', name: key.name, reason: 'decrypt-only' })
  const secret = newDataKey()
  try {
    const counter = shapeCounter(randomBytes(BLOCK_BYTES))
    const envelope: Envelope = {
      wrappedDataKey: await key.wrap(secret),
      wrappedCounter: await key.wrap(counter),
      contentAlgorithm: CONTENT_ALGORITHM,
      wrapAlgorithm: key.wrapAlgorithm,
      keyDescription: key.description,
      dataSize: null,
      partSize: null,
    }
    return ok({ dataKey: new DataKey(secret), counter, envelope })
  } finally {
    secret.fill(0)
  }
}

/** The Java SDK never makes a key that begins with 0, so neither do we. */
function newDataKey(): Uint8Array {
  for (;;) {
    const bytes = randomBytes(DATA_KEY_BYTES)
    if (bytes[0] !== 0) return bytes
  }
}

/**
 * Tries the candidates in their order; the first that gives 32 and 16 bytes opens the envelope.
 *
 * Errors 'unknown-master-key' without candidates, 'key-not-usable' when none of them holds a private half,
 *        'wrong-master-key' with the names tried when none opens it, 'not-an-envelope' when a key opens only one half of it.
 */
export async function open(envelope: Envelope, candidates: readonly MasterKeyHandle[]): Promise<Result<Opened>> {
  const fitting = candidates.filter((key) => sameAlgorithm(key.wrapAlgorithm, envelope.wrapAlgorithm))
  const [first] = fitting
  if (first === undefined) return fail({ code: 'unknown-master-key', description: envelope.keyDescription })
  const able = fitting.filter((key) => key.canUnwrap)
  if (able.length === 0) return fail({ code: 'key-not-usable', name: first.name, reason: 'public-half-only' })
  let damaged: DamagedHalf | null = null
  for (const key of able) {
    const opened = await openWith(envelope, key)
    if (typeof opened === 'object' && opened !== null) return ok(opened)
    damaged ??= opened
  }
  if (damaged !== null) return fail({ code: 'not-an-envelope', header: `${ENVELOPE_PREFIX.slice(META_PREFIX.length)}${damaged}`, problem: 'invalid' })
  return fail({ code: 'wrong-master-key', tried: able.map((key) => key.name) })
}

/** The header of the half that does not open, while the other one does: this is the right key, and no other would help. */
type DamagedHalf = 'key' | 'start'

/** Null: not with this key. */
async function openWith(envelope: Envelope, key: MasterKeyHandle): Promise<Opened | DamagedHalf | null> {
  const secret = await unwrapped(key, envelope.wrappedDataKey)
  const counter = await unwrapped(key, envelope.wrappedCounter)
  try {
    // Chance padding happens; a value of exactly the right length by chance is one in some ten millions.
    const [isKey, isCounter] = [secret?.length === DATA_KEY_BYTES, counter?.length === BLOCK_BYTES]
    if (secret === null || counter === null || !isKey || !isCounter) return isKey ? 'start' : isCounter ? 'key' : null
    return { dataKey: new DataKey(secret), counter: Uint8Array.from(counter), keyId: key.id, keyName: key.name }
  } finally {
    secret?.fill(0)
    counter?.fill(0)
  }
}

async function unwrapped(key: MasterKeyHandle, wrapped: Uint8Array): Promise<Uint8Array | null> {
  try {
    return await key.unwrap(wrapped)
  } catch (cause) {
    if (cause instanceof Failure && cause.error.code === 'wrong-master-key') return null
    throw cause
  }
}

const sameAlgorithm = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase()
