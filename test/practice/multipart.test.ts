import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { allInside, freshPractice, inside, send, type Given, type Got } from './harness.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

const PART = 100 * 1024
const initiate = async (key = 'o', headers: Given['headers'] = {}) =>
  inside(
    (await send(practice, { method: 'POST', key, query: { uploads: null }, headers })).text,
    'UploadId',
  ) ?? ''
const part = (
  uploadId: string,
  number: number | string,
  body: Uint8Array | string,
  headers: Given['headers'] = {},
) =>
  send(practice, {
    method: 'PUT',
    key: 'o',
    query: { partNumber: String(number), uploadId },
    body,
    headers,
  })
const finish = (
  uploadId: string,
  parts: readonly (readonly [number, string])[],
  headers: Given['headers'] = {},
) =>
  send(practice, {
    method: 'POST',
    key: 'o',
    query: { uploadId },
    headers,
    body: `<CompleteMultipartUpload>${parts.map(([n, etag]) => `<Part><PartNumber>${n}</PartNumber><ETag>${etag}</ETag></Part>`).join('')}</CompleteMultipartUpload>`,
  })
const etag = ({ headers }: Got) => headers['etag'] ?? ''
const filled = (bytes: number, value: number) => Buffer.alloc(bytes, value)

test('parts in any order become one object, with the checksum of the whole', async () => {
  const id = await initiate('o', {
    'x-oss-meta-a': 'b',
    'content-type': 'text/x',
    'x-oss-storage-class': 'IA',
    'x-oss-tagging': 'k=v',
  })
  const third = await part(id, 9, 'tail')
  const first = await part(id, 1, filled(PART, 1))
  const second = await part(id, 5, filled(PART + 1, 2))
  expect((await send(practice, { method: 'HEAD', key: 'o' })).status).toBe(404)
  const done = await finish(id, [
    [1, etag(first)],
    [5, etag(second)],
    [9, etag(third)],
  ])
  expect([done.status, etag(done)]).toEqual([200, expect.stringMatching(/^"[0-9A-F]{32}-3"$/)])
  const whole = Buffer.concat([filled(PART, 1), filled(PART + 1, 2), Buffer.from('tail')])
  const got = await send(practice, { key: 'o' })
  expect(got.body.equals(whole)).toBe(true)
  expect([
    got.headers['x-oss-meta-a'],
    got.headers['content-type'],
    got.headers['x-oss-storage-class'],
    got.headers['x-oss-object-type'],
  ]).toEqual(['b', 'text/x', 'IA', 'Multipart'])
  const put = await send(practice, { method: 'PUT', key: 'same', body: whole })
  expect([done.headers['x-oss-hash-crc64ecma'], got.headers['x-oss-hash-crc64ecma']]).toEqual(
    Array(2).fill(put.headers['x-oss-hash-crc64ecma']),
  )
  expect(
    (await send(practice, { key: 'o', headers: { range: `bytes=${PART - 2}-${PART + 2}` } })).body,
  ).toEqual(Buffer.from([1, 1, 2, 2, 2]))
  expect((await finish(id, [[1, etag(first)]])).code).toBe('NoSuchUpload')
})

describe('Complete refuses', () => {
  let id = ''
  let etags: readonly string[] = []
  const start = async (sizes: readonly number[]) => {
    id = await initiate()
    etags = await Promise.all(
      sizes.map(async (bytes, i) => etag(await part(id, i + 1, filled(bytes, i)))),
    )
  }
  const rows: readonly (readonly [
    string,
    () => readonly (readonly [number, string])[],
    string,
    string,
  ])[] = [
    [
      'parts in descending order',
      () => [
        [2, etags[1] ?? ''],
        [1, etags[0] ?? ''],
      ],
      'InvalidPartOrder',
      '',
    ],
    [
      'a part twice',
      () => [
        [1, etags[0] ?? ''],
        [1, etags[0] ?? ''],
      ],
      'InvalidPartOrder',
      '',
    ],
    [
      'a part that is not there',
      () => [
        [1, etags[0] ?? ''],
        [7, etags[1] ?? ''],
      ],
      'InvalidPart',
      '',
    ],
    [
      'an ETag of another part',
      () => [
        [1, etags[1] ?? ''],
        [2, etags[1] ?? ''],
      ],
      'InvalidPart',
      '',
    ],
    [
      'a part number beyond 10,000',
      () => [[10_001, etags[0] ?? '']],
      'InvalidArgument',
      '0017-00000220',
    ],
    ['no parts where there are some', () => [], 'MalformedXML', ''],
  ]
  test.each(rows)('%s', async (_name, parts, code, ec) => {
    await start([PART, 5])
    const got = await finish(id, parts())
    expect(got.code).toBe(code)
    if (ec !== '') expect(got.ec).toBe(ec)
    expect(
      (
        await finish(id, [
          [1, etags[0] ?? ''],
          [2, (etags[1] ?? '').toLowerCase().replaceAll('"', '')],
        ])
      ).status,
    ).toBe(200)
  })
  test('a part below 100 KiB that is not the last (source: EC page 0042-00000213)', async () => {
    await start([PART - 1, 5])
    const got = await finish(
      id,
      etags.map((tag, i) => [i + 1, tag] as const),
    )
    expect([got.status, got.code, got.ec]).toEqual([400, 'EntityTooSmall', '0042-00000213'])
    expect((await finish(id, [[1, etags[0] ?? '']])).status).toBe(200)
  })
  test('to replace an object, when that was forbidden at either end', async () => {
    for (const [atStart, atEnd] of [
      ['true', 'false'],
      ['false', 'true'],
    ] as const) {
      await practice.reset()
      id = await initiate('o', { 'x-oss-forbid-overwrite': atStart })
      const tag = etag(await part(id, 1, 'new'))
      await send(practice, { method: 'PUT', key: 'o', body: 'old' })
      expect((await finish(id, [[1, tag]], { 'x-oss-forbid-overwrite': atEnd })).code).toBe(
        'FileAlreadyExists',
      )
      expect((await send(practice, { key: 'o' })).text).toBe('old')
    }
    expect(
      (
        await send(practice, {
          method: 'POST',
          key: 'o',
          query: { uploads: null },
          headers: { 'x-oss-forbid-overwrite': 'true' },
        })
      ).code,
    ).toBe('FileAlreadyExists')
  })
  test.each([
    ['<Complete'],
    ['<Other/>'],
    [''],
    [
      '<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>',
    ],
    ['<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>'],
  ])('%j', async (body) => {
    expect(
      (
        await send(practice, {
          method: 'POST',
          key: 'o',
          query: { uploadId: await initiate() },
          body,
        })
      ).code,
    ).toBe('MalformedXML')
  })
  test('x-oss-complete-all takes all parts there are, and then no list', async () => {
    await start([PART, 5])
    expect((await finish(id, [[1, etags[0] ?? '']], { 'x-oss-complete-all': 'yes' })).code).toBe(
      'InvalidArgument',
    )
    const got = await send(practice, {
      method: 'POST',
      key: 'o',
      query: { uploadId: id },
      headers: { 'x-oss-complete-all': 'yes' },
    })
    expect([
      got.status,
      (await send(practice, { method: 'HEAD', key: 'o' })).headers['content-length'],
    ]).toEqual([200, String(PART + 5)])
  })
})

test('of two completions at once, one wins', async () => {
  const id = await initiate()
  const tag = etag(await part(id, 1, 'x'))
  const both = await Promise.all([1, 2].map(() => finish(id, [[1, tag]])))
  expect(both.map(({ status }) => status).sort()).toEqual([200, 404])
  expect((await send(practice, { key: 'o' })).text).toBe('x')
})

describe('parts', () => {
  test.each([['0'], ['10001'], ['a'], ['']])('number %j is refused', async (number) =>
    expect((await part(await initiate(), number, 'x')).ec).toBe('0017-00000220'),
  )
  test('of an upload that is not there, or of another key', async () => {
    expect([(await part('NOPE', 1, 'x')).code, (await part('NOPE', 1, 'x')).ec]).toEqual([
      'NoSuchUpload',
      '0042-00000104',
    ])
    expect((await part(await initiate('other'), 1, 'x')).code).toBe('NoSuchUpload')
  })
  test('sent again replaces the earlier one and its bytes', async () => {
    const id = await initiate()
    await part(id, 1, 'first')
    await part(id, 1, 'second!')
    expect(await practice.bytes()).toBe(7)
    expect(
      (await send(practice, { method: 'DELETE', key: 'o', query: { uploadId: id } })).status,
    ).toBe(204)
    expect([await practice.bytes(), (await part(id, 1, 'x')).code]).toEqual([0, 'NoSuchUpload'])
  })
  test('copied from an object, whole or in a range', async () => {
    await send(practice, { method: 'PUT', key: 'source', body: '0123456789' })
    const id = await initiate()
    const source = { 'x-oss-copy-source': '/practice-bucket/source' }
    const copy = (range?: string) =>
      part(id, 1, '', { ...source, 'x-oss-copy-source-range': range })
    for (const bad of ['bytes=5-10', 'bytes=4-2', '2-4', 'bytes=-3'])
      expect((await copy(bad)).code).toBe('InvalidArgument')
    expect((await part(id, 1, '', { 'x-oss-copy-source': 'practice-bucket/source' })).ec).toBe(
      '0042-00000301',
    )
    await copy()
    const got = await copy('bytes=2-4')
    await finish(id, [[1, inside(got.text, 'ETag')?.replaceAll('&quot;', '"') ?? '']])
    expect((await send(practice, { key: 'o' })).text).toBe('234')
  })
})

test('ListParts pages by number', async () => {
  const id = await initiate()
  for (const number of [1, 2, 10, 3]) await part(id, number, 'x')
  const list = async (query: Given['query'] = {}) =>
    (await send(practice, { key: 'o', query: { uploadId: id, ...query } })).text
  expect(allInside(await list(), 'PartNumber')).toEqual(['1', '2', '3', '10'])
  const page = await list({ 'max-parts': '2', 'part-number-marker': '1' })
  // oss2 2.19.1 asks so for the first page.
  expect(allInside(await list({ 'part-number-marker': '' }), 'PartNumber')).toEqual([
    '1',
    '2',
    '3',
    '10',
  ])
  expect([
    allInside(page, 'PartNumber'),
    inside(page, 'IsTruncated'),
    inside(page, 'NextPartNumberMarker'),
  ]).toEqual([['2', '3'], 'true', '3'])
  expect(allInside(page, 'HashCrc64ecma')).toHaveLength(2)
  // oss2 reads no time with other milliseconds.
  expect(allInside(page, 'LastModified')).toEqual([
    expect.stringMatching(/:\d\d\.000Z$/),
    expect.stringMatching(/:\d\d\.000Z$/),
  ])
})

test('ListMultipartUploads pages by key and id, with prefix and delimiter', async () => {
  for (const key of ['a/1', 'a/2', 'b', 'b', 'c']) await initiate(key)
  const list = async (query: Given['query'] = {}) =>
    (await send(practice, { query: { uploads: null, ...query } })).text
  expect(allInside(await list(), 'Key')).toEqual(['a/1', 'a/2', 'b', 'b', 'c'])
  expect([
    allInside(await list({ delimiter: '/' }), 'Key'),
    inside(await list({ delimiter: '/' }), 'CommonPrefixes'),
  ]).toEqual([['b', 'b', 'c'], undefined])
  const page = await list({ 'max-uploads': '3' })
  const rest = await list({
    'key-marker': inside(page, 'NextKeyMarker') ?? '',
    'upload-id-marker': inside(page, 'NextUploadIdMarker') ?? '',
  })
  expect([allInside(page, 'Key'), allInside(rest, 'Key')]).toEqual([
    ['a/1', 'a/2', 'b'],
    ['b', 'c'],
  ])
  expect(allInside(await list({ prefix: 'a/' }), 'Key')).toEqual(['a/1', 'a/2'])
})
