import { createDecipheriv } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import {
  KMS_WRAP,
  OAEP_WRAP,
  RSA_WRAP,
  type Envelope,
} from '../../shared/format/envelope/envelope.ts'
import { messageAt, type EncryptedMessage } from '../../shared/format/message/message.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import type { Recorded } from '../interop/record.ts'
import { openedEnvelope, openedMessage, sha256 } from './opening.ts'

/**
 * Objects that the live SDKs wrote in a run of `npm run test:interop -- --record`: each format
 * without the SDKs.
 */

const { keys, blobs, objects } = JSON.parse(
  readFileSync(new URL('../vectors/recorded.json', import.meta.url), 'utf8'),
) as {
  readonly keys: Readonly<Record<string, string>>
  readonly blobs: Readonly<Record<string, string>>
  readonly objects: readonly Recorded[]
}

/** Unwraps a value of the example key of test/interop: nonce, then AES-256-CTR. `secret`: hex. */
function fromExample(secret: string, wrapped: Uint8Array): Buffer {
  return createDecipheriv(
    'aes-256-ctr',
    Buffer.from(secret, 'hex'),
    wrapped.subarray(0, 16),
  ).update(wrapped.subarray(16))
}

function openedBy(envelope: Envelope, stored: Uint8Array, key: string | null): Buffer {
  const text = keys[key ?? ''] ?? ''
  if ([KMS_WRAP, OAEP_WRAP, RSA_WRAP].includes(envelope.wrapAlgorithm))
    return openedEnvelope(envelope, stored, { pem: text, kms: blobs })
  return createDecipheriv(
    'aes-256-ctr',
    fromExample(text, envelope.wrappedDataKey),
    fromExample(text, envelope.wrappedCounter),
  ).update(stored)
}

function openedAs(
  { header, content: { offset, length }, iv, tag }: EncryptedMessage,
  stored: Uint8Array,
): Buffer {
  const blob =
    header.dataKeys
      .map(({ wrapped }) => blobs[toBase64(wrapped)])
      .find((one) => one !== undefined) ?? expect.fail('no data key')
  const end = length === null ? stored.length : offset + length
  return openedMessage(
    header,
    iv,
    stored.subarray(offset, end),
    tag ?? expect.fail('no tag'),
    Buffer.from(blob, 'base64'),
  )
}

describe('objects that the SDKs wrote', () => {
  test.each(objects.map((row) => [row.name, row.source, row] as const))(
    '%s (%s)',
    (_name, _source, { headers, ciphertext, key, ...expected }) => {
      const stored = Buffer.from(ciphertext, 'base64')
      const found = recognise(readHeaders(Object.entries(headers)))
      const message = found.kind === 'message' ? found.message : messageAt(stored, stored.length)
      const content =
        found.kind === 'encrypted'
          ? openedBy(found.envelope, stored, key)
          : openedAs(
              message === null || message === 'more' ? expect.fail('no message') : message,
              stored,
            )
      expect([content.length, sha256(content)]).toEqual([
        expected.plaintextBytes,
        expected.plaintextSha256,
      ])
    },
  )

  test('every format that an SDK still writes is among them', () => {
    expect(new Set(objects.map(({ format }) => format))).toEqual(
      new Set(['v2-rsa', 'v2-oaep', 'v2-kms-a', 'v2-kms-b', 'v2-custom', 'v1-rsa', 'v1-kms']),
    )
  })
})
