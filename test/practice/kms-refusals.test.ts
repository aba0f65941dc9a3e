import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { KmsLog } from '../../electron/practice/kms/log.ts'
import { Nonces } from '../../electron/practice/kms/nonces.ts'
import type { Practice } from '../tools/practice.ts'
import { freshPractice } from './harness.ts'
import { callAcs3, callV1, textOf, type Asked, type Call } from './kms-harness.ts'

let practice: Practice
let blob: string
let [disabled, dying] = ['', '']
beforeAll(async () => {
  practice = await freshPractice()
  blob = textOf(
    await callV1(practice, {
      action: 'Encrypt',
      params: { KeyId: 'alias/practice', Plaintext: 'x', EncryptionContext: '{"a":"b"}' },
    }),
    'CiphertextBlob',
  )
  disabled = practice.kms.createKey().id
  dying = practice.kms.createKey().id
  practice.kms.setState(disabled, 'Disabled')
  practice.kms.setState(dying, 'PendingDeletion')
})
afterAll(() => practice.close())

const MINUTE = 60_000
const main = () => ({
  accessKeyId: practice.accessKeyId,
  accessKeySecret: practice.accessKeySecret,
})
const check = async (call: Call, asked: Asked, status: number, code: string) => {
  const got = await call(practice, asked)
  expect([got.status, got.code]).toEqual([status, code])
  if (code !== '')
    expect(got.json).toMatchObject({
      HttpStatus: status,
      Message: expect.any(String) as string,
      RequestId: expect.any(String) as string,
    })
  expect(practice.kms.log.entries().at(-1)).toMatchObject({ status, code })
}

describe.each([
  ['version 1.0', callV1],
  ['ACS3', callAcs3],
] as const)(
  'who asks, signed with %s (source: errors.ts says of each code where it is from)',
  (name, call) => {
    const rows: readonly (readonly [string, () => Asked, number, string])[] = [
      ['right', () => ({}), 200, ''],
      [
        'wrong secret',
        () => ({ credentials: { ...main(), accessKeySecret: 'wrong' } }),
        400,
        'SignatureDoesNotMatch',
      ],
      [
        'unknown key id',
        () => ({ credentials: { ...main(), accessKeyId: 'LTAInobody' } }),
        404,
        'InvalidAccessKeyId.NotFound',
      ],
      ['14 minutes slow', () => ({ at: Date.now() - 14 * MINUTE }), 200, ''],
      ['14 minutes fast', () => ({ at: Date.now() + 14 * MINUTE }), 200, ''],
      [
        '16 minutes slow',
        () => ({ at: Date.now() - 16 * MINUTE }),
        400,
        'InvalidTimeStamp.Expired',
      ],
      [
        '16 minutes fast',
        () => ({ at: Date.now() + 16 * MINUTE }),
        400,
        'InvalidTimeStamp.Expired',
      ],
      [
        'a token that was never issued',
        () => ({ credentials: { ...main(), securityToken: 'x' } }),
        400,
        'InvalidSecurityToken.Malformed',
      ],
      [
        "temporary credentials with another's token",
        () => ({
          credentials: {
            ...practice.issueToken({ expiresInMs: MINUTE }),
            securityToken: practice.issueToken({ expiresInMs: MINUTE }).securityToken,
          },
        }),
        400,
        'InvalidSecurityToken.Malformed',
      ],
      [
        'temporary credentials that ended',
        () => ({ credentials: practice.issueToken({ expiresInMs: -1 }) }),
        400,
        'InvalidSecurityToken.Expired',
      ],
      [
        'temporary credentials without their token',
        () => {
          const { accessKeyId, accessKeySecret } = practice.issueToken({ expiresInMs: MINUTE })
          return { credentials: { accessKeyId, accessKeySecret } }
        },
        404,
        'InvalidAccessKeyId.NotFound',
      ],
      ['an action that is none', () => ({ action: 'OpenSesame' }), 404, 'InvalidAction.NotFound'],
      [
        'a parameter changed after signing',
        () => ({
          params: { PageSize: '5' },
          tamper: ({ query }) => ({ query: { ...query, PageSize: '50' } }),
        }),
        400,
        'SignatureDoesNotMatch',
      ],
      [
        'a form changed after signing',
        () => ({
          params: { PageSize: '5' },
          place: 'form',
          tamper: () => ({ body: 'PageSize=50' }),
        }),
        400,
        'SignatureDoesNotMatch',
      ],
      [
        'a parameter added after signing',
        () => ({ tamper: ({ query }) => ({ query: { ...query, KeyId: 'x' } }) }),
        400,
        'SignatureDoesNotMatch',
      ],
      [
        'signed for another method',
        () => ({ method: 'GET', tamper: () => ({ method: 'POST' }) }),
        400,
        'SignatureDoesNotMatch',
      ],
      ['a path', () => ({ tamper: () => ({ path: '/keys' }) }), 404, 'InvalidAction.NotFound'],
      [
        'a path that is no URL',
        () => ({ tamper: () => ({ path: '//[' }) }),
        404,
        'InvalidAction.NotFound',
      ],
      ['another method', () => ({ method: 'PUT' }), 403, 'UnsupportedHTTPMethod'],
      [
        'a body that is far too long',
        () => ({ params: { Plaintext: 'x'.repeat(100_000) }, place: 'form' }),
        400,
        'InvalidParameter',
      ],
    ]
    test.each(rows)('%s', (_row, asked, status, code) => check(call, asked(), status, code))

    test('a nonce works once', async () => {
      const nonce = `used once, ${name}`
      await check(call, { nonce }, 200, '')
      await check(call, { nonce }, 400, 'SignatureNonceUsed')
      await check(
        call,
        { nonce, credentials: practice.issueToken({ expiresInMs: MINUTE }) },
        200,
        '',
      )
    })

    test('a refused request does not use up its nonce', async () => {
      const nonce = `not yet used, ${name}`
      await check(
        call,
        { nonce, credentials: { ...main(), accessKeySecret: 'wrong' } },
        400,
        'SignatureDoesNotMatch',
      )
      await check(call, { nonce }, 200, '')
    })

    test('a mismatch never shows the secret', async () => {
      const got = await call(practice, { credentials: { ...main(), accessKeySecret: 'wrong' } })
      expect(got.text).not.toContain(practice.accessKeySecret)
    })
  },
)

describe('common parameters', () => {
  const rows: readonly (readonly [string, string | undefined, number, string])[] = [
    ['Action', undefined, 400, 'MissingParameter'],
    ['Version', undefined, 400, 'MissingParameter'],
    ['Version', '2015-01-01', 400, 'InvalidVersion'],
    ['AccessKeyId', undefined, 400, 'MissingParameter'],
    ['SignatureMethod', undefined, 400, 'MissingParameter'],
    ['SignatureMethod', 'HMAC-MD5', 400, 'InvalidSignatureMethod'],
    ['SignatureVersion', undefined, 400, 'MissingParameter'],
    ['SignatureVersion', '2.0', 400, 'InvalidParameter'],
    ['SignatureNonce', undefined, 400, 'MissingParameter'],
    ['SignatureNonce', '', 400, 'MissingParameter'],
    ['Timestamp', undefined, 400, 'IllegalTimestamp'],
    ['Timestamp', '2026-01-01 00:00:00', 400, 'InvalidTimeStamp.Format'],
    ['Timestamp', '2026-01-01T00:00:00.000Z', 400, 'InvalidTimeStamp.Format'],
    ['Timestamp', '2026-13-01T00:00:00Z', 400, 'InvalidTimeStamp.Format'],
  ]
  test.each(rows)('version 1.0: %s is %j', (name, value, status, code) =>
    check(callV1, { common: { [name]: value } }, status, code),
  )
  test('version 1.0 without Signature', () =>
    check(
      callV1,
      {
        tamper: ({ query: { Signature, ...query } }) => ({
          query: { ...query, Nothing: Signature ?? '' },
        }),
      },
      400,
      'IncompleteSignature',
    ))

  const headers: readonly (readonly [string, string | undefined, number, string])[] = [
    ['x-acs-action', undefined, 400, 'MissingParameter'],
    ['x-acs-version', undefined, 400, 'MissingParameter'],
    ['x-acs-version', '2015-01-01', 400, 'InvalidVersion'],
    ['x-acs-signature-nonce', undefined, 400, 'MissingParameter'],
    ['x-acs-date', undefined, 400, 'IllegalTimestamp'],
    ['x-acs-date', 'today', 400, 'InvalidTimeStamp.Format'],
    ['x-acs-content-sha256', undefined, 400, 'MissingParameter'],
    ['x-acs-content-sha256', '0'.repeat(64), 400, 'SignatureDoesNotMatch'],
  ]
  test.each(headers)('ACS3: %s is %j', (name, value, status, code) =>
    check(callAcs3, { common: { [name]: value } }, status, code),
  )

  const authorizations: readonly (readonly [string, (text: string) => string, string])[] = [
    ['another scheme', () => 'Basic abc', 'InvalidSignatureMethod'],
    ['another algorithm', (text) => text.replace('SHA256', 'SM3'), 'InvalidSignatureMethod'],
    ['nonsense', () => 'ACS3-HMAC-SHA256 nonsense', 'IncompleteSignature'],
    ['no signature', (text) => text.replace(/,Signature.*/, ''), 'IncompleteSignature'],
    ['a header left unsigned', (text) => text.replace('x-acs-date;', ''), 'IncompleteSignature'],
    ['the host left unsigned', (text) => text.replace('host;', ''), 'IncompleteSignature'],
    [
      'a signature with a wrong digit',
      (text) => text.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')),
      'SignatureDoesNotMatch',
    ],
  ]
  test.each(authorizations)('ACS3 authorization: %s', (_row, change, code) =>
    check(
      callAcs3,
      {
        tamper: ({ headers: { authorization = '', ...rest } }) => ({
          headers: { ...rest, authorization: change(authorization) },
        }),
      },
      400,
      code,
    ),
  )

  test.each([
    ['x-acs-action', () => 'ListAliases', 'SignatureDoesNotMatch'],
    ['x-acs-date', () => `${new Date().toISOString().slice(0, 19)}Z`, 'SignatureDoesNotMatch'],
    ['x-acs-extra', () => '1', 'IncompleteSignature'],
  ])('ACS3: %s changed after signing', (name, value, code) =>
    check(
      callAcs3,
      {
        at: Date.now() - MINUTE,
        tamper: ({ headers: rest }) => ({ headers: { ...rest, [name]: value() } }),
      },
      400,
      code,
    ),
  )

  test('ACS3 takes action and version as parameters too', () =>
    check(
      callAcs3,
      {
        params: { Action: 'ListAliases', Version: '2016-01-20' },
        common: { 'x-acs-action': undefined, 'x-acs-version': undefined },
      },
      200,
      '',
    ))
})

describe('what is asked', () => {
  const rows: readonly (readonly [
    string,
    () => Readonly<Record<string, string>>,
    number,
    string,
  ])[] = [
    ['Encrypt', () => ({ Plaintext: 'x' }), 400, 'MissingParameter'],
    ['Encrypt', () => ({ KeyId: 'alias/practice' }), 400, 'MissingParameter'],
    ['Encrypt', () => ({ KeyId: 'alias/practice', Plaintext: '' }), 400, 'MissingParameter'],
    ['Encrypt', () => ({ KeyId: 'alias/practice', Plaintext: 'x'.repeat(8192) }), 200, ''],
    [
      'Encrypt',
      () => ({ KeyId: 'alias/practice', Plaintext: 'x'.repeat(8193) }),
      400,
      'InvalidParameter',
    ],
    [
      'Encrypt',
      () => ({ KeyId: 'alias/practice', Plaintext: 'ü'.repeat(4097) }),
      400,
      'InvalidParameter',
    ],
    ['Encrypt', () => ({ KeyId: 'nobody', Plaintext: 'x' }), 404, 'Forbidden.KeyNotFound'],
    ['Encrypt', () => ({ KeyId: 'alias/nobody', Plaintext: 'x' }), 404, 'Forbidden.AliasNotFound'],
    [
      'Encrypt',
      () => ({ KeyId: practice.kms.cmkArn.replace('cn-hangzhou', 'cn-beijing'), Plaintext: 'x' }),
      404,
      'Forbidden.KeyNotFound',
    ],
    ['Encrypt', () => ({ KeyId: disabled, Plaintext: 'x' }), 409, 'Rejected.Disabled'],
    ['Encrypt', () => ({ KeyId: dying, Plaintext: 'x' }), 409, 'Rejected.PendingDeletion'],
    ['GenerateDataKey', () => ({}), 400, 'MissingParameter'],
    ['GenerateDataKey', () => ({ KeyId: disabled }), 409, 'Rejected.Disabled'],
    [
      'GenerateDataKey',
      () => ({ KeyId: 'alias/practice', KeySpec: 'AES_512' }),
      400,
      'InvalidParameter',
    ],
    [
      'GenerateDataKey',
      () => ({ KeyId: 'alias/practice', NumberOfBytes: '0' }),
      400,
      'InvalidParameter',
    ],
    [
      'GenerateDataKey',
      () => ({ KeyId: 'alias/practice', NumberOfBytes: '1025' }),
      400,
      'InvalidParameter',
    ],
    [
      'GenerateDataKey',
      () => ({ KeyId: 'alias/practice', NumberOfBytes: '1.5' }),
      400,
      'InvalidParameter',
    ],
    ['Decrypt', () => ({}), 400, 'MissingParameter'],
    ['Decrypt', () => ({ CiphertextBlob: blob, EncryptionContext: '{"a":"b"}' }), 200, ''],
    ['Decrypt', () => ({ CiphertextBlob: blob }), 400, 'InvalidParameter'],
    [
      'Decrypt',
      () => ({ CiphertextBlob: blob, EncryptionContext: '{"a":"c"}' }),
      400,
      'InvalidParameter',
    ],
    ['Decrypt', () => ({ CiphertextBlob: 'not base64!' }), 400, 'InvalidParameter'],
    ['Decrypt', () => ({ CiphertextBlob: 'YWJj' }), 400, 'InvalidParameter'],
    [
      'Decrypt',
      () => ({ CiphertextBlob: ` ${blob}`, EncryptionContext: '{"a":"b"}' }),
      400,
      'InvalidParameter',
    ],
    // The text that an SDK of the other wire form would send.
    [
      'Decrypt',
      () => ({
        CiphertextBlob: Buffer.from(blob).toString('base64'),
        EncryptionContext: '{"a":"b"}',
      }),
      400,
      'InvalidParameter',
    ],
    [
      'Decrypt',
      () => ({
        CiphertextBlob: Buffer.from(
          `5b819435-90e1-45fe-a775-43078c83d0c5${'x'.repeat(60)}`,
        ).toString('base64'),
      }),
      404,
      'Forbidden.KeyNotFound',
    ],
    [
      'ReEncrypt',
      () => ({ CiphertextBlob: blob, SourceEncryptionContext: '{"a":"b"}' }),
      400,
      'MissingParameter',
    ],
    ['ReEncrypt', () => ({ DestinationKeyId: 'alias/practice' }), 400, 'MissingParameter'],
    [
      'ReEncrypt',
      () => ({ CiphertextBlob: blob, DestinationKeyId: 'alias/practice' }),
      400,
      'InvalidParameter',
    ],
    [
      'ReEncrypt',
      () => ({
        CiphertextBlob: blob,
        SourceEncryptionContext: '{"a":"b"}',
        DestinationKeyId: disabled,
      }),
      409,
      'Rejected.Disabled',
    ],
    [
      'ReEncrypt',
      () => ({
        CiphertextBlob: blob,
        SourceEncryptionContext: '{"a":"b"}',
        DestinationKeyId: 'alias/practice',
        DestinationEncryptionContext: '[]',
      }),
      400,
      'InvalidParameter',
    ],
    ['DescribeKey', () => ({}), 400, 'MissingParameter'],
    ['DescribeKey', () => ({ KeyId: disabled }), 200, ''],
    ['DescribeKey', () => ({ KeyId: 'alias/nobody' }), 404, 'Forbidden.AliasNotFound'],
    ['ListKeys', () => ({ PageSize: '0' }), 400, 'InvalidParameter'],
    ['ListKeys', () => ({ PageSize: '101' }), 400, 'InvalidParameter'],
    ['ListKeys', () => ({ PageNumber: '0' }), 400, 'InvalidParameter'],
    ['ListKeys', () => ({ PageNumber: 'one' }), 400, 'InvalidParameter'],
    ['ListKeys', () => ({ Filters: '[]' }), 400, 'UnsupportedOperation'],
    ['ListAliases', () => ({ PageSize: '-1' }), 400, 'InvalidParameter'],
  ]
  test.each(rows)('%s %#', (action, params, status, code) =>
    check(callAcs3, { action, params: params(), place: 'form' }, status, code),
  )

  const dataKey = (EncryptionContext: string): Asked => ({
    action: 'GenerateDataKey',
    params: { KeyId: 'alias/practice', EncryptionContext },
    place: 'form',
  })
  test.each([
    ['[{"Key":"Value"}]'],
    ['{"Key":12345}'],
    ['{"Key":["a"]}'],
    ['{"Key":null}'],
    ['null'],
    ['"text"'],
    ['{'],
    ['{"x-passphrase":"with a " in it"}'],
  ])('the context %s (source: KMS documentation 42975)', (context) =>
    check(callAcs3, dataKey(context), 400, 'InvalidParameter'),
  )
  test.each([
    [8192, 200, ''],
    [8193, 400, 'InvalidParameter'],
  ])('a context of %d characters', (chars, status, code) =>
    check(callAcs3, dataKey(`{"a":"${'x'.repeat(chars - '{"a":""}'.length)}"}`), status, code),
  )

  test('a key that was disabled after it sealed opens nothing, and does again when it is enabled', async () => {
    const { id } = practice.kms.createKey()
    const CiphertextBlob = textOf(
      await callAcs3(practice, { action: 'Encrypt', params: { KeyId: id, Plaintext: 'x' } }),
      'CiphertextBlob',
    )
    const outcomes = []
    for (const state of ['Disabled', 'PendingDeletion', 'Enabled'] as const) {
      practice.kms.setState(id, state)
      outcomes.push(
        (await callAcs3(practice, { action: 'Decrypt', params: { CiphertextBlob } })).code,
      )
    }
    expect(outcomes).toEqual(['Rejected.Disabled', 'Rejected.PendingDeletion', ''])
  })

  test('the date of deletion is told while it is coming', async () => {
    const { json } = await callAcs3(practice, { action: 'DescribeKey', params: { KeyId: dying } })
    expect(json).toMatchObject({
      KeyMetadata: {
        KeyState: 'PendingDeletion',
        DeleteDate: expect.stringMatching(/Z$/) as string,
      },
    })
  })
})

test('nonces are forgotten when nothing signed with them can be valid any more', () => {
  const nonces = new Nonces(30 * MINUTE)
  expect([
    nonces.use('a', 0),
    nonces.use('a', 1),
    nonces.use('b', 10 * MINUTE),
    nonces.use('a', 30 * MINUTE - 1),
    nonces.use('a', 30 * MINUTE),
    nonces.use('b', 31 * MINUTE),
  ]).toEqual([true, false, true, false, true, false])
})

test('a replay is refused for as long as its timestamp is good', async () => {
  let now = Date.now()
  const own = await freshPractice({ now: () => now })
  try {
    const at = now + 14 * MINUTE
    const again = () => callV1(own, { at, nonce: 'n' })
    const codes = [(await again()).code]
    now += 28 * MINUTE
    codes.push((await again()).code)
    now += 2 * MINUTE
    codes.push((await again()).code)
    expect(codes).toEqual(['', 'SignatureNonceUsed', 'InvalidTimeStamp.Expired'])
  } finally {
    await own.close()
  }
})

test('what is not HTTP, or goes away, does no harm', async () => {
  const sent = request({
    host: '127.0.0.1',
    port: practice.kms.port,
    method: 'POST',
    headers: { 'content-length': 100 },
  })
  sent.on('error', () => {})
  sent.write('half')
  await new Promise<void>(
    (resolve) => void sent.once('socket', (socket) => void socket.once('connect', () => resolve())),
  )
  sent.destroy()
  await check(callV1, {}, 200, '')
})

test('the log keeps its last ten thousand, and what it had to say of each', () => {
  const log = new KmsLog()
  for (let i = 0; i < 10_001; i++) log.open(String(i))
  expect([
    log.entries().length,
    log.entries().at(-1)?.requestId,
    log.entries()[0]?.requestId,
  ]).toEqual([9001, '10000', '1000'])
})

test('the log holds nothing that a client sent: neither plaintext, blob, context, token nor signature', async () => {
  practice.kms.log.clear()
  const secrets = ['PLAINTEXTplaintext', 'CONTEXTcontext', 'NONCEnonce']
  const credentials = practice.issueToken({ expiresInMs: MINUTE })
  for (const call of [callV1, callAcs3]) {
    for (const place of ['query', 'form'] as const) {
      const sealed = await call(practice, {
        action: 'Encrypt',
        place,
        credentials,
        nonce: `${call.name}NONCEnonce${place}`,
        params: {
          KeyId: 'alias/practice',
          Plaintext: 'PLAINTEXTplaintext',
          EncryptionContext: '{"a":"CONTEXTcontext"}',
        },
      })
      secrets.push(textOf(sealed, 'CiphertextBlob'))
      await call(practice, {
        action: 'Decrypt',
        place,
        credentials,
        params: {
          CiphertextBlob: textOf(sealed, 'CiphertextBlob'),
          EncryptionContext: '{"a":"CONTEXTcontext"}',
        },
      })
      // Rubbish in the wrong places.
      await call(practice, {
        action: 'PLAINTEXTplaintext',
        params: { PLAINTEXTplaintext: 'CONTEXTcontext', KeyId: 'PLAINTEXTplaintext' },
        place,
      })
      await call(practice, {
        credentials: { ...credentials, accessKeySecret: 'wrong' },
        params: { Plaintext: 'PLAINTEXTplaintext' },
      })
    }
  }
  const entries = practice.kms.log.entries()
  expect(entries.length).toBe(16)
  expect(entries[0]).toMatchObject({
    method: 'POST',
    action: 'Encrypt',
    keyId: practice.kms.cmkId,
    signed: 'v1',
    context: true,
    status: 200,
    code: '',
  })
  expect(entries[14]).toMatchObject({
    action: '',
    keyId: '',
    signed: 'acs3',
    context: false,
    status: 404,
    code: 'InvalidAction.NotFound',
  })
  const shown = JSON.stringify(entries)
  for (const secret of [
    ...secrets,
    credentials.securityToken,
    credentials.accessKeySecret,
    credentials.accessKeyId,
  ])
    expect(shown).not.toContain(secret)
  expect(Object.keys(entries[0] ?? {}).sort()).toEqual([
    'action',
    'code',
    'context',
    'keyId',
    'method',
    'requestId',
    'signed',
    'status',
  ])
})
