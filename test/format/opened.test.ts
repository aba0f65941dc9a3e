import { getCiphers } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { toBase64 } from '../../shared/format/base64.ts'
import { messageAlgorithm } from '../../shared/format/message/message-algorithms.ts'
import { messageAt, type EncryptedMessage } from '../../shared/format/message/message.ts'
import { readHeaders, recognise } from '../../shared/format/recognise.ts'
import { messageBytes, messageVectors } from './messages.ts'
import { headerTag, openedEnvelope, openedMessage, sha256, type Opener } from './opening.ts'
import { bytesOf, rows } from './vectors.ts'

/**
 * Everything that an SDK wrote and whose key is known: opened with node:crypto, from our reading of
 * its headers and bytes.
 */

interface Row {
  readonly name: string
  readonly source: string
  readonly format: string
  readonly headers: Readonly<Record<string, string>>
  readonly ciphertext: string
  readonly plaintextSha256: string
  readonly privateKey?: string
  readonly privateKeyFile?: string
  readonly kms?: { readonly blobs: Readonly<Record<string, string>> }
}

const beside = (path: string) => new URL(`../vectors/${path}`, import.meta.url)
const pemOf = ({ privateKey, privateKeyFile }: Row) =>
  privateKeyFile === undefined ? (privateKey ?? '') : readFileSync(beside(privateKeyFile), 'utf8')

function opened(
  headers: Readonly<Record<string, string>>,
  stored: Uint8Array,
  opener: Opener,
): Buffer {
  const found = recognise(readHeaders(Object.entries(headers)))
  if (found.kind !== 'encrypted') throw new Error(found.kind)
  return openedEnvelope(found.envelope, stored, opener)
}

describe('envelopes', () => {
  const sealed = [...rows<Row>('objects.json'), ...rows<Row>('envelopes.json')].filter(
    ({ format }) => format !== 'encryption-sdk',
  )
  test.each(sealed.map((row) => [row.name, row.source, row] as const))(
    '%s (%s)',
    (_name, _source, row) => {
      const opener = row.kms === undefined ? { pem: pemOf(row) } : { kms: row.kms.blobs }
      expect(sha256(opened(row.headers, Buffer.from(row.ciphertext, 'base64'), opener))).toBe(
        row.plaintextSha256,
      )
    },
  )
})

/** Header tag, and content under its own tag. */
function openedWith(message: EncryptedMessage, stored: Uint8Array, dataKey: Uint8Array): Buffer {
  const { offset, length } = message.content
  if (messageAlgorithm(message.header.algorithm)?.cipher === 'aes')
    expect(headerTag(message.header, dataKey)).toBe(toBase64(message.header.headerTag))
  return openedMessage(
    message.header,
    message.iv,
    stored.subarray(offset, offset + (length ?? stored.length)),
    message.tag ?? expect.fail('no tag'),
    dataKey,
  )
}

describe('messages', () => {
  // Node has no GCM for SM4, and Electron no SM4 at all; what can be opened is read to the end.
  const hasSm4 = getCiphers().includes('sm4-ctr')
  const readable = messageVectors.filter(
    ({ algorithm }) => messageAlgorithm(algorithm)?.cipher === 'aes' || (algorithm !== 9 && hasSm4),
  )
  test.each(readable.map((vector) => [vector.name, vector.source, vector] as const))(
    '%s (%s)',
    (_name, _source, vector) => {
      const bytes = messageBytes(vector)
      const message = messageAt(bytes, bytes.length)
      if (message === null || message === 'more') throw new Error('no message')
      const content = openedWith(message, bytes, bytesOf(vector.dataKey))
      expect([content.length, sha256(content)]).toEqual([
        vector.plaintextBytes,
        vector.plaintextSha256,
      ])

      if (vector.split === undefined) return
      const found = recognise(readHeaders(Object.entries(vector.split)))
      if (found.kind !== 'message') throw new Error(found.kind)
      const { offset, length } = message.content
      expect(
        sha256(
          openedWith(
            found.message,
            bytes.subarray(offset, offset + (length ?? 0)),
            bytesOf(vector.dataKey),
          ),
        ),
      ).toBe(vector.plaintextSha256)
    },
  )

  test('every algorithm of AES is among them, both SDKs, and both forms', () => {
    expect(new Set(readable.map(({ algorithm }) => algorithm))).toEqual(
      new Set([1, 2, 3, 4, 5, 6, 7, 8, ...(hasSm4 ? [12] : [])]),
    )
    for (const sdk of ['Python', 'Java'])
      expect(readable.some(({ source }) => source.includes(sdk))).toBe(true)
    expect(new Set(readable.map(({ form }) => form))).toEqual(new Set(['message', 'stream']))
  })
})

const shared = new URL('../../../shared/vectors/', import.meta.url)
const sharedIsHere = existsSync(new URL('vectors.json', shared))
if (!sharedIsHere)
  console.warn(
    'skipped: ../shared/vectors is not here, so the sample objects of the SDK repositories are not opened',
  )

interface SharedVector {
  readonly id: string
  readonly writer: string
  readonly ciphertext: string
  readonly metadata: Readonly<Record<string, string>>
  readonly expected_plaintext_sha256: string
  readonly key: Readonly<Record<string, unknown>>
}

describe.skipIf(!sharedIsHere)('sample objects of the SDK repositories', () => {
  const { vectors } = sharedIsHere
    ? (JSON.parse(readFileSync(new URL('vectors.json', shared), 'utf8')) as {
        readonly vectors: readonly SharedVector[]
      })
    : { vectors: [] }
  test.each(vectors.map((vector) => [vector.id, vector.writer, vector] as const))(
    '%s (%s)',
    (_id, _writer, vector) => {
      expect(
        sha256(
          opened(
            vector.metadata,
            readFileSync(new URL(vector.ciphertext, shared)),
            openerOf(vector),
          ),
        ),
      ).toBe(vector.expected_plaintext_sha256)
    },
  )

  function openerOf({ key, metadata }: SharedVector): Opener {
    const pem = Object.entries(key).find(([name]) => name.endsWith('_pem'))?.[1]
    if (typeof pem === 'string') return { pem: pem.replaceAll('\r', '') }
    if (typeof key['blobs'] === 'object')
      return { kms: key['blobs'] as Readonly<Record<string, string>> }
    // Format V1: what KMS answers for the two headers is told one by one.
    const answer = (name: string, value: unknown) =>
      [metadata[`x-oss-meta-oss-crypto-${name}`] ?? '', String(value)] as const
    return {
      kms: Object.fromEntries([
        answer('key', key['plaintext_key_base64']),
        answer('start', key['plaintext_start']),
      ]),
    }
  }
})
