import { copyObject } from '../../electron/core/oss/object-copy.ts'
import { createHash } from 'node:crypto'
import { get, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { describe, expect, test } from 'vitest'
import { listBuckets } from '../../electron/core/oss/buckets.ts'
import { deleteObject, deleteObjects } from '../../electron/core/oss/object-deletes.ts'
import {
  getRange,
  headIfThere,
  headObject,
  listObjects,
  presignGet,
  putSmall,
  rangeHeaders,
} from '../../electron/core/oss/objects.ts'
import { bench, errorOf, never } from './oss-practice.ts'

const at = bench()
const body = Buffer.from('The quick brown fox jumps over the lazy dog')

const put = (
  key: string,
  more: { headers?: Record<string, string>; bytes?: Uint8Array; forbidOverwrite?: boolean } = {},
) =>
  putSmall(
    at.oss,
    {
      bucket: at.bucket,
      key,
      headers: more.headers ?? {},
      body: more.bytes ?? body,
      forbidOverwrite: more.forbidOverwrite ?? false,
    },
    never,
  )
const list = (
  more: { prefix?: string; delimiter?: string; cursor?: string | null; max?: number } = {},
) =>
  listObjects(
    at.oss,
    { bucket: at.bucket, prefix: '', delimiter: '/', cursor: null, max: 1000, ...more },
    never,
  )
async function listAll(more: {
  prefix?: string
  delimiter?: string
  max?: number
}): Promise<readonly string[]> {
  const keys: string[] = []
  let cursor: string | null = null
  do {
    const page = await list({ ...more, cursor })
    keys.push(...page.rows.map((row) => row.key))
    cursor = page.cursor
  } while (cursor !== null)
  return keys
}
const range = (key: string, offset: number, length: number | null, ifMatch: string | null = null) =>
  getRange(at.oss, { bucket: at.bucket, key, offset, length, ifMatch }, never)

// Every one of these has broken some client.
const KEYS = [
  'plain.txt',
  'a b/ü.txt',
  '你好/世界.bin',
  '😀/𠮷.txt',
  "odd!'()*~-_.&=+,;:@$?#[]%.txt",
  'a//b///c',
  '100%25%41',
  'new\nline\ttab',
  '"quotes"<>&\'',
  'dots/../up',
  'dots/./here',
  '..',
  'trailing.',
  'trailing ',
  'folder/',
  `${'长'.repeat(341)}`,
  'a+b',
  'a%2Fb',
  '\u00e9',
  'e\u0301',
]

describe('objects', () => {
  test.each(KEYS)(
    '%j goes up, is listed, read, copied and deleted under exactly this name',
    async (key) => {
      const stored = await put(key, {
        headers: { 'content-type': 'text/plain', 'x-oss-meta-a': 'b' },
      })
      const head = await headObject(at.oss, at.bucket, key, never)
      expect(head).toMatchObject({
        size: body.length,
        etag: stored.etag,
        crc64: stored.crc64,
        contentType: 'text/plain',
        storageClass: 'Standard',
      })
      expect(head.etag).toBe(createHash('md5').update(body).digest('hex').toUpperCase())
      expect(head.headers.get('x-oss-meta-a')).toBe('b')
      expect(Date.now() - Date.parse(head.modified)).toBeLessThan(60_000)
      const whole = await range(key, 0, null)
      expect(await buffer(whole.body)).toEqual(body)
      await copyObject(
        at.oss,
        {
          bucket: at.bucket,
          key,
          toKey: `copy of ${key}`.slice(0, 300),
          forbidOverwrite: true,
          ifMatch: stored.etag,
        },
        never,
      )
      expect(await listAll({ delimiter: '' })).toContain(key)
      await deleteObject(at.oss, at.bucket, key, never)
      expect(await errorOf(headObject(at.oss, at.bucket, key, never))).toEqual({
        code: 'not-found',
        what: 'object',
        name: key,
      })
      expect(
        (await headObject(at.oss, at.bucket, `copy of ${key}`.slice(0, 300), never)).headers.get(
          'x-oss-meta-a',
        ),
      ).toBe('b')
    },
  )

  test('an empty object', async () => {
    await put('empty', { bytes: new Uint8Array(0) })
    expect((await headObject(at.oss, at.bucket, 'empty', never)).size).toBe(0)
    const whole = await range('empty', 0, null)
    expect([whole.offset, whole.length, whole.total, (await buffer(whole.body)).length]).toEqual([
      0, 0, 0, 0,
    ])
  })

  test('OSS refuses to replace when asked to', async () => {
    await put('k', { forbidOverwrite: true })
    expect(await errorOf(put('k', { bytes: Buffer.from('other'), forbidOverwrite: true }))).toEqual(
      { code: 'object-exists', key: 'k' },
    )
    await put('j')
    expect(
      await errorOf(
        copyObject(
          at.oss,
          { bucket: at.bucket, key: 'j', toKey: 'k', forbidOverwrite: true },
          never,
        ),
      ),
    ).toEqual({ code: 'object-exists', key: 'k' })
    await put('k', { bytes: Buffer.from('new') })
    expect((await headObject(at.oss, at.bucket, 'k', never)).size).toBe(3)
  })

  test('a copy names its source when the source is the trouble', async () => {
    expect(
      await errorOf(
        copyObject(
          at.oss,
          { bucket: at.bucket, key: 'gone', toKey: 'k', forbidOverwrite: false },
          never,
        ),
      ),
    ).toEqual({ code: 'not-found', what: 'object', name: 'gone' })
    await put('j')
    expect(
      await errorOf(
        copyObject(
          at.oss,
          {
            bucket: at.bucket,
            key: 'j',
            toKey: 'k',
            forbidOverwrite: false,
            ifMatch: 'F'.repeat(32),
          },
          never,
        ),
      ),
    ).toEqual({ code: 'object-changed', key: 'j' })
  })

  test('deleting what is not there ends well', async () => {
    await deleteObject(at.oss, at.bucket, 'never was', never)
    await deleteObjects(at.oss, at.bucket, ['never was', 'neither'], never)
  })

  test('2,500 objects and the oddest names go in batches', async () => {
    at.practice.fill(Array.from({ length: 2500 }, (_, i) => `many/${i}`))
    for (const key of [...KEYS, 'ctrl\u0001']) await put(key)
    const keys = await listAll({ delimiter: '' })
    expect(keys.length).toBe(2500 + KEYS.length + 1)
    await deleteObjects(at.oss, at.bucket, keys, never)
    expect(await listAll({ delimiter: '' })).toEqual([])
    // The practice server finds words for any name; XML 1.0, and so OSS, has none for some unless
    // they are URL-encoded.
    const named = at.practice.log
      .entries()
      .filter(({ query }) => query.has('list-type') || query.has('delete'))
    expect(new Set(named.map(({ query }) => query.get('encoding-type')))).toEqual(new Set(['url']))
  })
})

describe('ranges', () => {
  test.each([
    [0, 1],
    [0, 43],
    [0, 100],
    [5, 3],
    [15, 17],
    [16, 16],
    [42, 1],
    [42, 99],
    [40, null],
    [0, null],
  ])('from %d, %s bytes', async (offset, length) => {
    await put('k')
    const piece = await range('k', offset, length)
    const expected = body.subarray(offset, length === null ? undefined : offset + length)
    expect(await buffer(piece.body)).toEqual(expected)
    expect([piece.offset, piece.length, piece.total]).toEqual([
      offset,
      expected.length,
      body.length,
    ])
  })

  test('beyond the end is an error, not the whole object', async () => {
    await put('k')
    expect(await errorOf(range('k', 43, 1))).toMatchObject({
      code: 'oss',
      status: 416,
      ossCode: 'InvalidRange',
    })
  })

  test('a server that ignores the range is believed about what it sends', async () => {
    await put('k')
    // Without the behaviour header this malformed range gets everything (server-rules.md).
    const answer = await at.oss.open(
      {
        method: 'GET',
        bucket: at.bucket,
        key: 'k',
        headers: { range: 'bytes=9-2' },
        action: 'oss:GetObject',
      },
      never,
    )
    expect(answer.status).toBe(200)
    expect((await buffer(answer.body)).length).toBe(43)
  })

  test('another object under the same name by now', async () => {
    const { etag } = await put('k')
    expect((await buffer((await range('k', 0, 5, etag)).body)).toString()).toBe('The q')
    await put('k', { bytes: Buffer.from('something else entirely') })
    expect(await errorOf(range('k', 0, 5, etag))).toEqual({ code: 'object-changed', key: 'k' })
    expect(await errorOf(range('k', 0, null, etag))).toEqual({ code: 'object-changed', key: 'k' })
  })

  test.each([
    [-1, 1],
    [0.5, 1],
    [0, 0],
    [0, -1],
    [2 ** 53, 1],
  ])('no range at all: %d, %d', (offset, length) => {
    expect(() => rangeHeaders({ offset, length, ifMatch: null })).toThrow(RangeError)
  })
})

describe('listings', () => {
  test('one folder: its files and folders, without the marker of itself', async () => {
    for (const key of ['dir/', 'dir/b.txt', 'dir/a/', 'dir/a/x', 'dir/c/y', 'other'])
      await put(key, { bytes: key.endsWith('/') ? new Uint8Array(0) : body })
    const { rows, cursor } = await list({ prefix: 'dir/' })
    expect(cursor).toBeNull()
    expect(rows.map((row) => [row.key, row.kind, row.size])).toEqual([
      ['dir/a/', 'folder', 0],
      ['dir/b.txt', 'file', 43],
      ['dir/c/', 'folder', 0],
    ])
    expect(rows[1]).toMatchObject({
      storageClass: 'Standard',
      etag: (await headObject(at.oss, at.bucket, 'dir/b.txt', never)).etag,
    })
    expect((await list()).rows.map((row) => row.key)).toEqual(['dir/', 'other'])
    expect(await listAll({ prefix: 'dir/', delimiter: '' })).toEqual([
      'dir/',
      'dir/a/',
      'dir/a/x',
      'dir/b.txt',
      'dir/c/y',
    ])
  })

  test('nothing below a prefix', async () => {
    expect(await list({ prefix: 'no/' })).toEqual({ rows: [], cursor: null })
  })

  test('pages of any size give every key once, in order', async () => {
    const keys = [...KEYS, ...Array.from({ length: 40 }, (_, i) => `p/${i}/x`)].sort((a, b) =>
      Buffer.compare(Buffer.from(a), Buffer.from(b)),
    )
    at.practice.fill(keys)
    for (const max of [1, 7, 1000]) expect(await listAll({ delimiter: '', max })).toEqual(keys)
    const folders = await listAll({ prefix: 'p/', max: 3 })
    expect(folders.length).toBe(40)
    expect(new Set(folders).size).toBe(40)
  })

  test('buckets and where they are', async () => {
    expect(await listBuckets(at.oss, never)).toEqual([
      {
        name: at.bucket,
        region: 'cn-hangzhou',
        created: expect.stringMatching(/^20\d\d-.*Z$/) as string,
      },
    ])
  })

  test('a bucket that is not there', async () => {
    expect(
      await errorOf(
        listObjects(
          at.oss,
          { bucket: 'no-such-bucket', prefix: '', delimiter: '/', cursor: null, max: 1 },
          never,
        ),
      ),
    ).toEqual({ code: 'not-found', what: 'bucket', name: 'no-such-bucket' })
    expect(await headIfThere(at.oss, at.bucket, 'gone', never)).toBe(null)
    // A name in a bucket that is missing is not free.
    expect(await errorOf(headIfThere(at.oss, 'no-such-bucket', 'k', never))).toEqual({
      code: 'not-found',
      what: 'bucket',
      name: 'no-such-bucket',
    })
    expect(await errorOf(headObject(at.oss, 'no-such-bucket', 'k', never))).toEqual({
      code: 'not-found',
      what: 'bucket',
      name: 'no-such-bucket',
    })
  })
})

test('a presigned URL gives the stored bytes to whoever has it, until it is over', async () => {
  const key = '你好/a b+c.txt'
  await put(key)
  const url = await presignGet(at.oss, { bucket: at.bucket, key, seconds: 60 })
  expect(url).not.toContain(at.practice.accessKeySecret)
  const fetch = () => new Promise<IncomingMessage>((done) => void get(url, done))
  const fetched = await fetch()
  expect([fetched.statusCode, (await buffer(fetched)).toString()]).toEqual([200, body.toString()])
  at.skewMs = 61_000
  const late = await fetch()
  expect([late.statusCode, (await buffer(late)).toString()]).toEqual([
    403,
    expect.stringContaining('<Error>'),
  ])
})
