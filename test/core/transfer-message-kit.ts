import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { MasterKeyHandle } from '../../electron/core/keys/master-key.ts'
import { Failure } from '../../shared/contract/errors.ts'

/*
 * A KMS in memory, and messages of the KMS Encryption SDK written and read with node:crypto and
 * bytes put together here: nothing of shared/format. Source of the shapes: formats 5.2 to 5.7.
 */

export const CMK = 'acs:kms:cn-hangzhou:1234567890123456:key/key-hzz000000000000000000'

interface FakeKms {
  readonly key: () => MasterKeyHandle
  /** A data key as the KMS would have wrapped it. */
  wrap(plain: Uint8Array, context?: ReadonlyMap<string, string>): Buffer
  unwrap(blob: Uint8Array, context?: ReadonlyMap<string, string>): Buffer
  /** Calls so far. */
  calls: number
}

/**
 * Wraps with AES-GCM under a secret of its own; the context is bound in. A blob begins like a real
 * one, with what is not base64.
 */
export function fakeKms(): FakeKms {
  const secret = randomBytes(32)
  const bound = (context: ReadonlyMap<string, string>): Buffer =>
    Buffer.from(JSON.stringify([...context].sort(([a], [b]) => (a < b ? -1 : 1))))
  const all: FakeKms = {
    calls: 0,
    wrap(plain, context = new Map()) {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', secret, iv).setAAD(bound(context))
      return Buffer.concat([
        Buffer.from('key-version-'),
        iv,
        cipher.update(plain),
        cipher.final(),
        cipher.getAuthTag(),
      ])
    },
    unwrap(blob, context = new Map()) {
      const inside = Buffer.from(blob).subarray(12)
      const decipher = createDecipheriv('aes-256-gcm', secret, inside.subarray(0, 12))
        .setAAD(bound(context))
        .setAuthTag(inside.subarray(-16))
      return Buffer.concat([decipher.update(inside.subarray(12, -16)), decipher.final()])
    },
    key: () => ({
      id: 'kms',
      name: 'in KMS',
      kind: 'kms',
      writes: 'v2',
      wrapAlgorithm: 'KMS/ALICLOUD',
      description: '',
      canWrap: true,
      canUnwrap: true,
      fits: (name) => name === 'KMS/ALICLOUD',
      wrap: async (bytes) => (all.calls++, all.wrap(bytes)),
      // Form B: the header holds the blob's text.
      unwrap: async (bytes) =>
        opened(() =>
          all.unwrap(
            /^[A-Za-z0-9+/]+={0,2}$/.test(Buffer.from(bytes).toString('latin1'))
              ? Buffer.from(Buffer.from(bytes).toString('latin1'), 'base64')
              : bytes,
          ),
        ),
      messages: {
        allows: (keyId) => keyId === CMK,
        generate: async (bytes, context) => {
          all.calls++
          const plain = randomBytes(bytes)
          return { keyId: CMK, plain: Uint8Array.from(plain), wrapped: all.wrap(plain, context) }
        },
        decrypt: async ({ wrapped }, context) => opened(() => all.unwrap(wrapped, context)),
      },
      [Symbol.dispose]: () => undefined,
    }),
  }
  const opened = (work: () => Buffer): Uint8Array => {
    all.calls++
    try {
      return Uint8Array.from(work())
    } catch {
      throw new Failure({ code: 'kms-key', name: 'in KMS', problem: 'cannot-open', requestId: '' })
    }
  }
  return all
}

/** Id → how the content is encrypted. Source formats 5.1. */
export const ALGORITHMS = [
  { id: 1, mode: 'gcm', keyBytes: 16, padded: false },
  { id: 2, mode: 'gcm', keyBytes: 32, padded: false },
  { id: 3, mode: 'cbc', keyBytes: 16, padded: false },
  { id: 4, mode: 'cbc', keyBytes: 32, padded: false },
  { id: 5, mode: 'cbc', keyBytes: 16, padded: true },
  { id: 6, mode: 'cbc', keyBytes: 32, padded: true },
  { id: 7, mode: 'ctr', keyBytes: 16, padded: false },
  { id: 8, mode: 'ctr', keyBytes: 32, padded: false },
] as const

export interface Written {
  /** The stored bytes. */
  readonly object: Buffer
  readonly headers: Record<string, string>
  /** Where the ciphertext begins in it. */
  readonly contentAt: number
}

const uint = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
const counted = (bytes: Buffer): Buffer => Buffer.concat([uint(bytes.length), bytes])
const tlv = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const size =
    body.length < 128
      ? Buffer.of(body.length)
      : ((hex) => Buffer.concat([Buffer.of(0x80 + hex.length / 2), Buffer.from(hex, 'hex')]))(
          evenHex(body.length),
        )
  return Buffer.concat([Buffer.of(tag), size, body])
}
const evenHex = (value: number): string =>
  ((text) => (text.length % 2 === 0 ? text : `0${text}`))(value.toString(16))
const contextOf = (context: ReadonlyMap<string, string>): Buffer =>
  context.size === 0
    ? Buffer.alloc(0)
    : Buffer.concat([
        uint(context.size),
        ...[...context]
          .sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
          .flatMap(([name, value]) => [counted(Buffer.from(name)), counted(Buffer.from(value))]),
      ])
const headerTag = (
  dataKey: Buffer,
  iv: Buffer,
  algorithm: number,
  wrapped: Buffer,
  context: ReadonlyMap<string, string>,
): Buffer => {
  const covered = Buffer.concat([
    uint(1),
    uint(algorithm),
    uint(context.size),
    contextOf(context),
    uint(1),
    counted(Buffer.from(CMK)),
    counted(Buffer.from(wrapped.toString('base64'))),
  ])
  const cipher = createCipheriv(
    dataKey.length === 16 ? 'aes-128-gcm' : 'aes-256-gcm',
    dataKey,
    iv,
  ).setAAD(covered)
  cipher.final()
  return cipher.getAuthTag()
}

/** A message as the SDKs write it. `plain` must be whole blocks for algorithms 3 and 4. */
export function writeMessage(
  kms: FakeKms,
  algorithm: number,
  form: 'split' | 'message' | 'stream',
  plain: Buffer,
  context: ReadonlyMap<string, string> = new Map(),
): Written {
  const how = ALGORITHMS[algorithm - 1] ?? ALGORITHMS[0]
  const dataKey = randomBytes(how.keyBytes)
  const wrapped = kms.wrap(dataKey, context)
  const [headerIv, iv] = [randomBytes(12), randomBytes(how.mode === 'gcm' ? 12 : 16)]
  let tag = Buffer.alloc(0)
  let ciphertext: Buffer
  if (how.mode === 'gcm') {
    const cipher = createCipheriv(
      how.keyBytes === 16 ? 'aes-128-gcm' : 'aes-256-gcm',
      dataKey,
      iv,
    ).setAAD(contextOf(context))
    ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
    tag = cipher.getAuthTag()
  } else {
    const cipher = createCipheriv(
      `aes-${how.keyBytes * 8}-${how.mode}`,
      dataKey,
      iv,
    ).setAutoPadding(how.padded)
    ciphertext = Buffer.concat([cipher.update(plain), cipher.final()])
  }
  const authTag = headerTag(dataKey, headerIv, algorithm, wrapped, context)
  const pair = (name: Buffer, value: Buffer): Buffer => tlv(0x30, tlv(4, name), tlv(4, value))
  const contextPairs = [...context].map(([name, value]) =>
    pair(Buffer.from(name), Buffer.from(value)),
  )
  const header = tlv(
    0x30,
    Buffer.from([2, 1, 1, 2, 1, algorithm]),
    tlv(0x31, pair(Buffer.from(CMK), wrapped)),
    tlv(0x31, ...contextPairs),
    tlv(4, headerIv),
    tlv(4, authTag),
  )
  if (form === 'split') {
    const named = { header, iv, authTag: tag }
    const headers = Object.fromEntries(
      Object.entries(named).map(([name, bytes]) => [
        `x-oss-meta-x-oss-meta-${name}`.toLowerCase(),
        bytes.toString('base64'),
      ]),
    )
    return { object: ciphertext, headers, contentAt: 0 }
  }
  if (form === 'message') {
    const object = tlv(0x30, header, tlv(0x30, tlv(4, iv), tlv(4, ciphertext), tlv(4, tag)))
    return { object, headers: {}, contentAt: object.length - tag.length - 2 - ciphertext.length }
  }
  const start = Buffer.concat([
    uint(1),
    uint(algorithm),
    counted(contextOf(context)),
    uint(1),
    counted(Buffer.from(CMK)),
    counted(Buffer.from(wrapped.toString('base64'))),
    counted(headerIv),
    counted(authTag),
    uint(iv.length).reverse(),
    iv,
  ])
  return { object: Buffer.concat([start, ciphertext, tag]), headers: {}, contentAt: start.length }
}

/** The parts of a DER value, and its end. */
function read(
  bytes: Buffer,
  at: number,
): { readonly tag: number; readonly body: Buffer; readonly end: number } {
  const first = bytes[at + 1] ?? 0
  const [start, length] =
    first < 128
      ? [at + 2, first]
      : [
          at + 2 + first - 128,
          Number.parseInt(bytes.subarray(at + 2, at + 2 + first - 128).toString('hex'), 16),
        ]
  return { tag: bytes[at] ?? 0, body: bytes.subarray(start, start + length), end: start + length }
}
const parts = (bytes: Buffer): readonly Buffer[] => {
  const found: Buffer[] = []
  for (let at = 0; at < bytes.length;) {
    const { body, end } = read(bytes, at)
    found.push(body)
    at = end
  }
  return found
}

/**
 * Opens what we wrote, as the SDKs do: the header's tag, then the content under its own; throws
 * where either differs.
 */
export function readMessage(
  kms: FakeKms,
  object: Buffer,
  headers: ReadonlyMap<string, string>,
): Buffer {
  const named = (name: string): Buffer =>
    Buffer.from(headers.get(`x-oss-meta-x-oss-meta-${name}`) ?? '', 'base64')
  const isSplit = headers.has('x-oss-meta-x-oss-meta-header')
  const whole = isSplit ? [] : parts(read(object, 0).body)
  if (!isSplit && read(object, 0).end !== object.length) throw new Error('not the whole object')
  const [version, algorithm, keys, context, headerIv, authTag] = parts(
    isSplit ? read(named('header'), 0).body : (whole[0] ?? Buffer.alloc(0)),
  ) as [Buffer, Buffer, Buffer, Buffer, Buffer, Buffer]
  const [iv, ciphertext, tag] = (
    isSplit ? [named('iv'), object, named('authtag')] : parts(whole[1] ?? Buffer.alloc(0))
  ) as [Buffer, Buffer, Buffer]
  if (
    version.toString('hex') !== '01' ||
    algorithm.toString('hex') !== '02' ||
    context.length !== 0
  )
    throw new Error('not what we write')
  const [keyId, wrapped] = parts(parts(keys)[0] ?? Buffer.alloc(0)) as [Buffer, Buffer]
  const dataKey = kms.unwrap(wrapped)
  if (
    keyId.toString() !== CMK ||
    !headerTag(dataKey, headerIv, 2, wrapped, new Map()).equals(authTag)
  )
    throw new Error('the header is not authentic')
  const decipher = createDecipheriv('aes-256-gcm', dataKey, iv)
    .setAAD(Buffer.alloc(0))
    .setAuthTag(tag)
  return Buffer.concat([decipher.update(ciphertext), decipher.final()])
}
