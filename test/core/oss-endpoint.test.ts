import { describe, expect, test } from 'vitest'
import { readEndpoint, urlOf, type Endpoint } from '../../electron/core/oss/endpoint.ts'
import { Failure } from '../../shared/contract/errors.ts'
import { plainRegion, regionOfEndpoint } from '../../shared/contract/regions.ts'

describe('readEndpoint', () => {
  test.each([
    [
      'oss-cn-hangzhou.aliyuncs.com',
      '',
      'https://oss-cn-hangzhou.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      ' https://oss-cn-hangzhou.aliyuncs.com/ ',
      '',
      'https://oss-cn-hangzhou.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      'HTTPS://OSS-CN-Hangzhou.aliyuncs.com',
      '',
      'https://oss-cn-hangzhou.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      'oss-cn-hangzhou-internal.aliyuncs.com',
      '',
      'https://oss-cn-hangzhou-internal.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      'oss-us-west-1.aliyuncs.com:8443',
      '',
      'https://oss-us-west-1.aliyuncs.com:8443',
      'us-west-1',
      'host',
    ],
    [
      'cn-hangzhou.oss.aliyuncs.com',
      '',
      'https://cn-hangzhou.oss.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      'cn-hangzhou-internal.oss.aliyuncs.com',
      '',
      'https://cn-hangzhou-internal.oss.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      'vpc100-oss-cn-hangzhou.aliyuncs.com',
      '',
      'https://vpc100-oss-cn-hangzhou.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      'oss-cn-shanghai-finance-1.aliyuncs.com',
      '',
      'https://oss-cn-shanghai-finance-1.aliyuncs.com',
      'cn-shanghai-finance-1',
      'host',
    ],
    [
      'oss-cn-north-2-gov-1-internal.aliyuncs.com',
      '',
      'https://oss-cn-north-2-gov-1-internal.aliyuncs.com',
      'cn-north-2-gov-1',
      'host',
    ],
    [
      'oss-cn-hangzhou.aliyuncs.com.',
      '',
      'https://oss-cn-hangzhou.aliyuncs.com',
      'cn-hangzhou',
      'host',
    ],
    [
      'oss-cn-hangzhou.aliyuncs.com.:8443',
      '',
      'https://oss-cn-hangzhou.aliyuncs.com:8443',
      'cn-hangzhou',
      'host',
    ],
    [
      'oss-accelerate.aliyuncs.com',
      'cn-beijing',
      'https://oss-accelerate.aliyuncs.com',
      'cn-beijing',
      'host',
    ],
    [
      'oss-cn-hangzhou.aliyuncs.com',
      'oss-cn-beijing',
      'https://oss-cn-hangzhou.aliyuncs.com',
      'cn-beijing',
      'host',
    ],
    ['http://127.0.0.1:9000', 'practice', 'http://127.0.0.1:9000', 'practice', 'path'],
    ['http://localhost:9000/', 'cn-hangzhou', 'http://localhost:9000', 'cn-hangzhou', 'path'],
    ['http://[::1]:9000', 'cn-hangzhou', 'http://[::1]:9000', 'cn-hangzhou', 'path'],
    ['https://10.1.2.3', 'cn-hangzhou', 'https://10.1.2.3', 'cn-hangzhou', 'path'],
    ['storage.example.com', 'cn-hangzhou', 'https://storage.example.com', 'cn-hangzhou', 'host'],
  ])('%j in %j', (typed, region, origin, named, style) => {
    expect(readEndpoint(typed, region)).toEqual({
      ok: true,
      value: { origin, region: named, style },
    })
    // The form of the window reads what is typed by the same rule.
    if (region === '') expect(regionOfEndpoint(typed)).toBe(named)
  })

  test.each([
    ['', '', 'bad-endpoint'],
    ['   ', 'cn-hangzhou', 'bad-endpoint'],
    ['not a host', 'cn-hangzhou', 'bad-endpoint'],
    ['ftp://oss-cn-hangzhou.aliyuncs.com', '', 'bad-endpoint'],
    ['file:///etc/passwd', 'cn-hangzhou', 'bad-endpoint'],
    ['https://user:secret@oss-cn-hangzhou.aliyuncs.com', '', 'bad-endpoint'],
    ['https://oss-cn-hangzhou.aliyuncs.com/bucket', '', 'bad-endpoint'],
    ['https://oss-cn-hangzhou.aliyuncs.com/?x=1', '', 'bad-endpoint'],
    ['https://oss-cn-hangzhou.aliyuncs.com/#x', '', 'bad-endpoint'],
    // The bucket's own address, as the console shows it.
    ['my-bucket.oss-cn-hangzhou.aliyuncs.com', '', 'bad-endpoint'],
    // No region in the name, none given.
    ['oss-accelerate.aliyuncs.com', '', 'bad-endpoint'],
    ['https://127.0.0.1:9000', '', 'bad-endpoint'],
    ['storage.example.com', '', 'bad-endpoint'],
    ['oss-cn-hangzhou.aliyuncs.com', 'cn hangzhou', 'bad-endpoint'],
    ['oss-cn-hangzhou.aliyuncs.com', '华东1', 'bad-endpoint'],
    ['http://oss-cn-hangzhou.aliyuncs.com', '', 'insecure-endpoint'],
    ['http://10.1.2.3:9000', 'cn-hangzhou', 'insecure-endpoint'],
    ['http://127.0.0.1.example.com', 'cn-hangzhou', 'insecure-endpoint'],
  ])('%j in %j is refused: %s', (typed, region, code) => {
    const shown: Readonly<Record<string, string>> = {
      'https://user:secret@oss-cn-hangzhou.aliyuncs.com': 'https://…@oss-cn-hangzhou.aliyuncs.com',
      'https://oss-cn-hangzhou.aliyuncs.com/?x=1': 'https://oss-cn-hangzhou.aliyuncs.com/?…',
      'https://oss-cn-hangzhou.aliyuncs.com/#x': 'https://oss-cn-hangzhou.aliyuncs.com/#…',
    }
    const open =
      region === '' &&
      ['oss-accelerate.aliyuncs.com', 'https://127.0.0.1:9000', 'storage.example.com'].includes(
        typed,
      )
    expect(readEndpoint(typed, region)).toEqual({
      ok: false,
      error: { code, endpoint: shown[typed] ?? typed, ...(open && { problem: 'no-region' }) },
    })
  })
})

test.each([
  ['cn-hangzhou', 'cn-hangzhou'],
  ['oss-cn-hangzhou', 'cn-hangzhou'],
  ['oss-cn-hangzhou-internal', 'cn-hangzhou'],
  ['oss-cn-shanghai-finance-1', 'cn-shanghai-finance-1'],
])('region %s is %s', (name, region) => expect(plainRegion(name)).toBe(region))

describe('urlOf', () => {
  const host: Endpoint = {
    origin: 'https://oss-cn-hangzhou.aliyuncs.com:8443',
    region: 'cn-hangzhou',
    style: 'host',
  }
  const path: Endpoint = { origin: 'http://127.0.0.1:9000', region: 'cn-hangzhou', style: 'path' }
  test.each([
    [host, null, null, 'https://oss-cn-hangzhou.aliyuncs.com:8443/'],
    [host, 'bkt', null, 'https://bkt.oss-cn-hangzhou.aliyuncs.com:8443/'],
    [
      host,
      'bkt',
      'a b/你?#%',
      'https://bkt.oss-cn-hangzhou.aliyuncs.com:8443/a%20b/%E4%BD%A0%3F%23%25',
    ],
    [host, 'bkt', '../../x', 'https://bkt.oss-cn-hangzhou.aliyuncs.com:8443/../../x'],
    [path, null, null, 'http://127.0.0.1:9000/'],
    [path, 'bkt', null, 'http://127.0.0.1:9000/bkt/'],
    [path, 'bkt', "it's/*", 'http://127.0.0.1:9000/bkt/it%27s/%2A'],
  ])('%#', (endpoint, bucket, key, url) => {
    expect(urlOf(endpoint, bucket, key)).toBe(url)
  })
  test.each([
    '',
    'ab',
    'evil.example.com/',
    'a/b',
    'UPPER',
    '-abc',
    'abc-',
    'a'.repeat(64),
    'x@y',
    '你好你',
  ])('bucket %j never becomes part of a host name', (bucket) => {
    expect(() => urlOf(host, bucket, 'k')).toThrow(Failure)
  })
  test('a key without UTF-8', () => {
    expect(() => urlOf(host, 'bkt', 'a\ud83d')).toThrow(Failure)
  })
})
