import { describe, expect, test } from 'vitest'
import { proxyFor, type ProxySettings } from '../../electron/core/net/proxy.ts'
import { connectionTargetOf } from '../../electron/core/net/target.ts'
import { proxySettings } from '../../electron/cli/proxy-settings.ts'
import { Failure } from '../../shared/contract/errors.ts'

const settings = (change: Partial<ProxySettings>): ProxySettings => ({
  https: 'http://p:1',
  http: 'http://127.0.0.1:1',
  except: '',
  direct: [],
  ...change,
})
const OSS = 'https://oss-cn-hangzhou.aliyuncs.com/'

test.each([
  ['http://p:3128', { kind: 'http', host: 'p', port: 3128, login: null }],
  ['p:3128', { kind: 'http', host: 'p', port: 3128, login: null }],
  ['p', { kind: 'http', host: 'p', port: 80, login: null }],
  [' HTTP://P:80/ ', { kind: 'http', host: 'p', port: 80, login: null }],
  ['https://p', { kind: 'https', host: 'p', port: 443, login: null }],
  ['https://p:80', { kind: 'https', host: 'p', port: 80, login: null }],
  ['socks5://p', { kind: 'socks5', host: 'p', port: 1080, login: null }],
  ['socks5h://[::1]:9', { kind: 'socks5', host: '::1', port: 9, login: null }],
  ['socks5://p:80', { kind: 'socks5', host: 'p', port: 80, login: null }],
  ['http://u@p:1', { kind: 'http', host: 'p', port: 1, login: { user: 'u', password: '' } }],
  [
    'http://u%40d:p%3A%2F@p:1',
    { kind: 'http', host: 'p', port: 1, login: { user: 'u@d', password: 'p:/' } },
  ],
  ['u:p@p:1', { kind: 'http', host: 'p', port: 1, login: { user: 'u', password: 'p' } }],
])('%s is a proxy', (https, proxy) => {
  expect(proxyFor(settings({ https }), connectionTargetOf(OSS))).toEqual(proxy)
})

test.each([
  'ftp://p:1',
  'socks4://p:1',
  'socks://p:1',
  'http://',
  'http://p:1/path',
  'http://p:1?x',
  'http://p:99999',
  'http://a b',
  'http://%zz@p:1',
  `socks5://${'u'.repeat(256)}@p`,
])('%s is none, and is never left out', (https) => {
  expect(() => proxyFor(settings({ https }), connectionTargetOf(OSS))).toThrow(Failure)
})

describe('hosts that are reached directly', () => {
  test.each([
    ['', OSS, false],
    ['*', OSS, true],
    ['aliyuncs.com', OSS, true],
    ['.aliyuncs.com', OSS, true],
    ['*.aliyuncs.com', OSS, true],
    ['ALIYUNCS.com.', OSS, true],
    ['yuncs.com', OSS, false],
    ['oss-cn-hangzhou.aliyuncs.com', OSS, true],
    ['x.oss-cn-hangzhou.aliyuncs.com', OSS, false],
    ['a.com, aliyuncs.com', OSS, true],
    ['a.com aliyuncs.com', OSS, true],
    ['aliyuncs.com:443', OSS, true],
    ['aliyuncs.com:8443', OSS, false],
    ['aliyuncs.com:443', 'https://oss.aliyuncs.com:8443/', false],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/8:443', 'https://10.1.2.3/', true],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['10.1.2.3:443', 'https://10.1.2.3/', true],
    ['1.2.3', 'https://10.1.2.3/', false],
    ['fd00::/8', 'https://[fd12::1]/', true],
    ['[fd12::1]:443', 'https://[fd12::1]/', true],
    ['[fd12::1]', 'https://[fd12:0:0::1]/', true],
    ['fd00::/8', 'https://10.1.2.3/', false],
    ['127.0.0.1', 'http://127.0.0.1:9/', true],
    ['localhost', 'http://127.0.0.1:9/', false],
    ['.', OSS, false],
    [',, ,', OSS, false],
  ])('%j: %s %s', (except, url, isDirect) => {
    expect(proxyFor(settings({ except }), connectionTargetOf(url)) === null).toBe(isDirect)
  })

  test('the practice server is, and nothing else on this computer', () => {
    const own = settings({ direct: ['http://127.0.0.1:9000'] })
    expect(proxyFor(own, connectionTargetOf('http://127.0.0.1:9000/b/k'))).toBeNull()
    expect(proxyFor(own, connectionTargetOf('http://127.0.0.1:9001/b/k'))).not.toBeNull()
  })

  test('the one that it is not for', () => {
    expect(proxyFor(settings({ https: '' }), connectionTargetOf(OSS))).toBeNull()
    expect(proxyFor(settings({ http: '' }), connectionTargetOf('http://localhost/'))).toBeNull()
  })
})

test('nothing without TLS goes to a proxy on another computer', () => {
  const problem = (http: string): string => {
    try {
      proxyFor(settings({ http }), connectionTargetOf('http://127.0.0.1:9000/'))
      return ''
    } catch (cause) {
      const error = (cause as Failure).error
      return error.code === 'proxy' ? error.problem : error.code
    }
  }
  expect(['http://p:1', 'https://p:1', 'socks5://10.0.0.1'].map(problem)).toEqual(
    Array.from({ length: 3 }, () => 'insecure'),
  )
  expect(['http://localhost:1', 'socks5://127.0.0.1', 'http://[::1]:1'].map(problem)).toEqual(
    Array.from({ length: 3 }, () => ''),
  )
})

test.each([
  [{}, { https: '', http: '', except: '' }],
  [
    { HTTPS_PROXY: 'a', HTTP_PROXY: 'b', NO_PROXY: 'c' },
    { https: 'a', http: 'b', except: 'c' },
  ],
  [
    { ALL_PROXY: 'a', HTTP_PROXY: 'b' },
    { https: 'a', http: 'b', except: '' },
  ],
  [
    { all_proxy: 'a', no_proxy: '*' },
    { https: 'a', http: 'a', except: '*' },
  ],
  [
    { https_proxy: 'a', HTTPS_PROXY: 'b' },
    { https: 'a', http: '', except: '' },
  ],
  [
    { https_proxy: '', HTTPS_PROXY: 'b' },
    { https: 'b', http: '', except: '' },
  ],
])('the environment %j', (environment, expected) => {
  expect(proxySettings(environment)).toEqual(expected)
})
