import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  privateDecrypt,
} from 'node:crypto'
import { expect } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import { counterFromDigits, kmsBlobs } from '../../shared/format/message/kms-wrap.ts'
import { KMS_WRAP, OAEP_WRAP, type Envelope } from '../../shared/format/envelope/envelope.ts'
import { messageAlgorithm } from '../../shared/format/message/message-algorithms.ts'
import {
  contextBytes,
  headerAuthInput,
  type MessageHeader,
} from '../../shared/format/message/message.ts'

/**
 * The key that unwraps: PEM of an RSA key, or CiphertextBlob → Plaintext as KMS Decrypt answers.
 */
export interface Opener {
  readonly pem?: string
  readonly kms?: Readonly<Record<string, string>>
}

/**
 * Content of an object under an envelope, by node:crypto alone once the wrapped bytes and the
 * counter are ours.
 */
export function openedEnvelope(envelope: Envelope, stored: Uint8Array, opener: Opener): Buffer {
  const dataKey =
    envelope.wrapAlgorithm === KMS_WRAP
      ? Buffer.from(fromKms(envelope.wrappedDataKey, opener), 'base64')
      : fromRsa(envelope, envelope.wrappedDataKey, opener)
  const start =
    envelope.wrapAlgorithm !== KMS_WRAP
      ? fromRsa(envelope, envelope.wrappedCounter, opener)
      : Buffer.from(
          fromKms(envelope.wrappedCounter, opener),
          envelope.format === 'v1' ? 'ascii' : 'base64',
        )
  const counter = envelope.format === 'v1' ? counterFromDigits(start) : start
  expect([dataKey.length, counter?.length]).toEqual([32, 16])
  return createDecipheriv('aes-256-ctr', dataKey, counter).update(stored)
}

function fromKms(wrapped: Uint8Array, { kms = {} }: Opener): string {
  const [first, second] = kmsBlobs(wrapped)
  return kms[first] ?? kms[second ?? ''] ?? expect.fail(`KMS knows no ${first}`)
}

function fromRsa({ wrapAlgorithm }: Envelope, wrapped: Uint8Array, { pem = '' }: Opener): Buffer {
  const key = createPrivateKey(
    pem
      .split('\n')
      .map((line) => line.trim())
      .join('\n'),
  )
  if (wrapAlgorithm === OAEP_WRAP)
    return privateDecrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      wrapped,
    )
  const padded = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped)
  expect(padded.subarray(0, 2).toString('hex')).toBe('0002')
  return padded.subarray(padded.indexOf(0, 2) + 1)
}

/** Computes the tag of a header again. Node has no GCM for SM4. */
export function headerTag(header: MessageHeader, dataKey: Uint8Array): string {
  const cipher = createCipheriv(
    dataKey.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm',
    dataKey,
    header.headerIv,
  ).setAAD(headerAuthInput(header))
  cipher.final()
  return toBase64(cipher.getAuthTag())
}

/** Content of a message; throws when its tag does not fit. */
export function openedMessage(
  header: MessageHeader,
  iv: Uint8Array,
  ciphertext: Uint8Array,
  tag: Uint8Array,
  dataKey: Uint8Array,
): Buffer {
  const algorithm = messageAlgorithm(header.algorithm) ?? expect.fail('no such algorithm')
  expect(dataKey.length).toBe(algorithm.keyBytes)
  const bits = algorithm.keyBytes * 8
  if (algorithm.mode === 'gcm') {
    const decipher = createDecipheriv(bits === 256 ? 'aes-256-gcm' : 'aes-128-gcm', dataKey, iv, {
      authTagLength: 16,
    })
    decipher.setAAD(contextBytes(header.context)).setAuthTag(tag)
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  }
  const name =
    algorithm.cipher === 'sm4' ? `sm4-${algorithm.mode}` : `aes-${bits}-${algorithm.mode}`
  const decipher = createDecipheriv(name, dataKey, iv).setAutoPadding(algorithm.padded)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')
