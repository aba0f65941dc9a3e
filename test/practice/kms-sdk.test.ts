import * as sdk from '@alicloud/kms20160120'
import { Config } from '@alicloud/rpc-client'
import { RuntimeOptions } from '@alicloud/tea-util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Practice } from '../tools/practice.ts'
import { freshPractice } from './harness.ts'

// CommonJS: Node puts all exports under `default`, a bundler only what was exported by that name.
const { default: Client } =
  typeof sdk.default === 'function' ? sdk : (sdk.default as unknown as typeof sdk)

let practice: Practice
beforeAll(async () => void (practice = await freshPractice()))
afterAll(() => practice.close())

const client = (more: Readonly<Record<string, string>> = {}) =>
  new Client(
    new Config({
      accessKeyId: practice.accessKeyId,
      accessKeySecret: practice.accessKeySecret,
      regionId: practice.region,
      protocol: 'http',
      endpoint: practice.kms.endpoint.replace('http://', ''),
      ...more,
    }),
  )
const refused = (work: Promise<unknown>) =>
  work.then(
    () => ({ Code: '' }),
    (cause: { readonly data: { readonly Code: string } }) => cause.data,
  )

describe('@alicloud/kms20160120 1.2.0, unmodified', () => {
  test('encrypt and decrypt', async () => {
    const plaintext = Buffer.from('0123456789abcdef').toString('base64')
    const { ciphertextBlob, keyId, keyVersionId } = await client().encrypt(
      new sdk.EncryptRequest({ keyId: 'alias/practice', plaintext }),
    )
    expect([keyId, typeof keyVersionId]).toEqual([practice.kms.cmkId, 'string'])
    expect(await client().decrypt(new sdk.DecryptRequest({ ciphertextBlob }))).toMatchObject({
      plaintext,
      keyId,
    })
  })

  test('a context as the text KMS wants', async () => {
    const context = (map: object) => JSON.stringify(map) as never
    const made = await client().generateDataKey(
      new sdk.GenerateDataKeyRequest({
        keyId: practice.kms.cmkArn,
        keySpec: 'AES_256',
        encryptionContext: context({ a: '1', b: '2' }),
      }),
    )
    expect(practice.kms.log.entries().at(-1)?.context).toBe(true)
    const opened = await client().decrypt(
      new sdk.DecryptRequest({
        ciphertextBlob: made.ciphertextBlob,
        encryptionContext: context({ b: '2', a: '1' }),
      }),
    )
    expect(opened.plaintext).toBe(made.plaintext)
    expect(
      (
        await refused(
          client().decrypt(new sdk.DecryptRequest({ ciphertextBlob: made.ciphertextBlob })),
        )
      ).Code,
    ).toBe('InvalidParameter')
  })

  test('data keys of both sizes', async () => {
    for (const [keySpec, bytes] of [
      ['AES_128', 16],
      ['AES_256', 32],
    ] as const) {
      const { plaintext } = await client().generateDataKey(
        new sdk.GenerateDataKeyRequest({ keyId: practice.kms.cmkId, keySpec }),
      )
      expect(Buffer.from(plaintext, 'base64').length).toBe(bytes)
    }
  })

  test('describeKey, listKeys, listAliases', async () => {
    const { keyMetadata } = await client().describeKey(
      new sdk.DescribeKeyRequest({ keyId: 'alias/practice' }),
    )
    expect(keyMetadata).toMatchObject({
      keyId: practice.kms.cmkId,
      arn: practice.kms.cmkArn,
      keyState: 'Enabled',
      keyUsage: 'ENCRYPT/DECRYPT',
    })
    const { keys, totalCount } = await client().listKeys(
      new sdk.ListKeysRequest({ pageNumber: 1, pageSize: 1 }),
    )
    expect([totalCount, keys.key.map(({ keyArn }) => keyArn)]).toEqual([2, [practice.kms.cmkArn]])
    const { aliases } = await client().listAliases(new sdk.ListAliasesRequest({}))
    expect(aliases.alias).toMatchObject([
      { aliasName: 'alias/practice', keyId: practice.kms.cmkId },
    ])
  })

  // The package has no method of this name; its way of asking is the same for all.
  test('ReEncrypt', async () => {
    const { ciphertextBlob, plaintext } = await client().generateDataKey(
      new sdk.GenerateDataKeyRequest({ keyId: practice.kms.cmkId }),
    )
    const destination = practice.kms.createKey().id
    const runtime = new RuntimeOptions({})
    const again = await client().doRequest(
      'ReEncrypt',
      'HTTPS',
      'POST',
      '2016-01-20',
      'AK',
      { CiphertextBlob: ciphertextBlob, DestinationKeyId: destination },
      null as never,
      runtime,
    )
    expect(
      await client().decrypt(
        new sdk.DecryptRequest({ ciphertextBlob: String(again['CiphertextBlob']) }),
      ),
    ).toMatchObject({ plaintext, keyId: destination })
    const inForm = await client().doRequest(
      'ReEncrypt',
      'HTTPS',
      'POST',
      '2016-01-20',
      'AK',
      { DestinationKeyId: destination },
      { CiphertextBlob: ciphertextBlob },
      runtime,
    )
    expect(inForm['KeyId']).toBe(destination)
  })

  test('temporary credentials, and their end', async () => {
    const { expiresAt: _, ...credentials } = practice.issueToken({ expiresInMs: 60_000 })
    expect(
      (await client(credentials).listKeys(new sdk.ListKeysRequest({}))).totalCount,
    ).toBeGreaterThan(1)
    const { expiresAt: _old, ...old } = practice.issueToken({ expiresInMs: -1 })
    expect((await refused(client(old).listKeys(new sdk.ListKeysRequest({})))).Code).toBe(
      'InvalidSecurityToken.Expired',
    )
  })

  test('refusals come as code, status and request id', async () => {
    expect(
      await refused(client({ accessKeySecret: 'wrong' }).listKeys(new sdk.ListKeysRequest({}))),
    ).toMatchObject({ Code: 'SignatureDoesNotMatch', HttpStatus: 400 })
    expect(
      await refused(client().encrypt(new sdk.EncryptRequest({ keyId: 'nobody', plaintext: 'x' }))),
    ).toMatchObject({ Code: 'Forbidden.KeyNotFound', HttpStatus: 404 })
  })
})
