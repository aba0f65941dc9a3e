import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import {
  freshPractice,
  md5Base64,
  pathOf,
  send,
  sendRaw,
  signedHeaders,
  type Given,
} from './harness.ts'

let practice: Practice
beforeAll(async () => {
  practice = await freshPractice()
  await send(practice, { method: 'PUT', key: 'a b/ü', body: 'hello' })
})
afterAll(() => practice.close())

const MINUTE = 60_000
const main = () => ({
  accessKeyId: practice.accessKeyId,
  accessKeySecret: practice.accessKeySecret,
})

describe('V4 in the header (source: OSS signature V4; EC pages 0002-00000201, 504, 902)', () => {
  const rows: readonly (readonly [string, () => Given, number, string, string])[] = [
    ['right', () => ({}), 200, '', ''],
    [
      'dated by Date alone (source: Go SDK V1 3.0.2, auth.go)',
      () => ({ dated: true }),
      200,
      '',
      '',
    ],
    [
      'dated by Date alone, 16 minutes slow',
      () => ({ dated: true, at: Date.now() - 16 * MINUTE }),
      403,
      'RequestTimeTooSkewed',
      '0002-00000504',
    ],
    [
      'wrong secret',
      () => ({ credentials: { ...main(), accessKeySecret: 'wrong' } }),
      403,
      'SignatureDoesNotMatch',
      '0002-00000201',
    ],
    [
      'unknown key id',
      () => ({ credentials: { ...main(), accessKeyId: 'LTAInobody' } }),
      403,
      'InvalidAccessKeyId',
      '0002-00000902',
    ],
    ['14 minutes slow', () => ({ at: Date.now() - 14 * MINUTE }), 200, '', ''],
    [
      '16 minutes slow',
      () => ({ at: Date.now() - 16 * MINUTE }),
      403,
      'RequestTimeTooSkewed',
      '0002-00000504',
    ],
    [
      '16 minutes fast',
      () => ({ at: Date.now() + 16 * MINUTE }),
      403,
      'RequestTimeTooSkewed',
      '0002-00000504',
    ],
    [
      'a token that was never issued',
      () => ({ credentials: { ...main(), securityToken: 'x' } }),
      403,
      'InvalidSecurityToken',
      '0002-00000008',
    ],
  ]
  test.each(rows)('%s', async (_name, given, status, code, ec) => {
    const got = await send(practice, { key: 'a b/ü', ...given() })
    expect([got.status, got.code, got.ec]).toEqual([status, code, ec])
    expect(got.headers['x-oss-request-id']).toMatch(/^[0-9A-F]{24}$/)
    expect(Math.abs(Date.parse(got.headers['date'] ?? '') - Date.now())).toBeLessThan(60_000)
  })

  test('a mismatch shows the string to sign and never the secret', async () => {
    const got = await send(practice, {
      key: 'a b/ü',
      credentials: { ...main(), accessKeySecret: 'wrong' },
    })
    expect(got.text).toContain('<StringToSign>OSS4-HMAC-SHA256&#10;')
    expect(got.text).toContain('/practice-bucket/a%20b/%C3%BC')
    expect(got.text).not.toContain(practice.accessKeySecret)
  })

  const tampered: readonly (readonly [
    string,
    (headers: Record<string, string>) => void,
    string,
  ])[] = [
    [
      'a header of ours added after signing',
      (h) => void (h['x-oss-meta-a'] = '1'),
      'SignatureDoesNotMatch',
    ],
    [
      'a content type changed after signing',
      (h) => void (h['content-type'] = 'text/evil'),
      'SignatureDoesNotMatch',
    ],
    [
      'another region',
      (h) =>
        void (h['authorization'] = h['authorization']?.replace('cn-hangzhou', 'cn-beijing') ?? ''),
      'InvalidArgument',
    ],
    [
      'another product',
      (h) => void (h['authorization'] = h['authorization']?.replace('/oss/', '/sls/') ?? ''),
      'InvalidArgument',
    ],
    [
      'another day',
      (h) =>
        void (h['authorization'] = h['authorization']?.replace(/\/\d{8}\//, '/20200101/') ?? ''),
      'InvalidArgument',
    ],
    ['no payload header', (h) => void delete h['x-oss-content-sha256'], 'InvalidArgument'],
    ['no date', (h) => void delete h['x-oss-date'], 'AccessDenied'],
    [
      'a malformed authorization',
      (h) => void (h['authorization'] = 'OSS4-HMAC-SHA256 nonsense'),
      'InvalidArgument',
    ],
    ['an unknown scheme', (h) => void (h['authorization'] = 'Basic abc'), 'InvalidArgument'],
    ['no signature at all', (h) => void delete h['authorization'], 'AccessDenied'],
    [
      'an additional header that is not there',
      (h) =>
        void (h['authorization'] =
          h['authorization']?.replace(',Sig', ',AdditionalHeaders=range,Sig') ?? ''),
      'InvalidArgument',
    ],
  ]
  test.each(tampered)('%s is refused', async (_name, change, code) => {
    const headers = signedHeaders(practice, { key: 'a b/ü' })
    change(headers)
    const got = await sendRaw(practice, 'GET', pathOf(practice, { key: 'a b/ü' }), headers)
    expect(got.code).toBe(code)
  })

  test('a query that was changed after signing is refused', async () => {
    const headers = signedHeaders(practice, { query: { prefix: 'a' } })
    expect((await sendRaw(practice, 'GET', '/practice-bucket/?prefix=b', headers)).code).toBe(
      'SignatureDoesNotMatch',
    )
    expect((await sendRaw(practice, 'GET', '/practice-bucket/?prefix=a', headers)).status).toBe(200)
  })

  test('the bytes of a header are signed, not an interpretation of them', async () => {
    const value = Buffer.from('größe').toString('latin1')
    expect(
      (
        await send(practice, {
          method: 'PUT',
          key: 'meta',
          headers: { 'x-oss-meta-name': value },
          body: '',
        })
      ).status,
    ).toBe(200)
    const got = await send(practice, { method: 'HEAD', key: 'meta' })
    expect(Buffer.from(got.headers['x-oss-meta-name'] ?? '', 'latin1').toString('utf8')).toBe(
      'größe',
    )
  })
})

describe('temporary credentials (source: EC pages 0002-00000007, 8)', () => {
  test('work until they expire, and only with their token', async () => {
    let now = Date.now()
    const server = await freshPractice({ now: () => now })
    try {
      const credentials = server.issueToken({ expiresInMs: 10 * MINUTE })
      expect((await send(server, { credentials, at: now })).status).toBe(200)
      const { accessKeyId, accessKeySecret } = credentials
      expect(
        (await send(server, { credentials: { accessKeyId, accessKeySecret }, at: now })).code,
      ).toBe('InvalidSecurityToken')
      now += 10 * MINUTE
      const got = await send(server, { credentials, at: now })
      expect([got.status, got.code, got.ec]).toEqual([403, 'SecurityTokenExpired', '0002-00000007'])
    } finally {
      await server.close()
    }
  })

  test('told at the start', async () => {
    const token = {
      accessKeyId: 'STS.known',
      accessKeySecret: 'secret',
      securityToken: 'token',
      expiresAt: Date.now() + MINUTE,
    }
    const server = await freshPractice({ tokens: [token] })
    expect((await send(server, { credentials: token })).status).toBe(200)
    await server.close()
  })
})

describe('V1 (source: the worked steps of OSS signature V1)', () => {
  const v1 = (
    method: string,
    resource: string,
    date: string,
    oss: readonly string[] = [],
    md5 = '',
    type = '',
  ) =>
    createHmac('sha1', practice.accessKeySecret)
      .update([method, md5, type, date, ...oss, resource].join('\n'))
      .digest('base64')

  test('header, with the Date header, metadata and a subresource', async () => {
    const md5OfX = md5Base64('x')
    const date = new Date().toUTCString()
    const put = v1(
      'PUT',
      '/practice-bucket/one',
      date,
      ['x-oss-meta-a:b', 'x-oss-meta-c:d'],
      md5OfX,
      'text/plain',
    )
    const headers = {
      date,
      'content-type': 'text/plain',
      'content-md5': md5OfX,
      'x-oss-meta-c': 'd',
      'X-Oss-Meta-A': 'b',
      'content-length': '1',
    }
    expect(
      (
        await sendRaw(
          practice,
          'PUT',
          '/practice-bucket/one',
          { ...headers, authorization: `OSS ${practice.accessKeyId}:${put}` },
          Buffer.from('x'),
        )
      ).status,
    ).toBe(200)
    const acl = v1('GET', '/practice-bucket/one?acl', date)
    expect(
      (
        await sendRaw(practice, 'GET', '/practice-bucket/one?acl', {
          date,
          authorization: `OSS ${practice.accessKeyId}:${acl}`,
        })
      ).status,
    ).toBe(200)
    expect(
      (
        await sendRaw(practice, 'GET', '/practice-bucket/one', {
          date,
          authorization: `OSS ${practice.accessKeyId}:${acl}`,
        })
      ).ec,
    ).toBe('0002-00000040')
  })

  test('old dates, no dates, no form', async () => {
    const old = new Date(Date.now() - 16 * MINUTE).toUTCString()
    const get = (headers: Record<string, string>) =>
      sendRaw(practice, 'GET', '/practice-bucket/', headers)
    const authorization = `OSS ${practice.accessKeyId}:${v1('GET', '/practice-bucket/', old)}`
    expect((await get({ date: old, authorization })).code).toBe('RequestTimeTooSkewed')
    expect((await get({ authorization })).code).toBe('AccessDenied')
    expect((await get({ date: old, authorization: 'OSS nonsense' })).code).toBe('InvalidArgument')
  })

  const signedUrl = (expires: number | string, resource = '/practice-bucket/a b/ü') => {
    const signature = v1('GET', resource, String(expires))
    return `/practice-bucket/a%20b/%C3%BC?OSSAccessKeyId=${practice.accessKeyId}&Expires=${expires}&Signature=${encodeURIComponent(signature)}`
  }
  test('a signed URL, until it expires', async () => {
    const soon = Math.floor(Date.now() / 1000) + 60
    expect((await sendRaw(practice, 'GET', signedUrl(soon), {})).text).toBe('hello')
    const late = await sendRaw(practice, 'GET', signedUrl(soon - 120), {})
    expect([late.status, late.code, late.ec]).toEqual([403, 'AccessDenied', '0002-00000069'])
    expect((await sendRaw(practice, 'GET', signedUrl('soon'), {})).ec).toBe('0002-00000070')
    expect(
      (await sendRaw(practice, 'GET', signedUrl(soon, '/practice-bucket/other'), {})).code,
    ).toBe('SignatureDoesNotMatch')
    expect((await sendRaw(practice, 'HEAD', signedUrl(soon), {})).status).toBe(403)
  })
})

describe('addressing', () => {
  test('a Host that names the bucket, with the key alone in the path', async () => {
    const headers = {
      ...signedHeaders(practice, { key: 'a b/ü' }),
      host: 'practice-bucket.oss-cn-hangzhou.aliyuncs.com',
    }
    expect((await sendRaw(practice, 'GET', '/a%20b/%C3%BC', headers)).text).toBe('hello')
  })

  test.each([
    ['percent signs that are none', '/practice-bucket/%zz', 400],
    ['bytes that are not UTF-8', '/practice-bucket/%ff', 400],
    ['a query that does not decode', '/practice-bucket/?prefix=%e0', 400],
  ])('%s', async (_name, path, status) => {
    expect((await sendRaw(practice, 'GET', path, signedHeaders(practice, {}))).status).toBe(status)
  })
})
