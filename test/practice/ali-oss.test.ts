import { createRequire } from 'node:module'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { freshPractice } from './harness.ts'

/** The few calls that are tried of a client that has no types of its own. */
interface Client {
  put(
    name: string,
    body: Buffer,
    options?: object,
  ): Promise<{ readonly res: { readonly headers: Record<string, string> } }>
  putStream(name: string, body: Readable, options?: object): Promise<unknown>
  append(
    name: string,
    body: Buffer,
    options?: object,
  ): Promise<{ readonly nextAppendPosition: string }>
  get(name: string): Promise<{ readonly content: Buffer }>
  getStream(
    name: string,
    options: object,
  ): Promise<{ readonly stream: Readable; readonly res: { readonly status: number } }>
  head(name: string): Promise<{
    readonly meta: Record<string, string>
    readonly res: { readonly headers: Record<string, string> }
  }>
  getObjectMeta(
    name: string,
  ): Promise<{ readonly res: { readonly headers: Record<string, string> } }>
  copy(name: string, source: string, options?: object): Promise<unknown>
  delete(name: string): Promise<unknown>
  deleteMulti(
    names: readonly string[],
    options?: object,
  ): Promise<{ readonly deleted?: readonly { readonly Key: string }[] }>
  list(query: object): Promise<Listing>
  listV2(query: object): Promise<Listing>
  listBuckets(): Promise<{
    readonly buckets: readonly { readonly name: string; readonly region: string }[]
  }>
  putBucket(name: string): Promise<unknown>
  deleteBucket(name: string): Promise<unknown>
  getBucketInfo(name: string): Promise<{ readonly bucket: { readonly Name: string } }>
  getBucketLocation(name: string): Promise<{ readonly location: string }>
  putObjectTagging(name: string, tag: object): Promise<unknown>
  getObjectTagging(name: string): Promise<{ readonly tag: object }>
  putACL(name: string, acl: string): Promise<unknown>
  getACL(name: string): Promise<{ readonly acl: string }>
  multipartUpload(name: string, body: Buffer, options: object): Promise<unknown>
  multipartUploadCopy(name: string, source: object, options: object): Promise<unknown>
  initMultipartUpload(name: string, options?: object): Promise<{ readonly uploadId: string }>
  uploadPart(
    name: string,
    id: string,
    number: number,
    body: Buffer,
    start: number,
    end: number,
  ): Promise<{ readonly etag: string }>
  completeMultipartUpload(name: string, id: string, parts: readonly object[]): Promise<unknown>
  abortMultipartUpload(name: string, id: string): Promise<unknown>
  listParts(name: string, id: string): Promise<{ readonly parts: unknown }>
  listUploads(query: object): Promise<{ readonly uploads: readonly { readonly name: string }[] }>
  signatureUrl(name: string, options?: object): string
  signatureUrlV4(
    method: string,
    expires: number,
    request: object,
    name: string,
    additional?: readonly string[],
  ): Promise<string>
}
interface Listing {
  readonly objects?: readonly { readonly name: string; readonly size: number }[]
  readonly prefixes?: readonly string[] | null
  readonly nextContinuationToken?: string
}
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: object) => Client

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterEach(() => practice.reset())
afterAll(() => practice.close())

const ODD = "dir/ü+ &=%'(x)!*~🦊.txt"
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (cause: { readonly code: string; readonly ecCode?: string }) => cause.code,
  )

describe.each([
  ['V4, bucket in the path', { authorizationV4: true, sldEnable: true }],
  ['V4, bucket in the Host only', { authorizationV4: true }],
  ['V1, bucket in the path', { authorizationV4: false, sldEnable: true }],
  ['V1, bucket in the Host only', { authorizationV4: false }],
  ['V4, temporary credentials', { authorizationV4: true, sldEnable: true, temporary: true }],
  ['V1, temporary credentials', { authorizationV4: false, sldEnable: true, temporary: true }],
])(
  'ali-oss, %s',
  (
    _name,
    {
      temporary = false,
      ...options
    }: { authorizationV4: boolean; sldEnable?: boolean; temporary?: boolean },
  ) => {
    const client = (more: object = {}) => {
      const token = temporary ? practice.issueToken({ expiresInMs: 60_000 }) : null
      const credentials =
        token === null
          ? { accessKeyId: practice.accessKeyId, accessKeySecret: practice.accessKeySecret }
          : {
              accessKeyId: token.accessKeyId,
              accessKeySecret: token.accessKeySecret,
              stsToken: token.securityToken,
              refreshSTSToken: () => Promise.resolve({}),
            }
      return new OSS({
        region: 'oss-cn-hangzhou',
        endpoint: practice.endpoint,
        secure: false,
        bucket: practice.bucket,
        ...credentials,
        ...options,
        ...more,
      })
    }

    test('put, get, head, append, delete', async () => {
      const oss = client()
      const { res } = await oss.put(ODD, Buffer.from('hello'), {
        meta: { author: 'me' },
        mime: 'text/x',
        headers: { 'x-oss-storage-class': 'IA' },
      })
      expect(res.headers['x-oss-hash-crc64ecma']).toBe('11177612005948864433')
      expect((await oss.get(ODD)).content.toString()).toBe('hello')
      const { meta, res: head } = await oss.head(ODD)
      expect([
        meta,
        head.headers['content-type'],
        head.headers['x-oss-storage-class'],
        head.headers['content-length'],
      ]).toEqual([{ author: 'me' }, 'text/x', 'IA', '5'])
      expect((await oss.getObjectMeta(ODD)).res.headers['content-length']).toBe('5')
      await oss.putStream('stream', Readable.from([Buffer.from('a'), Buffer.from('b')]))
      expect((await oss.get('stream')).content.toString()).toBe('ab')
      const { stream, res: ranged } = await oss.getStream(ODD, { headers: { Range: 'bytes=1-3' } })
      expect([(await buffer(stream)).toString(), ranged.status]).toEqual(['ell', 206])
      expect((await oss.append('log', Buffer.from('one'))).nextAppendPosition).toBe('3')
      expect(
        (await oss.append('log', Buffer.from('two'), { position: 3 })).nextAppendPosition,
      ).toBe('6')
      await oss.delete(ODD)
      expect(await codeOf(oss.get(ODD))).toBe('NoSuchKey')
      expect(await codeOf(oss.head(ODD))).toBe('NoSuchKey')
    })

    test('copy, overwriting forbidden, tags, ACL', async () => {
      const oss = client()
      await oss.put(ODD, Buffer.from('hello'), { meta: { a: '1' } })
      await oss.copy('copy', ODD)
      expect((await oss.head('copy')).meta).toEqual({ a: '1' })
      await oss.copy('copy', ODD, { meta: { b: '2' } })
      expect((await oss.head('copy')).meta).toEqual({ b: '2' })
      expect(
        await codeOf(
          oss.put('copy', Buffer.from('x'), { headers: { 'x-oss-forbid-overwrite': 'true' } }),
        ),
      ).toBe('FileAlreadyExists')
      await oss.putObjectTagging('copy', { one: '1', two: 'b c' })
      expect((await oss.getObjectTagging('copy')).tag).toEqual({ one: '1', two: 'b c' })
      expect((await oss.getACL('copy')).acl).toBe('default')
      await oss.putACL('copy', 'private')
      expect((await oss.getACL('copy')).acl).toBe('private')
      expect(await codeOf(oss.putACL('copy', 'anyone'))).toBe('InvalidArgument')
    })

    test('listings, in pages and by delimiter; deleting many', async () => {
      const oss = client()
      const names = ['a/1', 'a/2', 'b', ODD, '数据&<>']
      for (const name of names) await oss.put(name, Buffer.from(name))
      const { objects, prefixes } = await oss.listV2({ prefix: '', delimiter: '/' })
      expect([objects?.map(({ name }) => name), prefixes]).toEqual([
        ['b', '数据&<>'],
        ['a/', 'dir/'],
      ])
      const first = await oss.listV2({ 'max-keys': 2 })
      const second = await oss.listV2({
        'max-keys': 2,
        'continuation-token': first.nextContinuationToken,
      })
      expect([...(first.objects ?? []), ...(second.objects ?? [])].map(({ name }) => name)).toEqual(
        ['a/1', 'a/2', 'b', ODD],
      )
      expect(
        (await oss.list({ prefix: 'a/', marker: 'a/1' })).objects?.map(({ name }) => name),
      ).toEqual(['a/2'])
      expect((await oss.deleteMulti(names)).deleted?.map(({ Key }) => Key)).toEqual(names)
      expect((await oss.listV2({})).objects ?? []).toEqual([])
    })

    test('multipart: whole, part by part, copied, aborted', async () => {
      const oss = client()
      const body = Buffer.from(Array.from({ length: 300 * 1024 }, (_, i) => i % 251))
      await oss.multipartUpload('big', body, {
        partSize: 100 * 1024,
        parallel: 2,
        meta: { a: 'b' },
      })
      expect((await oss.get('big')).content.equals(body)).toBe(true)
      expect((await oss.head('big')).meta).toEqual({ a: 'b' })
      await oss.multipartUploadCopy(
        'copied',
        { sourceKey: 'big', sourceBucketName: practice.bucket },
        { partSize: 150 * 1024 },
      )
      expect((await oss.get('copied')).content.equals(body)).toBe(true)
      const { uploadId } = await oss.initMultipartUpload(ODD)
      const { etag } = await oss.uploadPart(ODD, uploadId, 1, body, 0, 1000)
      expect(
        (await oss.listUploads({ 'max-uploads': 10 })).uploads.map(({ name }) => name),
      ).toEqual([ODD])
      expect(JSON.stringify((await oss.listParts(ODD, uploadId)).parts)).toContain('"Size":"1000"')
      await oss.completeMultipartUpload(ODD, uploadId, [{ number: 1, etag }])
      expect((await oss.get(ODD)).content).toHaveLength(1000)
      const { uploadId: aborted } = await oss.initMultipartUpload('gone')
      await oss.abortMultipartUpload('gone', aborted)
      expect(await codeOf(oss.listParts('gone', aborted))).toBe('NoSuchUpload')
    })

    test('buckets', async () => {
      const oss = client()
      await oss.putBucket('another-one')
      expect(
        (await oss.listBuckets()).buckets.map(({ name, region }) => `${name} ${region}`),
      ).toEqual(['another-one oss-cn-hangzhou', 'practice-bucket oss-cn-hangzhou'])
      expect((await oss.getBucketInfo(practice.bucket)).bucket.Name).toBe(practice.bucket)
      expect((await oss.getBucketLocation(practice.bucket)).location).toBe('oss-cn-hangzhou')
      await oss.deleteBucket('another-one')
      expect((await oss.listBuckets()).buckets).toHaveLength(1)
    })

    test('a wrong secret, an unknown key', async () => {
      expect(await codeOf(client({ accessKeySecret: 'wrong' }).get('a'))).toBe(
        'SignatureDoesNotMatch',
      )
      expect(await codeOf(client({ accessKeyId: 'nobody' }).get('a'))).toBe('InvalidAccessKeyId')
    })

    test('signed URLs', async () => {
      const oss = client()
      await oss.put(ODD, Buffer.from('hello'))
      if (options.sldEnable !== true) return
      const url = options.authorizationV4
        ? await oss.signatureUrlV4(
            'GET',
            60,
            { queries: { 'response-content-type': 'text/signed' } },
            ODD,
          )
        : // The client refuses to sign for an IP address; the name in the URL is not part of the signature.
          client({ endpoint: `http://localhost:${practice.port}` })
            .signatureUrl(ODD, { expires: 60, response: { 'content-type': 'text/signed' } })
            .replace('localhost', '127.0.0.1')
      const got = await fetch(url)
      expect([got.status, await got.text(), got.headers.get('content-type')]).toEqual([
        200,
        'hello',
        'text/signed',
      ])
      expect((await fetch(url, { method: 'DELETE' })).status).toBe(403)
      expect((await fetch(`${url}&versionId=x`)).status).toBe(403)
      if (!options.authorizationV4) return
      const withRange = await oss.signatureUrlV4(
        'GET',
        60,
        { headers: { range: 'bytes=0-1' } },
        ODD,
        ['range'],
      )
      expect(await (await fetch(withRange, { headers: { range: 'bytes=0-1' } })).text()).toBe('he')
      expect((await fetch(withRange, { headers: { range: 'bytes=0-2' } })).status).toBe(403)
      expect(
        (await fetch(await oss.signatureUrlV4('GET', 604_801, {}, ODD))).headers.get('x-oss-ec'),
      ).toBe('0002-00000232')
    })
  },
)

test('a signed V4 URL ends when it says', async () => {
  let now = Date.now()
  const server = await freshPractice({ now: () => now })
  const oss = new OSS({
    region: 'oss-cn-hangzhou',
    endpoint: server.endpoint,
    secure: false,
    bucket: server.bucket,
    sldEnable: true,
    authorizationV4: true,
    accessKeyId: server.accessKeyId,
    accessKeySecret: server.accessKeySecret,
  })
  await oss.put('a', Buffer.from('x'))
  const url = await oss.signatureUrlV4('GET', 60, {}, 'a')
  expect((await fetch(url)).status).toBe(200)
  now += 62_000
  const late = await fetch(url)
  expect([late.status, await late.text()]).toEqual([
    403,
    expect.stringContaining('<Message>Request has expired.</Message>'),
  ])
  now -= 62_000 + 16 * 60_000
  expect((await fetch(url)).status).toBe(403)
  await server.close()
})
