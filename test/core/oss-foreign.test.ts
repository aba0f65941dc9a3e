import { copyObject } from '../../electron/core/oss/object-copy.ts'
import { randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'
import { buffer } from 'node:stream/consumers'
import { beforeEach, describe, expect, test } from 'vitest'
import { bareEtag } from '../../electron/core/oss/answers.ts'
import {
  abortUpload,
  complete,
  initiate,
  listParts,
  listUploads,
  partQuery,
} from '../../electron/core/oss/multipart.ts'
import { deleteObjects } from '../../electron/core/oss/delete-objects.ts'
import {
  getRange,
  headObject,
  listObjects,
  presignGet,
  putSmall,
} from '../../electron/core/oss/objects.ts'
import { bench, never } from './oss-practice.ts'

/** What of ali-oss is used here; it comes without types. */
interface AliOss {
  put(
    key: string,
    body: Buffer,
    options?: object,
  ): Promise<{ res: { headers: Record<string, string> } }>
  get(key: string, options?: object): Promise<{ content: Buffer; res: { status: number } }>
  head(key: string): Promise<{
    status: number
    meta: Record<string, string> | null
    res: { headers: Record<string, string> }
  }>
  copy(to: string, from: string): Promise<unknown>
  listV2(query: object): Promise<{
    objects?: { name: string; size: number; etag: string }[]
    prefixes?: string[]
    nextContinuationToken?: string
  }>
  initMultipartUpload(key: string, options?: object): Promise<{ uploadId: string }>
  uploadPart(
    key: string,
    id: string,
    number: number,
    body: Buffer,
    start: number,
    end: number,
  ): Promise<{ etag: string }>
  listParts(
    key: string,
    id: string,
  ): Promise<{ parts: { PartNumber: string; ETag: string }[] | { PartNumber: string } }>
  completeMultipartUpload(
    key: string,
    id: string,
    parts: { number: number; etag: string }[],
  ): Promise<{ etag: string }>
  deleteMulti(keys: string[]): Promise<{ deleted: { Key: string }[] | undefined }>
}
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: object) => AliOss

const at = bench()
const body = randomBytes(5000)
const KEYS = [
  'plain.txt',
  'a b/ü.txt',
  '你好/世界.bin',
  '😀/𠮷.txt',
  "odd!'()*~-_.&=+,;:@$?#[]%.txt",
  '100%25%41',
  '"quotes"<>&\'',
]
let ali: AliOss

/** Or ali-oss warns on stderr at every token. */
const NO_RENEWAL = {
  refreshSTSToken: () => Promise.reject(new Error('too early')),
  refreshSTSTokenInterval: 1e9,
}
const connect = (
  v4: boolean,
  credentials: { accessKeyId: string; accessKeySecret: string; stsToken?: string },
): AliOss =>
  new OSS({
    region: 'oss-cn-hangzhou',
    endpoint: at.practice.endpoint,
    secure: false,
    bucket: at.bucket,
    sldEnable: true,
    authorizationV4: v4,
    ...NO_RENEWAL,
    ...credentials,
  })

describe.each([
  ['V4', true],
  ['V1', false],
])('ali-oss with signature %s, and our client', (_, v4) => {
  beforeEach(() => {
    ali = connect(v4, at.practice)
  })

  test.each(KEYS)('what ali-oss puts under %j we see', async (key) => {
    const { res } = await ali.put(key, body, {
      meta: { who: 'ali' },
      mime: 'image/png',
      headers: { 'x-oss-storage-class': 'IA' },
    })
    const head = await headObject(at.oss, at.bucket, key, never)
    expect(head).toMatchObject({
      size: 5000,
      crc64: res.headers['x-oss-hash-crc64ecma'],
      etag: bareEtag(res.headers['etag']),
      contentType: 'image/png',
      storageClass: 'IA',
    })
    expect(head.headers.get('x-oss-meta-who')).toBe('ali')
    const piece = await getRange(
      at.oss,
      { bucket: at.bucket, key, offset: 17, length: 1000, ifMatch: head.etag },
      never,
    )
    expect(await buffer(piece.body)).toEqual(body.subarray(17, 1017))
    const { rows } = await listObjects(
      at.oss,
      { bucket: at.bucket, prefix: '', delimiter: '', cursor: null, max: 10 },
      never,
    )
    expect(rows).toEqual([
      {
        key,
        kind: 'file',
        size: 5000,
        modified: expect.stringContaining(head.modified.slice(0, 19)) as string,
        etag: head.etag,
        storageClass: 'IA',
      },
    ])
  })

  test.each(KEYS)('what we put under %j ali-oss sees', async (key) => {
    const stored = await putSmall(
      at.oss,
      {
        bucket: at.bucket,
        key,
        headers: { 'x-oss-meta-who': 'us', 'content-type': 'text/plain' },
        body,
        forbidOverwrite: true,
      },
      never,
    )
    const head = await ali.head(key)
    expect(head.meta).toEqual({ who: 'us' })
    expect([head.res.headers['x-oss-hash-crc64ecma'], bareEtag(head.res.headers['etag'])]).toEqual([
      stored.crc64,
      stored.etag,
    ])
    expect(Buffer.compare((await ali.get(key)).content, body)).toBe(0)
    expect((await ali.get(key, { headers: { Range: 'bytes=5-9' } })).content).toEqual(
      body.subarray(5, 10),
    )
    const { objects } = await ali.listV2({})
    expect(objects?.map((one) => [one.name, one.size, bareEtag(one.etag)])).toEqual([
      [key, 5000, stored.etag],
    ])
    const { deleted } = await ali.deleteMulti([key])
    expect(deleted?.map((one) => one.Key)).toEqual([key])
  })

  test('both list the same pages', async () => {
    at.practice.fill([
      ...Array.from({ length: 30 }, (_unused, i) => `d${i % 7}/f${i}`),
      ...Array.from({ length: 9 }, (_unused, i) => `f${i}`),
    ])
    const ours: string[] = []
    const theirs: string[] = []
    let cursor: string | null = null
    let theirCursor: string | undefined
    do {
      const page = await listObjects(
        at.oss,
        { bucket: at.bucket, prefix: '', delimiter: '/', cursor, max: 4 },
        never,
      )
      const answer = await ali.listV2({
        delimiter: '/',
        'max-keys': 4,
        ...(theirCursor === undefined ? {} : { 'continuation-token': theirCursor }),
      })
      theirs.push(...(answer.prefixes ?? []), ...(answer.objects ?? []).map((one) => one.name))
      ours.push(...page.rows.map((row) => row.key))
      // Ours says in front of it how far the list was read.
      theirCursor = answer.nextContinuationToken ?? undefined
      expect(page.cursor?.slice(-(theirCursor?.length ?? 0))).toBe(theirCursor)
      cursor = page.cursor
    } while (cursor !== null)
    expect(ours).toEqual(theirs)
    expect(ours.length).toBe(16)
  })

  test('an upload begun by one is carried on and completed by the other', async () => {
    const part = randomBytes(100 * 1024)
    const theirs = await ali.initMultipartUpload('from ali', {
      mime: 'text/plain',
      headers: { 'x-oss-meta-who': 'ali' },
    })
    const upload = { bucket: at.bucket, key: 'from ali', uploadId: theirs.uploadId }
    await ali.uploadPart('from ali', theirs.uploadId, 1, part, 0, part.length)
    const sent = await at.oss.call(
      {
        method: 'PUT',
        bucket: at.bucket,
        key: 'from ali',
        query: partQuery(theirs.uploadId, 2),
        body,
        action: 'oss:PutObject',
      },
      never,
    )
    expect(
      (await listUploads(at.oss, { bucket: at.bucket, prefix: '' }, never)).map(
        (one) => one.uploadId,
      ),
    ).toEqual([theirs.uploadId])
    const { parts } = await listParts(at.oss, upload, never)
    expect(parts.map((one) => [one.number, one.size, one.etag])).toEqual([
      [1, part.length, expect.any(String)],
      [2, 5000, bareEtag(sent.headers.get('etag'))],
    ])
    await complete(at.oss, { ...upload, parts, forbidOverwrite: true, crc64: null }, never)
    expect(Buffer.compare((await ali.get('from ali')).content, Buffer.concat([part, body]))).toBe(0)

    const uploadId = await initiate(
      at.oss,
      {
        bucket: at.bucket,
        key: 'from us',
        headers: { 'x-oss-meta-who': 'us' },
        forbidOverwrite: false,
      },
      never,
    )
    const done = await ali.uploadPart('from us', uploadId, 1, body, 0, body.length)
    await ali.completeMultipartUpload('from us', uploadId, [{ number: 1, etag: done.etag }])
    expect(
      (await headObject(at.oss, at.bucket, 'from us', never)).headers.get('x-oss-meta-who'),
    ).toBe('us')
    await abortUpload(at.oss, { bucket: at.bucket, key: 'from us', uploadId }, never)
  })

  test('copies and deletes of one are seen by the other', async () => {
    await ali.put('a b/你', body, { meta: { who: 'ali' } })
    await copyObject(
      at.oss,
      { bucket: at.bucket, key: 'a b/你', toKey: 'ours', forbidOverwrite: true },
      never,
    )
    await ali.copy('theirs', 'ours')
    for (const key of ['ours', 'theirs']) {
      expect((await headObject(at.oss, at.bucket, key, never)).headers.get('x-oss-meta-who')).toBe(
        'ali',
      )
      expect((await ali.head(key)).meta).toEqual({ who: 'ali' })
    }
    await deleteObjects(at.oss, at.bucket, ['a b/你', 'ours', 'theirs'], never)
    expect((await ali.listV2({})).objects ?? []).toEqual([])
  })

  test('an STS token of the server serves both', async () => {
    const { accessKeyId, accessKeySecret, securityToken } = at.practice.issueToken({
      expiresInMs: 60_000,
    })
    const temporary = connect(v4, { accessKeyId, accessKeySecret, stsToken: securityToken })
    await temporary.put('k', body)
    expect(
      (
        await headObject(
          at.connect({ accessKeyId, accessKeySecret, securityToken }),
          at.bucket,
          'k',
          never,
        )
      ).size,
    ).toBe(5000)
    expect(
      await presignGet(at.connect({ accessKeyId, accessKeySecret, securityToken }), {
        bucket: at.bucket,
        key: 'k',
        seconds: 9,
      }),
    ).toContain('x-oss-security-token=')
  })
})
