import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { AppError } from '../../shared/contract/errors.ts'
import { exitCodeOf } from '../../electron/cli/exit-codes.ts'
import { openFixture, type Fixture } from './core-fixture.ts'
import {
  ACCESS,
  arnOf,
  foreignKms,
  oaep,
  pkcs1,
  refusal,
  writeMessage,
  writeV1,
  writeV2,
  type ForeignKms,
  type Written,
} from './foreign-kms.ts'

/**
 * Objects that nothing of ours wrote, under a KMS that is not ours, through the whole core without
 * a network but that.
 */

const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })
const other = generateKeyPairSync('rsa', { modulusLength: 2048 })
const PASSPHRASE = 'pass word é'
let f: Fixture
let kms: ForeignKms
const keys: Record<string, string> = {}

beforeAll(async () => {
  ;[f, kms] = [await openFixture(), await foreignKms()]
  for (const [name, { privateKey }] of [
    ['rsa', pair],
    ['wrong', other],
  ] as const) {
    const path = join(f.folder, `${name}.pem`)
    await writeFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }))
    keys[name] = (
      await f.call('keys.session', { grant: await grant(path), passphrase: null, description: '' })
    ).id
  }
  const session = async (
    name: string,
    change: Partial<{ cmkId: string; region: string; context: string; passphrase: string }> = {},
  ) => {
    keys[name] = (
      await f.call('keys.sessionKms', {
        region: 'cn-hangzhou',
        endpoint: kms.endpoint,
        credential: { kind: 'own', ...ACCESS, securityToken: '' },
        cmkId: '',
        context: '',
        passphrase: null,
        description: '',
        style: 'compact',
        writes: 'v2',
        ...change,
      })
    ).id
  }
  await session('any')
  await session('context', { context: '{"b":"2","a":"1"}' })
  await session('passphrase', { passphrase: PASSPHRASE })
  await session('binary', { cmkId: arnOf('key-binary') })
  await session('second', { cmkId: arnOf('key-second') })
  await session('bare', { cmkId: 'key-binary' })
  await session('elsewhere', { cmkId: arnOf('key-binary', 'cn-beijing'), region: 'cn-beijing' })
})
afterAll(async () => {
  await f.close()
  await kms.close()
})
beforeEach(() => {
  kms.asked.length = 0
  kms.faults.length = 0
  kms.badBlob = refusal(400, 'InvalidParameter')
})

const grant = async (path: string, write = false): Promise<string> =>
  (await f.call('local.grant', { paths: [path], write }))[0]?.id ?? ''

interface Ended {
  readonly bytes: Buffer | null
  readonly error: AppError | null
}
/** Decrypts it with these keys into a folder of its own, where nothing is left but the file. */
async function opened({ blob, headers }: Written, ...names: readonly string[]): Promise<Ended> {
  const folder = await mkdtemp(join(f.folder, 'case-'))
  const [path, out] = [join(folder, 'blob'), await mkdtemp(join(f.folder, 'out-'))]
  await writeFile(path, blob)
  const envelopeText = headers === null ? null : JSON.stringify(headers)
  const keyIds = names.map((name) => keys[name] ?? expect.fail(name))
  const started = await f.bridge.call('offline.start', {
    blob: await grant(path),
    envelope: null,
    envelopeText,
    keyIds,
    target: await grant(out, true),
    fileName: 'file',
    existing: 'fail',
    repair: false,
  })
  const [ended] = started.ok ? await f.ended([started.value]) : []
  const error = started.ok ? (ended?.error ?? null) : started.error
  expect(await readdir(out)).toEqual(error === null ? ['file'] : [])
  expect(JSON.stringify(error)).not.toMatch(/foreign|string to sign|Signature=/)
  return { error, bytes: error === null ? await readFile(join(out, 'file')) : null }
}
const plain = (size: number): Buffer => randomBytes(size)
const formA =
  (id: string, context = {}) =>
  (bytes: Buffer): string =>
    kms.wrap(id, bytes.toString('base64'), context)
const formB =
  (id: string, context = {}) =>
  (bytes: Buffer): string =>
    Buffer.from(formA(id, context)(bytes)).toString('base64')
const KMS = 'KMS/ALICLOUD'
const UNICODE = { 用途: '合同/2026', 'a"b\\': 'é', z: '' }
const asHeaders = (change: (name: string) => string, written: Written): Written => ({
  ...written,
  headers: Object.fromEntries(
    Object.entries(written.headers ?? {}).map(([name, value]) => [change(name), value]),
  ),
})

const ROWS: readonly (readonly [string, string, (data: Buffer) => Written])[] = [
  ['V2 RSA', 'rsa', (data) => writeV2(data, 'RSA/NONE/PKCS1Padding', pkcs1(pair.publicKey))],
  [
    'V2 RSA, names in capitals, more headers',
    'rsa',
    (data) =>
      asHeaders(
        (name) => name.toUpperCase(),
        writeV2(data, 'rsa/none/pkcs1padding', pkcs1(pair.publicKey), {
          'x-oss-meta-client-side-encryption-magic-number-hmac': 'x',
          etag: '"e"',
        }),
      ),
  ],
  [
    'V2 OAEP',
    'rsa',
    (data) => writeV2(data, 'RSA/NONE/OAEPWithSHA-1AndMGF1Padding', oaep(pair.publicKey)),
  ],
  ['V1 RSA', 'rsa', (data) => writeV1(data, 'rsa', oaep(pair.publicKey), oaep(pair.publicKey))],
  ...(['key-binary', 'key-plain'] as const).flatMap((id): typeof ROWS => [
    [`V2 KMS form A, ${id}`, 'any', (data) => writeV2(data, KMS, formA(id))],
    [`V2 KMS form B, ${id}`, 'any', (data) => writeV2(data, KMS, formB(id))],
    [
      `V1 KMS, ${id}`,
      'any',
      (data) => writeV1(data, 'kms', formA(id), (digits) => kms.wrap(id, digits.toString())),
    ],
    [
      `V2 KMS with a context, ${id}`,
      'context',
      (data) => writeV2(data, KMS, formA(id, { a: '1', b: '2' })),
    ],
  ]),
  ...[1, 2, 3, 4, 5, 6, 7, 8].flatMap((algorithm) =>
    (['whole', 'stream', 'split'] as const).map((form): (typeof ROWS)[number] => [
      `message ${algorithm}, ${form}, a context in any order`,
      'binary',
      (data) =>
        writeMessage(kms, algorithm, data, [arnOf('key-binary')], ['key-binary'], UNICODE)[form],
    ]),
  ),
  ...(['whole', 'stream', 'split'] as const).map((form): (typeof ROWS)[number] => [
    `message, ${form}, the second of three keys`,
    'second',
    (data) =>
      writeMessage(
        kms,
        2,
        data,
        [arnOf('key-z', 'cn-beijing'), arnOf('key-second'), arnOf('key-plain')],
        ['key-plain', 'key-second', 'key-plain'],
        {},
      )[form],
  ]),
  [
    'message, split, one prefix',
    'binary',
    (data) =>
      asHeaders(
        (name) => name.slice('x-oss-meta-'.length).toLowerCase(),
        writeMessage(kms, 2, data, [arnOf('key-binary')], ['key-binary'], {}).split,
      ),
  ],
  [
    'message, an id for an ARN',
    'bare',
    (data) => writeMessage(kms, 2, data, ['key-binary'], ['key-binary'], {}).whole,
  ],
  [
    'message, an id for an ARN, the ARN named',
    'binary',
    (data) => writeMessage(kms, 2, data, ['key-binary'], ['key-binary'], {}).split,
  ],
  [
    'message, any key of the region',
    'any',
    (data) => writeMessage(kms, 2, data, [arnOf('key-plain')], ['key-plain'], {}).stream,
  ],
]

describe('what others wrote', () => {
  test.each(ROWS)('%s', async (name, key, write) => {
    const blocks = /^message [34],/.test(name)
    await Promise.all(
      (blocks ? [0, 16, 1008] : [0, 1, 15, 16, 17, 65_543]).map(async (size) => {
        const data = plain(size)
        const { bytes, error } = await opened(write(data), key)
        expect([size, error]).toEqual([size, null])
        expect(bytes?.equals(data)).toBe(true)
      }),
    )
  })

  test.each([
    refusal(400, 'InvalidParameter'),
    refusal(400, 'InvalidCiphertextBlob'),
    refusal(404, 'Forbidden.KeyNotFound'),
    refusal(400, 'UnsupportedOperation'),
  ])('form A that looks like form B, to a KMS that says %j of what is no blob', async (said) => {
    kms.badBlob = said
    const data = plain(40)
    expect((await opened(writeV2(data, KMS, formA('key-plain')), 'any')).bytes?.equals(data)).toBe(
      true,
    )
    expect(kms.asked).toEqual(Array(4).fill('Decrypt'))
  })
})

const message = (algorithm = 2, size = 300) =>
  writeMessage(kms, algorithm, plain(size), [arnOf('key-binary')], ['key-binary'], { a: 'b' })
const v2kms = (): Written => writeV2(plain(300), KMS, formA('key-binary'))
const flipped = (bytes: Buffer, at: number): Buffer =>
  Buffer.from(bytes).fill(
    (bytes.at(at) ?? 0) ^ 1,
    at < 0 ? bytes.length + at : at,
    (at < 0 ? bytes.length + at : at) + 1,
  )
const changed = (written: Written, name: string, at: number): Written => {
  const headers = { ...written.headers }
  headers[`x-oss-meta-x-oss-meta-${name}`] = flipped(
    Buffer.from(headers[`x-oss-meta-x-oss-meta-${name}`] ?? '', 'base64'),
    at,
  ).toString('base64')
  return { ...written, headers }
}
const mixed = (): Written => ({ blob: message().split.blob, headers: message().split.headers })
const cut = (by: number) => (): Written =>
  ((blob) => ({
    blob: by < 0 ? Buffer.concat([blob, Buffer.alloc(-by)]) : blob.subarray(0, -by),
    headers: null,
  }))(message().whole.blob)

/** Columns: command, keys, exit code, error, most calls of KMS. */
const WRONG: readonly (readonly [
  string,
  () => Written,
  readonly string[],
  number,
  object,
  number,
])[] = [
  [
    'wrong key',
    () => writeV2(plain(9), 'RSA/NONE/PKCS1Padding', pkcs1(pair.publicKey)),
    ['wrong'],
    3,
    { code: 'wrong-master-key' },
    0,
  ],
  [
    'wrong key, V1',
    () => writeV1(plain(9), 'rsa', oaep(pair.publicKey), oaep(pair.publicKey)),
    ['wrong'],
    3,
    { code: 'wrong-master-key' },
    0,
  ],
  [
    'no context',
    () => writeV2(plain(9), KMS, formA('key-binary', { a: '1' })),
    ['any'],
    3,
    { code: 'kms-key', problem: 'cannot-open' },
    2,
  ],
  [
    'another context',
    () => writeV2(plain(9), KMS, formA('key-binary', { a: '1' })),
    ['context'],
    3,
    { code: 'kms-key', problem: 'cannot-open' },
    2,
  ],
  [
    'another passphrase',
    () => writeV2(plain(9), KMS, formB('key-binary', { 'x-passphrase': 'other' })),
    ['passphrase'],
    3,
    { code: 'kms-key' },
    4,
  ],
  [
    'a message, its key in another region',
    () => message().whole,
    ['elsewhere'],
    3,
    { code: 'unknown-master-key' },
    0,
  ],
  [
    'a message, another key of this region',
    () => message().split,
    ['second'],
    3,
    { code: 'unknown-master-key' },
    0,
  ],
  [
    'a message that names an ARN elsewhere, and the region alone is allowed',
    () =>
      writeMessage(kms, 2, plain(9), [arnOf('key-binary', 'cn-evil')], ['key-binary'], {}).whole,
    ['any', 'bare'],
    3,
    { code: 'unknown-master-key' },
    0,
  ],
  [
    'a message that names no key at all, but a place',
    () => writeMessage(kms, 2, plain(9), ['http://127.0.0.1/'], ['key-binary'], {}).whole,
    ['any', 'bare'],
    3,
    { code: 'unknown-master-key' },
    0,
  ],
  [
    'one half of an envelope is of another object',
    () => ({
      ...v2kms(),
      headers: {
        ...v2kms().headers,
        'x-oss-meta-client-side-encryption-start':
          v2kms().headers?.['x-oss-meta-client-side-encryption-key'] ?? '',
      },
    }),
    ['any'],
    4,
    { code: 'envelope-file' },
    2,
  ],
  [
    'a tag was changed',
    () => changed(message().split, 'authTag', 3),
    ['binary'],
    4,
    { code: 'message-damaged', part: 'content' },
    1,
  ],
  [
    'an initial vector was changed',
    () => changed(message().split, 'iv', 3),
    ['binary'],
    4,
    { code: 'message-damaged', part: 'content' },
    1,
  ],
  [
    'the header’s tag was changed',
    () => changed(message().split, 'header', -1),
    ['binary'],
    4,
    { code: 'message-damaged', part: 'header' },
    1,
  ],
  [
    'content was changed',
    () => ({ ...message().whole, blob: flipped(message().whole.blob, -100) }),
    ['binary'],
    4,
    { code: 'message-damaged', part: 'content' },
    1,
  ],
  ['envelopes were swapped', mixed, ['binary'], 4, { code: 'message-damaged', part: 'content' }, 1],
  [
    'the padding was damaged',
    () => ((split) => ({ ...split, blob: flipped(split.blob, -17) }))(message(6, 30).split),
    ['binary'],
    4,
    { code: 'message-damaged', part: 'ending' },
    1,
  ],
  [
    'a block was cut in two',
    () => ((split) => ({ ...split, blob: split.blob.subarray(1) }))(message(6, 30).split),
    ['binary'],
    4,
    { code: 'message-damaged', part: 'ending' },
    1,
  ],
  ['a message was cut off', cut(1), ['binary'], 4, { code: 'size-differs' }, 0],
  ['something is behind a message', cut(-7), ['binary'], 4, { code: 'size-differs' }, 0],
  [
    'SM4',
    () => ({ blob: Buffer.alloc(32), headers: sm4() }),
    ['binary'],
    4,
    { code: 'unsupported-format', format: 'sdk-sm4' },
    0,
  ],
]
/** The header of a message under algorithm 10, whose vector has 16 bytes. */
function sm4(): Record<string, string> {
  const { headers } = message(8).split
  const name = 'x-oss-meta-x-oss-meta-header'
  const header = Buffer.from(headers?.[name] ?? '', 'base64')
  const at = header.indexOf(Buffer.of(2, 1, 1, 2, 1, 8)) + 5
  return {
    ...headers,
    [name]: Buffer.from(header)
      .fill(10, at, at + 1)
      .toString('base64'),
  }
}

describe('what is not as it was written', () => {
  test.each(WRONG)('%s', async (_, write, names, exitCode, expected, calls) => {
    const { error } = await opened(write(), ...names)
    expect(error).toMatchObject(expected)
    expect(exitCodeOf(error as AppError)).toBe(exitCode)
    expect(kms.asked.length).toBeLessThanOrEqual(calls)
  })
})

describe('KMS has troubles', () => {
  test.each([
    [refusal(400, 'Throttling'), 3],
    [refusal(400, 'Throttling.User'), 3],
    [refusal(429, 'Rejected.Throttling'), 3],
    [refusal(503, 'ServiceUnavailableTemporary'), 3],
    [{ status: 502, body: '<html>' }, 2],
  ] as const)('%j, and then none', async (fault, times) => {
    kms.faults.push(...Array.from({ length: times }, () => fault))
    const data = plain(50)
    expect((await opened(writeV2(data, KMS, formA('key-binary')), 'any')).bytes?.equals(data)).toBe(
      true,
    )
  })

  test.each([
    ['Rejected.Disabled', 409, 3, 'kms-key'],
    ['Rejected.PendingDeletion', 409, 3, 'kms-key'],
    ['Forbidden.KeyNotFound', 404, 3, 'kms-key'],
    ['Forbidden.NoPermission', 403, 5, 'access-denied'],
    ['Forbidden.KmsServiceNotEnabled', 403, 5, 'kms'],
    ['InvalidAccessKeyId.NotFound', 404, 5, 'bad-credentials'],
    ['SignatureDoesNotMatch', 400, 5, 'bad-credentials'],
    ['InvalidSecurityToken.Expired', 400, 5, 'bad-credentials'],
    ['InvalidTimeStamp.Expired', 400, 5, 'clock'],
  ] as const)('%s', async (code, status, exitCode, expected) => {
    kms.faults.push(refusal(status, code))
    const { error } = await opened(v2kms(), 'any')
    expect([error?.code, exitCodeOf(error as AppError), kms.asked.length]).toEqual([
      expected,
      exitCode,
      1,
    ])
  })
})
