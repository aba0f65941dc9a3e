import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { request } from 'node:http'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { allInside, freshPractice, inside, send, signedHeaders } from './harness.ts'

/**
 * Rules that the test suites of oss2, Python SDK V2, Go SDK V2 and ali-oss rely on. Each passes at
 * OSS.
 */

interface Client {
  putStream(name: string, body: Readable, options: object): Promise<unknown>
  copy(
    name: string,
    source: string,
    options: object,
  ): Promise<{ readonly res: { readonly status: number } }>
  get(name: string): Promise<{ readonly content: Buffer }>
  list(query: object): Promise<{ readonly objects: readonly { readonly name: string }[] }>
  getBucketInfo(name: string): Promise<{
    readonly bucket: { readonly ExtranetEndpoint: string; readonly IntranetEndpoint: string }
  }>
}
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: object) => Client

let practice: Practice
let oss: Client
beforeAll(async () => {
  practice = await freshPractice()
  const { endpoint, accessKeyId, accessKeySecret, bucket } = practice
  oss = new OSS({
    region: 'oss-cn-hangzhou',
    endpoint,
    accessKeyId,
    accessKeySecret,
    bucket,
    secure: false,
    sldEnable: true,
    authorizationV4: true,
  })
})
afterEach(() => practice.reset())
afterAll(() => practice.close())

const put = (key: string, headers: Record<string, string> = {}) =>
  send(practice, { method: 'PUT', key, body: 'hello', headers })
const keys = (text: string) => allInside(text, 'Key')

describe('listings', () => {
  test('an empty continuation token means the beginning', async () => {
    for (const key of ['a', 'b']) await put(key)
    const got = await send(practice, { query: { 'list-type': '2', 'continuation-token': '' } })
    expect([got.status, keys(got.text), inside(got.text, 'ContinuationToken')]).toEqual([
      200,
      ['a', 'b'],
      undefined,
    ])
  })

  test.each([{}, { 'list-type': '2' }, { uploads: null }])(
    'a name that XML cannot carry is percent-encoded, and the answer says so: %j',
    async (query) => {
      await put('k\u0001')
      await send(practice, { method: 'POST', key: 'k\u0001', query: { uploads: null } })
      const got = await send(practice, { query })
      expect([inside(got.text, 'EncodingType'), keys(got.text), got.text.includes('&#')]).toEqual([
        'url',
        ['k%01'],
        false,
      ])
    },
  )
  test('a reader of strict XML reads it', async () => {
    await put('k\u0001')
    expect((await oss.list({})).objects).toHaveLength(1)
  })
  test('names that XML can carry stay as they are', async () => {
    await put('数据 &')
    const got = await send(practice, {})
    expect([inside(got.text, 'EncodingType'), keys(got.text)]).toEqual([undefined, ['数据 &amp;']])
  })
})

describe('deleting many', () => {
  const remove = (xml: string) => {
    const body = `<Delete>${xml}</Delete>`
    return send(practice, {
      method: 'POST',
      query: { delete: null },
      body,
      headers: { 'content-md5': createHash('md5').update(body).digest('base64') },
    })
  }
  const left = async () => keys((await send(practice, { query: { 'encoding-type': 'url' } })).text)

  test.each([
    ['&#1;', 'k%01'],
    ['&#x1f;', 'k%1F'],
    ['&#13;', 'k%0D'],
    ['&#10;', 'k%0A'],
    ['&amp;#1;', 'k%26%231%3B'],
    ['&lt;', 'k%3C'],
    ['&#x1F98A;', `k${encodeURIComponent('🦊')}`],
  ])('a reference names just the character it stands for: %s', async (reference, encoded) => {
    await put('k')
    await put(decodeURIComponent(encoded))
    const got = await remove(`<Object><Key>k${reference}</Key></Object>`)
    expect([got.status, await left()]).toEqual([200, ['k']])
  })
  test.each(['&#0;', '&#xD800;', '&#x110000;', '&nbsp;', '&#;', '<![CDATA[k]]>'])(
    'what names no character deletes nothing: %s',
    async (reference) => {
      await put('k')
      const got = await remove(`<Object><Key>k${reference}</Key></Object>`)
      expect([got.code, await left()]).toEqual(['MalformedXML', ['k']])
    },
  )
})

describe('who is asked first', () => {
  const stranger = { accessKeyId: 'nobody', accessKeySecret: 'nothing' }
  test.each([
    ['GET', 'no-such-bucket', '', 'NoSuchBucket'],
    ['PUT', 'no-such-bucket', 'k', 'NoSuchBucket'],
    ['HEAD', 'no-such-bucket', 'k', ''],
    ['GET', 'practice-bucket', '', 'InvalidAccessKeyId'],
    ['PUT', 'no-such-bucket', '', 'InvalidAccessKeyId'],
    ['GET', '', '', 'InvalidAccessKeyId'],
  ])(
    '%s of bucket "%s", key "%s", by an unknown AccessKey: %s',
    async (method, bucket, key, code) => {
      const got = await send(practice, { method, bucket, key, credentials: stranger })
      expect(got.code).toBe(code)
      expect(got.status).toBe(code === 'InvalidAccessKeyId' ? 403 : 404)
    },
  )
})

describe('copies', () => {
  test('an unmet x-oss-copy-source-if-none-match is 304, as ali-oss expects', async () => {
    const { headers } = await put('a')
    const { res } = await oss.copy('b', 'a', { headers: { 'If-None-Match': headers['etag'] } })
    expect([res.status, (await send(practice, { method: 'HEAD', key: 'b' })).status]).toEqual([
      304, 404,
    ])
  })
})

describe('ACLs', () => {
  const acl = async (key: string) =>
    inside((await send(practice, { key, query: { acl: null } })).text, 'Grant')
  test('of a bucket and of an object are kept', async () => {
    expect([await acl(''), await acl('')]).toEqual(['private', 'private'])
    await send(practice, {
      method: 'PUT',
      query: { acl: null },
      headers: { 'x-oss-acl': 'public-read' },
    })
    await put('a', { 'x-oss-object-acl': 'private' })
    await put('b')
    await send(practice, {
      method: 'PUT',
      key: 'b',
      query: { acl: null },
      headers: { 'x-oss-object-acl': 'public-read-write' },
    })
    expect([await acl(''), await acl('a'), await acl('b')]).toEqual([
      'public-read',
      'private',
      'public-read-write',
    ])
  })
  test('of an upload in parts is that of its object', async () => {
    const { text } = await send(practice, {
      method: 'POST',
      key: 'm',
      query: { uploads: null },
      headers: { 'x-oss-object-acl': 'public-read' },
    })
    await send(practice, {
      method: 'POST',
      key: 'm',
      query: { uploadId: inside(text, 'UploadId') ?? '' },
      body: '<CompleteMultipartUpload></CompleteMultipartUpload>',
    })
    expect(await acl('m')).toBe('public-read')
  })
  test.each(['', 'default', 'anyone'])('a bucket does not take "%s"', async (name) => {
    expect(
      (
        await send(practice, {
          method: 'PUT',
          query: { acl: null },
          headers: { 'x-oss-acl': name },
        })
      ).code,
    ).toBe('InvalidArgument')
  })
})

describe('what is not offered is 501, and nothing is done', () => {
  test.each(['accessPoint', 'lifecycle', 'policyStatus', 'cnameToken', 'aNameOfTomorrow'])(
    'GET ?%s of a bucket',
    async (name) => {
      expect((await send(practice, { query: { [name]: null } })).status).toBe(501)
    },
  )
  test.each([
    ['x-oss-callback', 'eyJ9'],
    ['x-oss-server-side-encryption', 'AES256'],
    ['x-oss-symlink-target', 'a'],
  ])('a PUT with %s', async (name, value) => {
    expect((await put('k', { [name]: value })).status).toBe(501)
    expect((await send(practice, { method: 'HEAD', key: 'k' })).status).toBe(404)
  })
  test.each([
    ['GET', 'restore'],
    ['POST', 'restore'],
    ['PUT', 'symlink'],
  ])('%s ?%s of an object', async (method, name) => {
    await put('k')
    expect((await send(practice, { method, key: 'k', query: { [name]: 'x' } })).status).toBe(501)
  })
})

describe('bodies', () => {
  test('a stream whose length was told is taken, as ali-oss sends it', async () => {
    await oss.putStream('s', Readable.from([Buffer.from('he'), Buffer.from('llo')]), {
      contentLength: 5,
    })
    expect((await oss.get('s')).content.toString()).toBe('hello')
  })
  test('Content-Length beside chunked: chunked counts', async () => {
    const given = { method: 'PUT', key: 's' }
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const { hostname, port } = new URL(practice.endpoint)
      const sent = request({
        hostname,
        port,
        method: 'PUT',
        path: '/practice-bucket/s',
        headers: {
          ...signedHeaders(practice, given),
          'content-length': '5',
          'transfer-encoding': 'chunked',
        },
      })
      sent
        .on('response', (answer) => (answer.resume(), resolve(answer.statusCode)))
        .on('error', reject)
      sent.end('hello')
    })
    expect([status, (await send(practice, { key: 's' })).text]).toEqual([200, 'hello'])
  })
  test('an upload without parts is an empty object', async () => {
    const { text } = await send(practice, { method: 'POST', key: 'm', query: { uploads: null } })
    const uploadId = inside(text, 'UploadId') ?? ''
    const got = await send(practice, {
      method: 'POST',
      key: 'm',
      query: { uploadId },
      body: '<CompleteMultipartUpload/>',
    })
    const head = await send(practice, { method: 'HEAD', key: 'm' })
    expect([
      got.status,
      head.headers['content-length'],
      head.headers['x-oss-hash-crc64ecma'],
    ]).toEqual([200, '0', '0'])
  })
})

test('the endpoints that it names are its own', async () => {
  const { ExtranetEndpoint, IntranetEndpoint } = (await oss.getBucketInfo(practice.bucket)).bucket
  const { host } = new URL(practice.endpoint)
  expect([ExtranetEndpoint, IntranetEndpoint]).toEqual([host, host])
})
