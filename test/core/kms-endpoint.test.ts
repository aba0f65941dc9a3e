import { describe, expect, test } from 'vitest'
import { readCmkArn } from '../../electron/core/keys/kms/kms-arn.ts'
import { contextText, passphraseContext } from '../../electron/core/keys/kms/kms-context.ts'
import { readKmsEndpoint } from '../../electron/core/keys/kms/kms-endpoint.ts'

describe('readKmsEndpoint', () => {
  // The forms of formats 6, and a proxy of one's own.
  test.each([
    ['', 'cn-hangzhou', 'https', 'kms.cn-hangzhou.aliyuncs.com'],
    ['  ', 'rus-west-1', 'https', 'kms.rus-west-1.aliyuncs.com'],
    ['', 'cn-shanghai-finance-1', 'https', 'kms.cn-shanghai-finance-1.aliyuncs.com'],
    [
      'kms-vpc.cn-hangzhou.aliyuncs.com',
      'cn-hangzhou',
      'https',
      'kms-vpc.cn-hangzhou.aliyuncs.com',
    ],
    [
      'https://kst-hzz65f176a0ogplgq4example.cryptoservice.kms.aliyuncs.com/',
      'cn-hangzhou',
      'https',
      'kst-hzz65f176a0ogplgq4example.cryptoservice.kms.aliyuncs.com',
    ],
    ['kms.example.com:8443', 'cn-hangzhou', 'https', 'kms.example.com:8443'],
    ['http://127.0.0.1:9000', 'cn-hangzhou', 'http', '127.0.0.1:9000'],
    ['http://[::1]:9000/', 'cn-hangzhou', 'http', '[::1]:9000'],
    ['http://localhost:9000', 'cn-hangzhou', 'http', 'localhost:9000'],
  ])('%j in %j', (typed, region, protocol, authority) => {
    expect(readKmsEndpoint(typed, region)).toEqual({ ok: true, value: { protocol, authority } })
  })

  test.each<readonly [string, string, string]>([
    ['http://kms.cn-hangzhou.aliyuncs.com', 'cn-hangzhou', 'insecure-endpoint'],
    ['http://127.0.0.1.example.com', 'cn-hangzhou', 'insecure-endpoint'],
    ['ftp://kms.cn-hangzhou.aliyuncs.com', 'cn-hangzhou', 'bad-endpoint'],
    ['https://kms.example.com/path', 'cn-hangzhou', 'bad-endpoint'],
    ['https://kms.example.com?x=1', 'cn-hangzhou', 'bad-endpoint'],
    ['https://user:secret@kms.example.com', 'cn-hangzhou', 'bad-endpoint'],
    ['not a host', 'cn-hangzhou', 'bad-endpoint'],
    // A region becomes part of a host name.
    ...[
      '',
      'hangzhou',
      'cn-hangzhou.evil.example',
      'evil.example/',
      'cn-hangzhou#',
      'cn-hangzhou@evil',
      'cn-hangzhou:80',
      'CN-Hangzhou',
      ' cn-hangzhou',
      'cn-',
      '-cn-hangzhou',
      'cn-hangzhou\n',
    ].map((region) => ['', region, 'bad-endpoint'] as const),
  ])('%j in %j is refused', (typed, region, code) => {
    expect(readKmsEndpoint(typed, region)).toMatchObject({ ok: false, error: { code } })
  })
})

describe('readCmkArn', () => {
  test('takes one apart', () => {
    expect(
      readCmkArn('acs:kms:cn-hangzhou:1234567890123456:key/08c33a6f-4e0a-4a1b-a3fa-7ddfa1d4fb73'),
    ).toEqual({
      region: 'cn-hangzhou',
      account: '1234567890123456',
      id: '08c33a6f-4e0a-4a1b-a3fa-7ddfa1d4fb73',
    })
    expect(readCmkArn('acs:kms:ap-southeast-1:1:key/key-hzz630494463ejqjx')?.id).toBe(
      'key-hzz630494463ejqjx',
    )
  })

  test.each([
    '',
    'key-1',
    'alias/a',
    'acs:kms:cn-hangzhou:1:alias/a',
    'acs:kms:cn-hangzhou:1:key/',
    'acs:kms:cn-hangzhou::key/a',
    'acs:kms::1:key/a',
    'acs:kms:cn-hangzhou:1:key/a:b',
    'acs:oss:cn-hangzhou:1:key/a',
    'arn:aws:kms:cn-hangzhou:1:key/a',
    'acs:kms:cn-hangzhou:1:key/a/b',
    'acs:kms:evil.example/:1:key/a',
    ' acs:kms:cn-hangzhou:1:key/a',
  ])('%j is none', (text) => expect(readCmkArn(text)).toBeNull())
})

describe('the text of a context', () => {
  test.each([
    [null, undefined],
    ['', undefined],
    [new Map(), undefined],
    [new Map([['a', 'b']]), '{"a":"b"}'],
    [new Map([['k"', 'v\\']]), '{"k\\"":"v\\\\"}'],
    [
      new Map([
        ['__proto__', 'x'],
        ['用途', '照片'],
      ]),
      '{"__proto__":"x","用途":"照片"}',
    ],
    // oss2: '{"x-passphrase":"' + passphrase + '"}', without escapes (formats 1.4).
    [passphraseContext('simple'), '{"x-passphrase":"simple"}'],
    [passphraseContext('with "quotes"'), '{"x-passphrase":"with "quotes""}'],
    [passphraseContext('back\\slash'), '{"x-passphrase":"back\\slash"}'],
  ])('%j', (context, text) => expect(contextText(context)).toBe(text))
})
