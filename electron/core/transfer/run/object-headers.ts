import { Failure, valueOf } from '../../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../../shared/contract/models.ts'
import { MAX_GCM_BYTES } from '../../../../shared/format/counter.ts'
import { serializeEnvelope, type Envelope } from '../../../../shared/format/envelope/envelope.ts'
import { WRITTEN_ALGORITHM } from '../../../../shared/format/message/message-algorithms.ts'
import {
  endOfMessage,
  splitHeaders,
  startOfMessage,
  type MessageHeader,
} from '../../../../shared/format/message/message.ts'
import { newMessage } from '../../keys/keyring-messages.ts'
import { newEnvelope } from '../../keys/keyring.ts'
import type { DataKey } from '../../cipher/data-key.ts'
import { NO_FRAME, type SurroundingBytes } from '../../cipher/crc64-sum.ts'
import type { UploadJob } from './jobs.ts'

/** Tells whether an upload that starts now is sealed. Messages have a tag of their own. */
export const isSealed = ({ seals, format }: Pick<UploadJob, 'seals' | 'format'>): boolean =>
  seals() && format !== 'sdk-split' && format !== 'sdk-message'

/** A new data key, wrapped in the job's format. The caller disposes of the data key. */
export interface UploadKey {
  readonly dataKey: DataKey
  /** CTR block of content byte 0, in every format we write. */
  readonly counter: Uint8Array
  readonly keyId: MasterKeyId
  readonly keyName: string
  readonly inside:
    { readonly envelope: Envelope } | { readonly header: MessageHeader; readonly iv: Uint8Array }
}

/**
 * Wraps a new data key for one state of one file of `size` bytes. `promisesSeal`: the initial
 * counter promises a seal, where the format has room for that. Throws Failure: 'too-large'
 * before any master key is asked, and what wrapping throws.
 */
export async function makeUploadKey(
  job: UploadJob,
  size: number,
  promisesSeal: boolean,
  signal: AbortSignal,
): Promise<UploadKey> {
  const isMessage = job.format === 'sdk-split' || job.format === 'sdk-message'
  if (isMessage && size > MAX_GCM_BYTES)
    throw new Failure({ code: 'too-large', limit: MAX_GCM_BYTES })
  using masterKey = valueOf(await job.masterKey(signal))
  const { id: keyId, name: keyName } = masterKey
  if (isMessage) {
    const { dataKey, counter, header, iv } = valueOf(
      await newMessage(masterKey, WRITTEN_ALGORITHM, new Map(), signal),
    )
    return { dataKey, counter, keyId, keyName, inside: { header, iv } }
  }
  const { dataKey, counter, envelope } = valueOf(
    await newEnvelope(masterKey, job.format, signal, { promisesSeal }),
  )
  return { dataKey, counter, keyId, keyName, inside: { envelope } }
}

/** Everything that is stored besides the ciphertext. */
export interface ObjectHeaders {
  /** User metadata of the request that makes the object. */
  readonly headers: Readonly<Record<string, string>>
  /** Bytes that the object has before and after the ciphertext. */
  readonly frame: SurroundingBytes
}

/** Counts the bytes that a whole message has around `size` bytes of ciphertext; else 0. */
export function frameBytes(
  { inside }: UploadKey,
  format: UploadJob['format'],
  size: number,
): number {
  if (format !== 'sdk-message' || !('header' in inside)) return 0
  const { prefix, suffixLength } = startOfMessage(inside.header, inside.iv, size)
  return prefix.length + suffixLength
}

/**
 * Makes the headers and the frame of an object. `size`: bytes of the file. `partSize` null: the
 * object goes in one request. `tag`: of the ciphertext, null for an envelope.
 */
export function headersFor(
  { inside }: UploadKey,
  format: UploadJob['format'],
  size: number,
  partSize: number | null,
  tag: Uint8Array | null,
): ObjectHeaders {
  if ('envelope' in inside) {
    // Format V1 has no place for the sizes, and its readers want none. The object is the same bytes
    // in parts or in one request.
    const sizes = partSize === null ? {} : { dataSize: size, partSize }
    return { headers: serializeEnvelope({ ...inside.envelope, ...sizes }), frame: NO_FRAME }
  }
  if (tag === null) throw new Error('a message without its tag')
  const { header, iv } = inside
  if (format === 'sdk-split') return { headers: splitHeaders(header, iv, tag), frame: NO_FRAME }
  return {
    headers: {},
    frame: { before: startOfMessage(header, iv, size).prefix, after: endOfMessage(tag) },
  }
}
