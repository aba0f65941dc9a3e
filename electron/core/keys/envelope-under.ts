import type { WriteFormat } from '../../../shared/contract/models.ts'
import {
  CONTENT_ALGORITHM,
  OAEP_WRAP,
  RSA_WRAP,
  type Envelope,
} from '../../../shared/format/envelope/envelope.ts'
import { digitsOf, fromKmsBlob, toKmsBlob } from '../../../shared/format/message/kms-wrap.ts'
import type { MasterKeyHandle, Wrapping } from './master-key.ts'
import { kmsForm } from './write-formats.ts'

/** Returns the wrap algorithm of envelopes that this key writes in this format. */
export const wrapAlgorithmOf = (key: MasterKeyHandle, format: WriteFormat): string =>
  key.kind === 'rsa' ? (format === 'v2' ? RSA_WRAP : OAEP_WRAP) : key.wrapAlgorithm

/**
 * Makes an envelope under a master key. `wrapped`: the data key, as the answer of the key's `wrap`.
 * `counter`: 16 bytes, which are wrapped here. The sizes are null. Throws Failure of the key.
 */
export async function envelopeUnder(
  key: MasterKeyHandle,
  format: WriteFormat,
  wrapped: Uint8Array,
  counter: Uint8Array,
  signal: AbortSignal,
): Promise<Envelope> {
  const wrapAlgorithm = wrapAlgorithmOf(key, format)
  /**
   * Converts a wrapped value to the form that `format` has in a header. The form in which KMS
   * answered is known here; guessing the form could lose the data key.
   */
  const shaped = (value: Uint8Array) =>
    key.kind === 'kms' ? fromKmsBlob(toKmsBlob(value, kmsForm(key.writes)), kmsForm(format)) : value
  const [payload, how]: readonly [Uint8Array, Wrapping] =
    format === 'v1'
      ? [digitsOf(counter), { algorithm: wrapAlgorithm, payload: 'digits' }]
      : [counter, { algorithm: wrapAlgorithm, payload: 'bytes' }]
  return {
    format: format === 'v1' ? 'v1' : 'v2',
    wrappedDataKey: shaped(wrapped),
    wrappedCounter: shaped(await key.wrap(payload, how, signal)),
    contentAlgorithm: CONTENT_ALGORITHM,
    wrapAlgorithm,
    // No writer puts a description into the older format, and readers know no common name for it.
    keyDescription: format === 'v1' ? '' : key.description,
    dataSize: null,
    partSize: null,
  }
}
