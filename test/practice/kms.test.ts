import { createHmac } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  stringToSignAcs3,
  kmsStringToSign,
  signAcs3,
  kmsSignature,
} from '../../electron/practice/kms/signatures.ts'
import type { Practice } from '../tools/practice.ts'
import { freshPractice, inside } from './harness.ts'
import { callAcs3, callV1, textOf, type Call } from './kms-harness.ts'

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterAll(() => practice.close())

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const B64_KEY = Buffer.alloc(32, 7).toString('base64')
const encrypt = async (
  plaintext: string,
  context?: string,
  call: Call = callAcs3,
  keyId = practice.kms.cmkId,
) =>
  textOf(
    await call(practice, {
      action: 'Encrypt',
      params: {
        KeyId: keyId,
        Plaintext: plaintext,
        ...(context !== undefined && { EncryptionContext: context }),
      },
    }),
    'CiphertextBlob',
  )
const decrypt = (blob: string, context?: string, call: Call = callAcs3) =>
  call(practice, {
    action: 'Decrypt',
    params: { CiphertextBlob: blob, ...(context !== undefined && { EncryptionContext: context }) },
  })

describe('published signatures', () => {
  test.each([
    [
      'KMS documentation 69009',
      'GET',
      'testsecret',
      '41wk2SSX1GJh7fwnc5eqOfiJPFg=',
      {
        Action: 'CreateKey',
        SignatureVersion: '1.0',
        Format: 'json',
        Version: '2016-01-20',
        AccessKeyId: 'testid',
        SignatureMethod: 'HMAC-SHA1',
        Timestamp: '2016-03-28T03:13:08Z',
      },
    ],
    [
      'ECS documentation 25492',
      'GET',
      'testsecret',
      'OLeaidS1JvxuMvnyHOwuJ+uX5qY=',
      {
        Timestamp: '2016-02-23T12:46:24Z',
        Format: 'XML',
        AccessKeyId: 'testid',
        Action: 'DescribeRegions',
        SignatureMethod: 'HMAC-SHA1',
        SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
        Version: '2014-05-26',
        SignatureVersion: '1.0',
      },
    ],
  ])('version 1.0: %s', (_source, method, secret, signature, params) => {
    expect(kmsSignature(secret, kmsStringToSign(method, Object.entries(params)))).toBe(signature)
    expect(
      kmsSignature(
        secret,
        kmsStringToSign(method, Object.entries({ ...params, Signature: 'left out' })),
      ),
    ).toBe(signature)
  })

  test('ACS3: "request syntax and signature method V3"', () => {
    const headers = new Map([
      ['host', 'ecs.cn-shanghai.aliyuncs.com'],
      ['x-acs-action', 'RunInstances'],
      ['x-acs-date', '2023-10-26T10:22:32Z'],
      ['x-acs-content-sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['x-acs-signature-nonce', '3156853299f313e23d1673dc12e1703d'],
      ['x-acs-version', '2014-05-26'],
    ])
    const query = [
      ['RegionId', 'cn-shanghai'],
      ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
    ] as const
    const toSign = stringToSignAcs3(
      'POST',
      query,
      headers,
      [...headers.keys()].sort(),
      headers.get('x-acs-content-sha256') ?? '',
    )
    expect(signAcs3('YourAccessKeySecret', toSign)).toBe(
      '06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
    )
  })
})

describe.each([
  ['version 1.0', callV1],
  ['ACS3', callAcs3],
] as const)('every action, signed with %s', (_name, call) => {
  test.each([
    ['GET', 'query'],
    ['POST', 'query'],
    ['POST', 'form'],
  ] as const)('Encrypt and Decrypt by %s in the %s', async (method, place) => {
    const plaintext = "a+b/c= *~()'!%20&ü\n"
    const sealed = await call(practice, {
      action: 'Encrypt',
      params: { KeyId: practice.kms.cmkId, Plaintext: plaintext },
      method,
      place,
    })
    expect(sealed.json).toMatchObject({
      KeyId: practice.kms.cmkId,
      KeyVersionId: expect.stringMatching(UUID) as string,
      RequestId: expect.stringMatching(UUID) as string,
    })
    const opened = await call(practice, {
      action: 'Decrypt',
      params: { CiphertextBlob: textOf(sealed, 'CiphertextBlob') },
      method,
      place,
    })
    expect(opened.json).toMatchObject({
      Plaintext: plaintext,
      KeyId: practice.kms.cmkId,
      KeyVersionId: sealed.json['KeyVersionId'],
    })
  })

  test('a blob begins with the id of the key version', async () => {
    const sealed = await call(practice, {
      action: 'Encrypt',
      params: { KeyId: practice.kms.cmkId, Plaintext: 'x' },
    })
    const bytes = Buffer.from(textOf(sealed, 'CiphertextBlob'), 'base64')
    expect(bytes.toString('latin1', 0, 36)).toBe(sealed.json['KeyVersionId'])
  })

  test.each<[Readonly<Record<string, string>>, number]>([
    [{}, 32],
    [{ KeySpec: 'AES_256' }, 32],
    [{ KeySpec: 'AES_128' }, 16],
    [{ NumberOfBytes: '1' }, 1],
    [{ NumberOfBytes: '1024' }, 1024],
    [{ KeySpec: 'AES_256', NumberOfBytes: '32' }, 32],
    [{ KeySpec: 'AES_128', NumberOfBytes: '24' }, 24],
  ])('GenerateDataKey %j: %d bytes', async (params, bytes) => {
    const got = await call(practice, {
      action: 'GenerateDataKey',
      params: { KeyId: practice.kms.cmkId, ...params },
    })
    const plaintext = textOf(got, 'Plaintext')
    expect(Buffer.from(plaintext, 'base64').length).toBe(bytes)
    expect(textOf(await decrypt(textOf(got, 'CiphertextBlob'), undefined, call), 'Plaintext')).toBe(
      plaintext,
    )
  })

  test('ReEncrypt: to another key, under another context', async () => {
    const other = practice.kms.createKey()
    const params = {
      CiphertextBlob: await encrypt(B64_KEY, '{"a":"1"}', call),
      SourceEncryptionContext: '{"a":"1"}',
      DestinationKeyId: other.arn,
      DestinationEncryptionContext: '{"b":"2"}',
    }
    const got = await call(practice, { action: 'ReEncrypt', params })
    expect(got.json).toMatchObject({ KeyId: other.id })
    const blob = textOf(got, 'CiphertextBlob')
    expect((await decrypt(blob, '{"b":"2"}', call)).json).toMatchObject({
      Plaintext: B64_KEY,
      KeyId: other.id,
    })
    expect((await decrypt(blob, '{"a":"1"}', call)).code).toBe('InvalidParameter')
  })

  test.each([['id'], ['alias'], ['ARN']])('DescribeKey by %s', async (by) => {
    const { cmkId, cmkArn } = practice.kms
    const KeyId = by === 'id' ? cmkId : by === 'alias' ? 'alias/practice' : cmkArn
    expect((await call(practice, { action: 'DescribeKey', params: { KeyId } })).json).toMatchObject(
      {
        KeyMetadata: {
          KeyId: cmkId,
          Arn: cmkArn,
          KeyState: 'Enabled',
          KeyUsage: 'ENCRYPT/DECRYPT',
          KeySpec: 'Aliyun_AES_256',
          DeleteDate: '',
          CreationDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
        },
      },
    )
    expect(cmkArn).toMatch(new RegExp(`^acs:kms:cn-hangzhou:\\d{16}:key/${cmkId}$`))
  })

  test('ListKeys and ListAliases', async () => {
    const keys = (await call(practice, { action: 'ListKeys' })).json as {
      readonly Keys: { readonly Key: readonly object[] }
    }
    expect(keys).toMatchObject({ PageNumber: 1, PageSize: 10 })
    expect(keys.Keys.Key[0]).toEqual({ KeyId: practice.kms.cmkId, KeyArn: practice.kms.cmkArn })
    const aliases = await call(practice, { action: 'ListAliases' })
    expect(
      (aliases.json as { readonly Aliases: { readonly Alias: readonly object[] } }).Aliases
        .Alias[0],
    ).toEqual({
      AliasName: 'alias/practice',
      KeyId: practice.kms.cmkId,
      AliasArn: practice.kms.cmkArn.replace(/key\/.*/, 'alias/practice'),
    })
  })

  test('temporary credentials', async () => {
    const credentials = practice.issueToken({ expiresInMs: 60_000 })
    expect((await call(practice, { credentials })).status).toBe(200)
  })

  test('XML where it is asked for', async () => {
    const { headers, text } = await call(practice, {
      action: 'GenerateDataKey',
      params: { KeyId: 'alias/practice' },
      format: 'XML',
    })
    expect(headers['content-type']).toMatch(/^text\/xml/)
    const blob = inside(text, 'CiphertextBlob') ?? ''
    expect(textOf(await decrypt(blob, undefined, call), 'Plaintext')).toBe(
      inside(text, 'Plaintext'),
    )
    expect((await call(practice, { format: 'xml' })).text).toMatch(
      /^<\?xml[^>]*>\n<ListKeysResponse><Keys><Key><KeyId>.*<\/Key><Key>.*<\/Keys><TotalCount>/,
    )
    expect(
      (await call(practice, { action: 'DescribeKey', params: { KeyId: 'x' }, format: 'xml' })).text,
    ).toContain('<Code>Forbidden.KeyNotFound</Code>')
  })
})

test('a format that nobody names: XML for version 1.0, JSON for ACS3', async () => {
  expect(
    (await callV1(practice, { common: { Format: undefined } })).headers['content-type'],
  ).toMatch(/xml/)
  expect((await callAcs3(practice)).headers['content-type']).toMatch(/json/)
})

test('pages follow one another, and a page after the last is empty', async () => {
  const own = await freshPractice()
  try {
    for (let i = 0; i < 5; i++) own.kms.createKey({ alias: `alias/k${i}` })
    const page = async (PageNumber: string, PageSize: string) =>
      (await callAcs3(own, { action: 'ListAliases', params: { PageNumber, PageSize } })).json as {
        readonly Aliases: { readonly Alias: readonly { readonly AliasName: string }[] }
        readonly TotalCount: number
      }
    const names = [await page('1', '4'), await page('2', '4'), await page('3', '4')].map(
      ({ Aliases }) => Aliases.Alias.map(({ AliasName }) => AliasName),
    )
    expect(names).toEqual([
      ['alias/practice', 'alias/k0', 'alias/k1', 'alias/k2'],
      ['alias/k3', 'alias/k4'],
      [],
    ])
    expect((await page('9', '0')).TotalCount).toBe(6)
    expect(
      (await callAcs3(own, { params: { PageSize: '3', PageNumber: '3' } })).json,
    ).toMatchObject({ TotalCount: 7, PageNumber: 3, PageSize: 3, Keys: { Key: [{}] } })
  } finally {
    await own.close()
  }
})

describe('laws', () => {
  const texts = fc.string({ unit: 'binary', minLength: 1, maxLength: 200 })
  const words = fc.string({ unit: 'binary', maxLength: 20 })
  const maps = fc.dictionary(words, words, { maxKeys: 6 })

  test('any plaintext comes back unchanged, under any context in any order and spacing', async () => {
    await fc.assert(
      fc.asyncProperty(texts, maps, async (plaintext, context) => {
        const blob = await encrypt(plaintext, JSON.stringify(context), callV1)
        const turned = JSON.stringify(
          Object.fromEntries(Object.entries(context).reverse()),
          null,
          2,
        )
        expect(textOf(await decrypt(blob, turned, callAcs3), 'Plaintext')).toBe(plaintext)
      }),
      { numRuns: 60 },
    )
  })

  test('no other context opens it', async () => {
    await fc.assert(
      fc.asyncProperty(maps, maps, async (one, other) => {
        const same =
          JSON.stringify(Object.entries(one).sort()) ===
          JSON.stringify(Object.entries(other).sort())
        const got = await decrypt(await encrypt('x', JSON.stringify(one)), JSON.stringify(other))
        expect(got.code).toBe(same ? '' : 'InvalidParameter')
      }),
      {
        numRuns: 60,
        examples: [
          [{ a: 'b' }, { a: 'b', c: '' }],
          [{ a: 'bc' }, { ab: 'c' }],
          [
            { a: '1', b: '2' },
            { a: '2', b: '1' },
          ],
          [{}, { '': '' }],
        ],
      },
    )
  })

  test.each([
    [undefined, ''],
    ['', '{}'],
    ['{}', undefined],
    [' { } ', undefined],
  ])('no context: %j is %j', async (one, other) => {
    expect(textOf(await decrypt(await encrypt('x', one), other), 'Plaintext')).toBe('x')
  })

  test('every single wrong bit of a blob is found', async () => {
    const blob = Buffer.from(await encrypt('sixteen bytes ok', '{"a":"b"}'), 'base64')
    for (let bit = 0; bit < blob.length * 8; bit += 1) {
      const changed = Buffer.from(blob)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const { status, code } = await decrypt(changed.toString('base64'), '{"a":"b"}')
      // In the id it names a key that is not there, or is no id any more.
      expect([status, code], `bit ${bit}`).toSatisfy(
        ([s, c]) =>
          (s === 400 && c === 'InvalidParameter') ||
          (bit < 36 * 8 && s === 404 && c === 'Forbidden.KeyNotFound'),
      )
    }
  })

  test('two blobs of one text differ', async () =>
    expect(await encrypt('x')).not.toBe(await encrypt('x')))

  test("a blob cannot be passed off as another key's", async () => {
    const other = practice.kms.createKey()
    const [one, two] = [
      Buffer.from(await encrypt('x'), 'base64'),
      Buffer.from(await encrypt('x', undefined, callAcs3, other.id), 'base64'),
    ]
    const mixed = Buffer.concat([two.subarray(0, 36), one.subarray(36)]).toString('base64')
    expect((await decrypt(mixed)).code).toBe('InvalidParameter')
  })
})

describe('the keys', () => {
  test('two at first, private to the user, and the same after a restart', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'practice-kms-'))
    try {
      const first = await freshPractice({ directory })
      const made = first.kms.createKey({ alias: 'alias/mine' })
      first.kms.setState(made.id, 'Disabled')
      const blob = textOf(
        await callV1(first, {
          action: 'Encrypt',
          params: { KeyId: 'alias/practice', Plaintext: 'kept' },
        }),
        'CiphertextBlob',
      )
      await first.close()
      const [file = ''] = readdirSync(join(directory, 'kms'))
      expect(file).toBe('cn-hangzhou.json')
      expect(statSync(join(directory, 'kms', file)).mode & 0o777).toBe(0o600)

      const second = await freshPractice({ directory })
      expect([second.kms.cmkId, second.kms.cmkArn]).toEqual([first.kms.cmkId, first.kms.cmkArn])
      expect(
        textOf(
          await callV1(second, { action: 'Decrypt', params: { CiphertextBlob: blob } }),
          'Plaintext',
        ),
      ).toBe('kept')
      expect(
        (await callV1(second, { action: 'DescribeKey', params: { KeyId: 'alias/mine' } })).json,
      ).toMatchObject({ KeyMetadata: { KeyId: made.id, KeyState: 'Disabled' } })
      expect((await callV1(second)).json).toMatchObject({ TotalCount: 3 })
      await second.reset()
      expect(
        textOf(
          await callV1(second, { action: 'Decrypt', params: { CiphertextBlob: blob } }),
          'Plaintext',
        ),
      ).toBe('kept')
      expect(
        (await callV1(second, { action: 'DescribeKey', params: { KeyId: 'alias/mine' } })).json,
      ).toMatchObject({ KeyMetadata: { KeyState: 'Enabled' } })
      await second.close()
      expect(readFileSync(join(directory, 'kms', file), 'utf8')).not.toContain('kept')
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })

  test('two regions know the same account, and open nothing of each other', async () => {
    const other = await practice.openKms('cn-beijing')
    expect(await practice.openKms('cn-beijing')).toBe(other)
    const there = (action: string, params: Readonly<Record<string, string>>) =>
      callAcs3(practice, { action, params, endpoint: other.endpoint })
    expect(other.cmkArn).toMatch(/^acs:kms:cn-beijing:/)
    const blob = textOf(
      await there('Encrypt', { KeyId: 'alias/practice', Plaintext: 'x' }),
      'CiphertextBlob',
    )
    expect([
      (await decrypt(blob)).code,
      (await there('Decrypt', { CiphertextBlob: await encrypt('x') })).code,
    ]).toEqual(['Forbidden.KeyNotFound', 'Forbidden.KeyNotFound'])
    expect((await there('Decrypt', { CiphertextBlob: blob })).status).toBe(200)
    expect([
      (await there('DescribeKey', { KeyId: practice.kms.cmkArn })).code,
      (await there('DescribeKey', { KeyId: practice.kms.cmkId })).code,
    ]).toEqual(['Forbidden.KeyNotFound', 'Forbidden.KeyNotFound'])
  })

  test('a port that is asked for, and one that is taken', async () => {
    const taken = await freshPractice({ kmsPort: practice.kms.port }).then(
      () => '',
      (cause: NodeJS.ErrnoException) => cause.code,
    )
    expect(taken).toBe('EADDRINUSE')
    const old = await freshPractice()
    await old.close()
    // The KMS is up when the other port turns out to be taken, and must not stay.
    await expect(
      freshPractice({ port: practice.port, kmsPort: old.kms.port }),
    ).rejects.toMatchObject({ code: 'EADDRINUSE' })
    const again = await freshPractice({ kmsPort: old.kms.port })
    expect(again.kms.endpoint).toBe(old.kms.endpoint)
    await again.close()
  })
})

test('signing with another key than the secret and "&" is seen', async () => {
  const forged = (secret: string) =>
    callV1(practice, {
      tamper: ({ query }) => ({
        query: { ...query, Signature: createHmac('sha1', secret).update('x').digest('base64') },
      }),
    })
  expect((await forged(practice.accessKeySecret)).code).toBe('SignatureDoesNotMatch')
})
