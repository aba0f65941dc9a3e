import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { allInside, freshPractice, inside, send, type Got } from './harness.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

const P = 'x-oss-meta-client-side-encryption-'
const KB = 1024
const PART = 100 * KB

type Envelope = Readonly<Record<string, string | undefined>>
const envelope = (more: Envelope = {}): Record<string, string | undefined> =>
  Object.fromEntries(
    Object.entries({
      key: 'a2V5',
      start: 'c3RhcnQ=',
      'cek-alg': 'AES/CTR/NoPadding',
      'wrap-alg': 'RSA/NONE/PKCS1Padding',
      ...more,
    }).map(([name, value]) => [P + name, value]),
  )
const sized = (more: Envelope = {}) =>
  envelope({ 'data-size': String(2 * PART + 5), 'part-size': String(PART), ...more })

const put = (headers: Envelope) =>
  send(practice, { method: 'PUT', key: 'o', headers, body: 'cipher' })
const initiate = (headers: Envelope, key = 'o') =>
  send(practice, { method: 'POST', key, query: { uploads: null }, headers })
const started = async (headers: Envelope) =>
  inside((await initiate(headers)).text, 'UploadId') ?? ''
const part = (uploadId: string, number: number, bytes: number, headers: Envelope = {}) =>
  send(practice, {
    method: 'PUT',
    key: 'o',
    query: { partNumber: String(number), uploadId },
    headers,
    body: Buffer.alloc(bytes, number),
  })
const completion = (etags: readonly string[]) =>
  `<CompleteMultipartUpload>${etags.map((etag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${etag}</ETag></Part>`).join('')}</CompleteMultipartUpload>`
const complete = (uploadId: string, etags: readonly string[]) =>
  send(practice, { method: 'POST', key: 'o', query: { uploadId }, body: completion(etags) })

const refused = (got: Got, ec: string) =>
  expect([got.status, got.code, got.ec, got.headers['x-oss-ec']]).toEqual([
    400,
    'InvalidEncryptionRequest',
    ec,
    ec,
  ])

describe('an envelope is whole or absent (source: EC pages 0005-00000401 to 405)', () => {
  const rows: readonly (readonly [string, Envelope, string])[] = [
    ['key', { key: undefined }, '0005-00000401'],
    ['start', { start: undefined }, '0005-00000402'],
    ['cek-alg', { 'cek-alg': undefined }, '0005-00000403'],
    ['wrap-alg', { 'wrap-alg': undefined }, '0005-00000404'],
    ['an empty key', { key: '' }, '0005-00000401'],
    ['the HMAC of wrap-alg rsa', { 'wrap-alg': 'rsa' }, '0005-00000405'],
  ]
  test.each(rows)('without %s', async (_name, change, ec) => {
    refused(await put(envelope(change)), ec)
    refused(await initiate(sized(change)), ec)
    refused(await part(await started(sized()), 1, PART, sized(change)), ec)
    expect(await practice.bytes()).toBe(0)
  })
  test('whole, it is taken; a key description alone is metadata like any other', async () => {
    expect((await put(envelope())).status).toBe(200)
    expect((await put({ [`${P}matdesc`]: '{"a":"b"}' })).status).toBe(200)
    expect((await put(envelope({ 'wrap-alg': 'rsa', 'magic-number-hmac': 'x' }))).status).toBe(200)
  })
})

describe('sizes (source: EC pages 0005-00000406 to 410)', () => {
  const rows: readonly (readonly [string, Envelope, string])[] = [
    ['no data-size', { 'data-size': undefined }, '0005-00000406'],
    ['no part-size', { 'part-size': undefined }, '0005-00000407'],
    ['a data-size that is no integer', { 'data-size': '9x5.2' }, '0005-00000408'],
    ['a negative data-size', { 'data-size': '-1' }, '0005-00000408'],
    ['a part-size that is no integer', { 'part-size': '1e6' }, '0005-00000409'],
    ['a part-size of 0', { 'part-size': '0' }, '0005-00000409'],
    [
      '10,001 parts',
      { 'data-size': String(10_000 * PART + 1), 'part-size': String(PART) },
      '0005-00000410',
    ],
  ]
  test.each(rows)('%s', async (_name, change, ec) => refused(await initiate(sized(change)), ec))
  test('10,000 parts are fine', async () => {
    expect((await initiate(sized({ 'data-size': String(10_000 * PART) }))).status).toBe(200)
  })
  test('UploadPart with an envelope carries them too', async () => {
    const id = await started(sized())
    refused(await part(id, 1, PART, envelope()), '0005-00000406')
    refused(await part(id, 1, PART, sized({ 'part-size': undefined })), '0005-00000407')
  })
})

describe('UploadPart says what Initiate said (source: EC pages 0005-00000412 to 418)', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['key', 'b3RoZXI=', '0005-00000412'],
    ['start', 'b3RoZXI=', '0005-00000413'],
    ['cek-alg', 'AES/GCM/NoPadding', '0005-00000414'],
    ['wrap-alg', 'KMS/ALICLOUD', '0005-00000415'],
    ['magic-number-hmac', 'x', '0005-00000416'],
    ['data-size', String(2 * PART + 6), '0005-00000417'],
    ['part-size', String(PART + 16), '0005-00000418'],
  ]
  test.each(rows)('another %s', async (name, value, ec) =>
    refused(await part(await started(sized()), 1, PART, sized({ [name]: value })), ec),
  )
  test('the same, or nothing at all', async () => {
    const id = await started(sized())
    expect((await part(id, 1, PART, sized())).status).toBe(200)
    expect((await part(id, 2, PART)).status).toBe(200)
  })
  test('an envelope on a part of a plain upload', async () =>
    refused(await part(await started({}), 1, PART, sized()), '0005-00000412'))
})

describe('lengths of parts (source: EC pages 0005-00000411, 419, 420)', () => {
  const rows: readonly (readonly [string, number, number, string])[] = [
    ['a first part that is short', 1, PART - 16, '0005-00000419'],
    ['a first part that is long', 1, PART + 16, '0005-00000419'],
    ['a last part that is short', 3, 4, '0005-00000420'],
    ['a last part that is long', 3, 6, '0005-00000420'],
    ['a part beyond the last', 4, PART, '0005-00000420'],
  ]
  test.each(rows)('%s', async (_name, number, bytes, ec) => {
    refused(await part(await started(sized()), number, bytes), ec)
    expect(await practice.bytes()).toBe(0)
  })
  test('a wrong length is found in a chunked body too', async () => {
    const uploadId = await started(sized())
    const headers = { 'transfer-encoding': 'chunked' }
    refused(
      await send(practice, {
        method: 'PUT',
        key: 'o',
        query: { partNumber: '1', uploadId },
        headers,
        body: Buffer.alloc(16),
      }),
      '0005-00000419',
    )
    expect(await practice.bytes()).toBe(0)
  })
  test('Complete takes as many parts as were announced', async () => {
    const id = await started(sized())
    const etags = await Promise.all(
      [PART, PART, 5].map(async (bytes, i) => (await part(id, i + 1, bytes)).headers['etag'] ?? ''),
    )
    refused(await complete(id, etags.slice(0, 2)), '0005-00000411')
    expect((await complete(id, etags)).status).toBe(200)
    const head = await send(practice, { method: 'HEAD', key: 'o' })
    expect([
      head.headers['content-length'],
      head.headers[`${P}part-size`],
      head.headers['x-oss-object-type'],
    ]).toEqual([String(2 * PART + 5), String(PART), 'Multipart'])
  })
})

describe('copies (source: EC pages 0005-00000421, 0042-00000309)', () => {
  const copy = (from: string, to: string, headers: Envelope = {}) =>
    send(practice, {
      method: 'PUT',
      key: to,
      headers: { 'x-oss-copy-source': `/practice-bucket/${from}`, ...headers },
    })
  const replace = { 'x-oss-metadata-directive': 'REPLACE' }

  // Source: the copy tests of oss2 and Python SDK V2, which pass at OSS.
  test.each([
    ['another key', { [`${P}key`]: 'b3RoZXI=' }],
    ['a key description it had not', { [`${P}matdesc`]: '{"a":"b"}' }],
    ['part sizes it had not', { [`${P}part-size`]: '102400', [`${P}data-size`]: '5' }],
    ['the same, with another start', { ...envelope(), [`${P}start`]: 'b3RoZXI=' }],
  ] as const)('new metadata with %s is refused, and nothing is copied', async (_name, more) => {
    await put({ ...envelope(), 'content-type': 'image/png' })
    for (const target of ['o', 'p'])
      refused(await copy('o', target, { ...replace, ...more }), '0005-00000421')
    expect((await send(practice, { method: 'HEAD', key: 'p' })).status).toBe(404)
    expect((await send(practice, { method: 'HEAD', key: 'o' })).headers[`${P}key`]).toBe('a2V5')
  })
  test.each([
    ['names none of it', {}],
    ['repeats it', envelope()],
  ] as const)('new metadata that %s keeps the envelope', async (_name, more) => {
    await put({ ...envelope(), 'content-type': 'image/png', 'x-oss-meta-a': '1' })
    for (const target of ['p', 'o']) {
      expect(
        (
          await copy('o', target, {
            ...replace,
            ...more,
            'content-type': 'text/plain',
            'x-oss-meta-b': '2',
          })
        ).status,
      ).toBe(200)
      const { headers } = await send(practice, { method: 'HEAD', key: target })
      expect([
        headers[`${P}key`],
        headers[`${P}start`],
        headers['content-type'],
        headers['x-oss-meta-a'],
        headers['x-oss-meta-b'],
      ]).toEqual(['a2V5', envelope()[`${P}start`], 'text/plain', undefined, '2'])
    }
  })
  test('unchanged, it is copied with its envelope and checksum', async () => {
    const stored = await put({ ...envelope(), 'content-type': 'image/png' })
    const copied = await copy('o', 'p')
    expect([copied.status, copied.headers['x-oss-hash-crc64ecma']]).toEqual([
      200,
      stored.headers['x-oss-hash-crc64ecma'],
    ])
    const { headers } = await send(practice, { method: 'HEAD', key: 'p' })
    expect([headers[`${P}key`], headers['content-type'], headers['x-oss-hash-crc64ecma']]).toEqual([
      'a2V5',
      'image/png',
      stored.headers['x-oss-hash-crc64ecma'],
    ])
  })
  test('UploadPartCopy does not read from one', async () => {
    await put(envelope())
    const uploadId = await started({})
    const got = await send(practice, {
      method: 'PUT',
      key: 'o',
      query: { partNumber: '1', uploadId },
      headers: { 'x-oss-copy-source': '/practice-bucket/o' },
    })
    refused(got, '0042-00000309')
  })
  test('AppendObject takes no envelope and continues no encrypted object', async () => {
    const append = (headers: Envelope, position: string) =>
      send(practice, {
        method: 'POST',
        key: 'o',
        query: { append: null, position },
        headers,
        body: 'x',
      })
    expect((await append(envelope(), '0')).code).toBe('InvalidEncryptionRequest')
    await put(envelope())
    expect((await append({}, '6')).code).toBe('ObjectNotAppendable')
  })
})

test('ListParts says how an encrypted upload was started, without the key description', async () => {
  const uploadId = await started({ ...sized(), [`${P}matdesc`]: '{"a":"b"}' })
  const { text } = await send(practice, { key: 'o', query: { uploadId } })
  const names = ['Key', 'Start', 'CekAlg', 'WrapAlg', 'DataSize', 'PartSize']
  expect(names.map((name) => inside(text, `ClientEncryption${name}`))).toEqual([
    'a2V5',
    'c3RhcnQ=',
    'AES/CTR/NoPadding',
    'RSA/NONE/PKCS1Padding',
    String(2 * PART + 5),
    String(PART),
  ])
  expect(text).not.toContain('matdesc')
  expect(
    allInside(
      (await send(practice, { key: 'o', query: { uploadId: await started({}) } })).text,
      'ClientEncryptionKey',
    ),
  ).toEqual([])
})
