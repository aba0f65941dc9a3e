import { createHash, publicEncrypt, type KeyObject } from 'node:crypto'
import { Failure } from '../../../shared/contract/errors.ts'
import { BLOCK_BYTES, hasShapedMiddle } from '../../../shared/format/counter.ts'
import { DATA_KEY_BYTES, DataKey } from '../cipher/data-key.ts'
import { SECOND_OAEP } from '../cipher/rsa-wrap.ts'
import { MOST_WRAPPED, RECIPIENT_BYTES, type SecondEnvelope } from '../seals/second-text.ts'
import type { Opened } from './keyring.ts'
import type { MasterKeyHandle } from './master-key.ts'
import { modulusBytes, spkiOf } from './public-key.ts'

/** Returns the name of an RSA key in a second envelope: 8 bytes. */
export const recipientOf = (publicKey: KeyObject): Uint8Array =>
  Uint8Array.from(
    createHash('sha256').update(spkiOf(publicKey)).digest().subarray(0, RECIPIENT_BYTES),
  )

/** Tells whether a key can be a second key: RSA, and its wrapped value has room in the tags. */
export const mayBeSecond = ({ publicHalf }: Pick<MasterKeyHandle, 'publicHalf'>): boolean =>
  publicHalf !== undefined && modulusBytes(publicHalf()) <= MOST_WRAPPED

/**
 * Wraps data key and counter of an object for one more RSA key. The public half is enough. Throws
 * Failure 'key-not-usable' for a key that is not RSA, or too large for the tags of an object.
 */
export function wrapSecond(
  handle: Pick<MasterKeyHandle, 'name' | 'publicHalf'>,
  { dataKey, counter }: Pick<Opened, 'dataKey' | 'counter'>,
): SecondEnvelope {
  const key = handle.publicHalf?.()
  if (key === undefined || !mayBeSecond(handle))
    throw new Failure({ code: 'key-not-usable', name: handle.name, reason: 'no-second' })
  const secret = Buffer.concat([dataKey.bytes, counter])
  try {
    const wrapped = Uint8Array.from(publicEncrypt({ key, ...SECOND_OAEP }, secret))
    return { recipient: recipientOf(key), wrapped }
  } finally {
    secret.fill(0)
  }
}

/**
 * Opens a second envelope; null where this key does not open it. The caller disposes of the data
 * key. Nothing shows yet that the envelope belongs to its object: only a seal does.
 */
export function openSecond({ wrapped }: SecondEnvelope, key: MasterKeyHandle): Opened | null {
  const secret = key.unwrapSecond?.(wrapped) ?? null
  if (secret?.length !== DATA_KEY_BYTES + BLOCK_BYTES) return null
  const counter = Uint8Array.from(secret.subarray(DATA_KEY_BYTES))
  const dataKey = new DataKey(secret.subarray(0, DATA_KEY_BYTES))
  secret.fill(0)
  const { id: keyId, name: keyName, kind: keyKind } = key
  const oddCounter = !hasShapedMiddle(counter)
  return { dataKey, counter, keyId, keyName, keyKind, oddCounter, isSecond: true }
}
