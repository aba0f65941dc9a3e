import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  publicEncrypt,
  randomBytes,
  type KeyObject,
} from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/*
 * A foreign KMS, and writers of every format, made from the published descriptions alone. Nothing
 * of shared/ or electron/ is used here. The blobs of this KMS look like no others. Those of `plain`
 * keys are base64 text inside, which form A must not be taken for form B by.
 */

const ACCOUNT = '1234567890123456'
export const ACCESS = { accessKeyId: 'LTAIforeign000001', accessKeySecret: 'foreign-/+=secret' }
export const arnOf = (id: string, region = 'cn-hangzhou'): string =>
  `acs:kms:${region}:${ACCOUNT}:key/${id}`
const KEYS: Readonly<Record<string, 'binary' | 'plain'>> = {
  'key-binary': 'binary',
  'key-plain': 'plain',
  'key-second': 'binary',
}

interface Fault {
  readonly status: number
  readonly body: string
}
export interface ForeignKms {
  readonly endpoint: string
  /** Actions that were asked for. */
  readonly asked: string[]
  /** Answers to come, before KMS answers by itself again. */
  readonly faults: Fault[]
  /** The error for a blob of another KMS: services differ. */
  badBlob: Fault
  wrap(id: string, plaintext: string, context?: Readonly<Record<string, string>>): string
  close(): Promise<void>
}

export const refusal = (status: number, code: string): Fault => ({
  status,
  body: JSON.stringify({
    HttpStatus: status,
    Code: code,
    Message: 'string to sign: POST&%2F&secret',
    RequestId: 'r-1',
  }),
})
class Refused extends Error {
  readonly answer: Fault
  constructor(answer: Fault) {
    super()
    this.answer = answer
  }
}

/**
 * RPC 2016-01-20 with signature version 1 over query and form. The context is compared as a map.
 */
export async function foreignKms(): Promise<ForeignKms> {
  const secretOf = (id: string): Buffer => createHash('sha256').update(`foreign ${id}`).digest()
  const bound = (context: Readonly<Record<string, string>>): Buffer =>
    Buffer.from(JSON.stringify(Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1))))

  const wrap = (
    id: string,
    plaintext: string,
    context: Readonly<Record<string, string>> = {},
  ): string => {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', secretOf(id), iv).setAAD(bound(context))
    const sealed = Buffer.concat([
      iv,
      cipher.update(plaintext),
      cipher.final(),
      cipher.getAuthTag(),
    ])
    const raw = Buffer.concat([Buffer.from(`\0FOREIGN${id.padEnd(12)}`), sealed])
    // Padded to whole quanta, so that it is base64 whose end nothing shows.
    const inner =
      KEYS[id] === 'plain'
        ? Buffer.from(
            Buffer.concat([
              Buffer.from('\x01'),
              raw,
              Buffer.alloc((3 - ((raw.length + 1) % 3)) % 3),
            ]).toString('base64'),
          )
        : raw
    return inner.toString('base64')
  }
  const unwrap = (
    blob: string,
    context: Readonly<Record<string, string>>,
  ): { Plaintext: string; KeyId: string } => {
    const outer = Buffer.from(blob, 'base64')
    const once = Buffer.from(outer.toString('latin1'), 'base64')
    const raw = outer[0] === 0 ? outer : once[0] === 1 ? once.subarray(1) : Buffer.alloc(0)
    const id = raw.subarray(8, 20).toString().trim()
    if (KEYS[id] === undefined) throw new Refused(all.badBlob)
    for (const pad of [0, 1, 2]) {
      const sealed = raw.subarray(20, raw.length - pad)
      try {
        const decipher = createDecipheriv('aes-256-gcm', secretOf(id), sealed.subarray(0, 12))
          .setAAD(bound(context))
          .setAuthTag(sealed.subarray(-16))
        return {
          Plaintext: Buffer.concat([
            decipher.update(sealed.subarray(12, -16)),
            decipher.final(),
          ]).toString(),
          KeyId: id,
        }
      } catch {
        continue
      }
    }
    throw new Refused(all.badBlob)
  }
  const perform = (asked: ReadonlyMap<string, string>): object => {
    const of = (name: string): string => asked.get(name) ?? ''
    const context = contextIn(of('EncryptionContext'))
    if (of('Action') === 'Decrypt') return unwrap(of('CiphertextBlob'), context)
    const id = of('KeyId').split('/').at(-1) ?? ''
    if (KEYS[id] === undefined) throw new Refused(refusal(404, 'Forbidden.KeyNotFound'))
    if (of('Action') === 'DescribeKey')
      return {
        KeyMetadata: {
          KeyId: id,
          Arn: arnOf(id),
          KeyState: 'Enabled',
          KeyUsage: 'ENCRYPT/DECRYPT',
        },
      }
    const plaintext =
      of('Action') === 'Encrypt'
        ? of('Plaintext')
        : randomBytes(of('KeySpec') === 'AES_128' ? 16 : 32).toString('base64')
    return {
      KeyId: id,
      CiphertextBlob: wrap(id, plaintext, context),
      ...(of('Action') === 'GenerateDataKey' && { Plaintext: plaintext }),
    }
  }

  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const asked = new Map([
        ...new URL(request.url ?? '/', 'http://kms').searchParams,
        ...new URLSearchParams(body),
      ])
      all.asked.push(asked.get('Action') ?? '')
      let answer = all.faults.shift()
      try {
        if (answer === undefined && !isSigned(request.method ?? '', asked))
          answer = refusal(400, 'SignatureDoesNotMatch')
        answer ??= { status: 200, body: JSON.stringify({ RequestId: 'r-2', ...perform(asked) }) }
      } catch (cause) {
        if (!(cause instanceof Refused)) throw cause
        ;({ answer } = cause)
      }
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const all: ForeignKms = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    faults: [],
    badBlob: refusal(400, 'InvalidParameter'),
    wrap,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return all
}

function contextIn(written: string): Readonly<Record<string, string>> {
  try {
    return JSON.parse(written === '' ? '{}' : written) as Record<string, string>
  } catch {
    throw new Refused(refusal(400, 'InvalidParameter'))
  }
}

function isSigned(method: string, asked: ReadonlyMap<string, string>): boolean {
  const encoded = (value: string): string =>
    encodeURIComponent(value).replace(
      /[!'()*]/g,
      (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  const canonical = [...asked]
    .filter(([name]) => name !== 'Signature')
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encoded(name)}=${encoded(value)}`)
    .join('&')
  const signature = createHmac('sha1', `${ACCESS.accessKeySecret}&`)
    .update(`${method}&%2F&${encoded(canonical)}`)
    .digest('base64')
  return (
    asked.get('AccessKeyId') === ACCESS.accessKeyId &&
    asked.get('Version') === '2016-01-20' &&
    asked.get('Signature') === signature
  )
}

export interface Written {
  readonly blob: Buffer
  readonly headers: Record<string, string> | null
}

const V2 = 'x-oss-meta-client-side-encryption-'
const ctr = (key: Buffer, counter: Buffer, data: Buffer): Buffer =>
  createCipheriv(`aes-${key.length * 8}-ctr`, key, counter).update(data)

/** Format V2. `wrap`: data key or counter → header. */
export function writeV2(
  data: Buffer,
  wrapAlgorithm: string,
  wrap: (bytes: Buffer) => string,
  more: Record<string, string> = {},
): Written {
  const [key, counter] = [randomBytes(32), randomBytes(16).fill(0, 8, 12)]
  return {
    blob: ctr(key, counter, data),
    headers: {
      [`${V2}key`]: wrap(key),
      [`${V2}start`]: wrap(counter),
      [`${V2}cek-alg`]: 'AES/CTR/NoPadding',
      [`${V2}wrap-alg`]: wrapAlgorithm,
      ...more,
    },
  }
}
export const pkcs1 =
  (key: KeyObject) =>
  (bytes: Buffer): string =>
    publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, bytes).toString('base64')
export const oaep =
  (key: KeyObject) =>
  (bytes: Buffer): string =>
    publicEncrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' },
      bytes,
    ).toString('base64')

/** Format V1. `wrap` as KMS or RSA takes the key's bytes and the counter's digits. */
export function writeV1(
  data: Buffer,
  wrapAlgorithm: 'rsa' | 'kms',
  wrapKey: (bytes: Buffer) => string,
  wrapDigits: (digits: Buffer) => string,
): Written {
  const key = randomBytes(32)
  return {
    blob: ctr(key, Buffer.from('07'.padStart(32, '0'), 'hex'), data),
    headers: {
      'x-oss-meta-oss-crypto-key': wrapKey(key),
      'x-oss-meta-oss-crypto-start': wrapDigits(Buffer.from('7')),
      'x-oss-meta-oss-cek-alg': 'AES/GCM/NoPadding',
      'x-oss-meta-oss-wrap-alg': wrapAlgorithm,
    },
  }
}

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const length =
    body.length < 128
      ? [body.length]
      : ((hex) => [0x80 | (hex.length / 2), ...Buffer.from(hex, 'hex')])(
          body.length.toString(16).replace(/^(?=(..)*.$)/, '0'),
        )
  return Buffer.concat([Buffer.of(tag, ...length), body])
}
const u32 = (value: number): Buffer =>
  Buffer.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
const counted = (bytes: Buffer): Buffer => Buffer.concat([u32(bytes.length), bytes])
const byName = (
  [a]: readonly [Buffer, ...unknown[]],
  [b]: readonly [Buffer, ...unknown[]],
): number => Buffer.compare(a, b)

/**
 * A message of the KMS Encryption SDK in its three forms. `ids`: of the CMKs as the header names
 * them, `named` of those of the KMS; `context` in the order it is written in.
 */
export function writeMessage(
  kms: ForeignKms,
  algorithm: number,
  data: Buffer,
  ids: readonly string[],
  named: readonly string[],
  context: Readonly<Record<string, string>>,
): Record<'whole' | 'stream' | 'split', Written> {
  const [mode, keyBytes] = [
    algorithm < 3 ? 'gcm' : algorithm < 7 ? 'cbc' : 'ctr',
    algorithm % 2 === 1 ? 16 : 32,
  ]
  const key = randomBytes(keyBytes)
  const keys = ids.map(
    (id, i) =>
      [
        Buffer.from(id),
        Buffer.from(kms.wrap(named[i] ?? '', key.toString('base64'), context), 'base64'),
      ] as const,
  )
  const pairs = Object.entries(context).map(
    ([name, value]) => [Buffer.from(name), Buffer.from(value)] as const,
  )
  const bound =
    pairs.length === 0
      ? Buffer.alloc(0)
      : Buffer.concat([
          u32(pairs.length),
          ...[...pairs].sort(byName).flatMap(([name, value]) => [counted(name), counted(value)]),
        ])
  const listed = Buffer.concat([
    u32(keys.length),
    ...[...keys]
      .sort(byName)
      .flatMap(([id, blob]) => [counted(id), counted(Buffer.from(blob.toString('base64')))]),
  ])
  const headerIv = randomBytes(12)
  const proof = createCipheriv(`aes-${keyBytes * 8}-gcm` as 'aes-256-gcm', key, headerIv).setAAD(
    Buffer.concat([u32(1), u32(algorithm), u32(pairs.length), bound, listed]),
  )
  proof.final()
  const headerTag = proof.getAuthTag()

  const iv = randomBytes(mode === 'gcm' ? 12 : 16)
  const cipher = createCipheriv(`aes-${keyBytes * 8}-${mode}`, key, iv)
  if (mode === 'gcm')
    (cipher as ReturnType<typeof createCipheriv> & { setAAD(bytes: Buffer): void }).setAAD(bound)
  if (algorithm === 3 || algorithm === 4) cipher.setAutoPadding(false)
  const content = Buffer.concat([cipher.update(data), cipher.final()])
  const tag =
    mode === 'gcm'
      ? (cipher as ReturnType<typeof createCipheriv> & { getAuthTag(): Buffer }).getAuthTag()
      : Buffer.alloc(0)
  const set = (rows: readonly (readonly [Buffer, Buffer])[]): Buffer =>
    der(0x31, ...rows.map(([name, value]) => der(0x30, der(4, name), der(4, value))))
  const header = der(
    0x30,
    der(2, Buffer.of(1)),
    der(2, Buffer.of(algorithm)),
    set(keys),
    set(pairs),
    der(4, headerIv),
    der(4, headerTag),
  )
  return {
    whole: {
      blob: der(0x30, header, der(0x30, der(4, iv), der(4, content), der(4, tag))),
      headers: null,
    },
    stream: {
      blob: Buffer.concat([
        u32(1),
        u32(algorithm),
        counted(bound),
        listed,
        counted(headerIv),
        counted(headerTag),
        u32(iv.length).reverse(),
        iv,
        content,
        tag,
      ]),
      headers: null,
    },
    split: {
      blob: content,
      headers: {
        'x-oss-meta-x-oss-meta-header': header.toString('base64'),
        'x-oss-meta-x-oss-meta-iv': iv.toString('base64'),
        'x-oss-meta-x-oss-meta-authTag': tag.toString('base64'),
      },
    },
  }
}
