import { randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { passphraseContext } from '../../electron/core/keys/kms/kms-context.ts'
import { fail, type AppError } from '../../shared/contract/errors.ts'
import { errorOf, kmsBench, never, scripted } from './kms-practice.ts'

const bench = kmsBench()
const kms = () => bench.practice.kms

describe('calls', () => {
  test('what is encrypted is decrypted, and the answer names the key', async () => {
    const client = bench.connect()
    const blob = await client.encrypt(kms().cmkId, 'aGVsbG8=', null, never)
    expect(await client.decrypt(blob, null, never)).toEqual({
      plaintext: 'aGVsbG8=',
      keyId: kms().cmkId,
    })
  })

  test('text that is no base64 comes back as it was: the digits of format V1', async () => {
    const client = bench.connect()
    expect(
      (await client.decrypt(await client.encrypt('alias/practice', '8', null, never), null, never))
        .plaintext,
    ).toBe('8')
  })

  test.each([16, 32] as const)('a data key of %i bytes', async (bytes) => {
    const client = bench.connect()
    const made = await client.generateDataKey(kms().cmkArn, bytes, null, never)
    expect(Buffer.from(made.plaintext, 'base64')).toHaveLength(bytes)
    expect(made.keyId).toBe(kms().cmkId)
    expect((await client.decrypt(made.blob, null, never)).plaintext).toBe(made.plaintext)
  })

  test('a key is described', async () => {
    expect(await bench.connect().describeKey('alias/practice', never)).toEqual({
      id: kms().cmkId,
      arn: kms().cmkArn,
      state: 'Enabled',
      usage: 'ENCRYPT/DECRYPT',
    })
  })

  test('all pages of keys are listed, with their aliases', async () => {
    for (let i = 0; i < 101; i++) kms().createKey({ alias: `alias/many-${i}` })
    const listed = await bench.connect().listKeys(never)
    expect(listed).toHaveLength(103)
    expect(new Set(listed.map(({ id }) => id)).size).toBe(103)
    expect(listed[0]).toEqual({ id: kms().cmkId, arn: kms().cmkArn, aliases: ['alias/practice'] })
    expect(listed.at(-1)?.aliases).toEqual(['alias/many-100'])
  })

  test('keys are listed without aliases where these may not be', async () => {
    kms().faults.add({
      match: { action: 'ListAliases' },
      do: { kind: 'status', status: 403, code: 'Forbidden.NoPermission' },
    })
    const [first] = await bench.connect().listKeys(never)
    expect(first).toEqual({ id: kms().cmkId, arn: kms().cmkArn, aliases: [] })
  })

  test('a temporary key is used with its token', async () => {
    const { accessKeyId, accessKeySecret, securityToken } = bench.practice.issueToken({
      expiresInMs: 60_000,
    })
    const client = bench.connect({}, { accessKeyId, accessKeySecret, securityToken })
    expect((await client.describeKey(kms().cmkId, never)).id).toBe(kms().cmkId)
    expect(
      await errorOf(
        bench.connect({}, { accessKeyId, accessKeySecret }).describeKey(kms().cmkId, never),
      ),
    ).toMatchObject({ code: 'bad-credentials', service: 'kms' })
  })

  test('credentials are asked for anew for every call, and their error is the call’s', async () => {
    const locked: AppError = { code: 'keychain-locked' }
    expect(
      await errorOf(bench.connect({ credentials: async () => fail(locked) }).listKeys(never)),
    ).toEqual(locked)
    for (const [empty, reason] of [
      [{ accessKeyId: '' }, 'unknown-key-id'],
      [{ accessKeySecret: '' }, 'wrong-secret'],
    ] as const) {
      expect(await errorOf(bench.connect({}, empty).listKeys(never))).toEqual({
        code: 'bad-credentials',
        reason,
        requestId: '',
        service: 'kms',
      })
    }
    expect(kms().log.entries()).toEqual([])
  })
})

describe('the encryption context', () => {
  const context = new Map([
    ['b', '2'],
    ['a', '"1"\\'],
  ])

  test('opens in any order, and nothing else does', async () => {
    const client = bench.connect()
    const { blob, plaintext } = await client.generateDataKey(kms().cmkId, 32, context, never)
    const reordered = new Map([...context].reverse())
    expect((await client.decrypt(blob, reordered, never)).plaintext).toBe(plaintext)
    for (const other of [
      null,
      new Map([['a', '"1"\\']]),
      new Map([...context, ['c', '3']]),
      '{"b":"2"}',
    ]) {
      expect(await errorOf(client.decrypt(blob, other, never))).toMatchObject({
        code: 'kms-key',
        problem: 'cannot-open',
      })
    }
  })

  // A map given to the package as a map goes out as EncryptionContext.a=…, which KMS does not know.
  test.each([
    [context, '{"b":"2","a":"\\"1\\"\\\\"}'],
    [passphraseContext('a "b" \\c é'), '{"x-passphrase":"a "b" \\c é"}'],
    [null, null],
    [new Map(), null],
  ])('%j goes out as one text', async (given, text) => {
    await using server = await scripted((_, response) => response.end('{}'))
    const client = bench.connect({ endpoint: server.endpoint }, {}, { attempts: 1 })
    await Promise.all(
      [
        client.encrypt('k', 'eA==', given, never),
        client.decrypt('eA==', given, never),
        client.generateDataKey('k', 32, given, never),
      ].map(errorOf),
    )
    expect(server.urls).toHaveLength(3)
    for (const url of server.urls) {
      const query = new URL(url, 'http://x').searchParams
      expect(query.get('EncryptionContext')).toBe(text)
      expect([...query.keys()].filter((name) => name.startsWith('EncryptionContext'))).toHaveLength(
        text === null ? 0 : 1,
      )
    }
  })
})

describe('errors', () => {
  const requestId = expect.stringMatching(/^[\w-]{8,}$/) as unknown as string
  const denied = (kmsCode: string): AppError => ({
    code: 'access-denied',
    action: 'kms:Decrypt',
    ossCode: kmsCode,
    ec: '',
    requestId,
  })
  const key = (
    problem: 'not-found' | 'disabled' | 'deleting' | 'wrong-use' | 'cannot-open',
  ): AppError => ({ code: 'kms-key', name: '', problem, requestId })
  const credentials = (reason: 'unknown-key-id' | 'wrong-secret' | 'expired'): AppError => ({
    code: 'bad-credentials',
    reason,
    requestId,
    service: 'kms',
  })

  // Codes: KMS's table of common errors, and what the gateway before it answers.
  test.each<[string, number, AppError]>([
    ['InvalidAccessKeyId.NotFound', 404, credentials('unknown-key-id')],
    ['InvalidAccessKeyId.Inactive', 403, credentials('unknown-key-id')],
    ['Forbidden.AccessKey', 403, credentials('unknown-key-id')],
    ['SignatureDoesNotMatch', 400, credentials('wrong-secret')],
    ['IncompleteSignature', 400, credentials('wrong-secret')],
    ['InvalidSecurityToken.Expired', 400, credentials('expired')],
    ['InvalidSecurityToken.Malformed', 400, credentials('expired')],
    ['MissingSecurityToken', 400, credentials('expired')],
    ['InvalidTimeStamp.Expired', 400, { code: 'clock', minutes: 0, requestId, service: 'kms' }],
    ['IllegalTimestamp', 400, { code: 'clock', minutes: 0, requestId, service: 'kms' }],
    ['RequestTimeTooSkewed', 400, { code: 'clock', minutes: 0, requestId, service: 'kms' }],
    ['Forbidden.NoPermission', 403, denied('Forbidden.NoPermission')],
    ['NoPermission', 403, denied('NoPermission')],
    ['Forbidden.RAM', 403, denied('Forbidden.RAM')],
    ['Forbidden', 403, denied('Forbidden')],
    ['Forbidden.KeyNotFound', 404, key('not-found')],
    ['Forbidden.AliasNotFound', 404, key('not-found')],
    ['Rejected.Disabled', 409, key('disabled')],
    ['Rejected.PendingDeletion', 409, key('deleting')],
    ['UnsupportedOperation', 400, key('wrong-use')],
    ['Rejected.UnsupportedOperation', 400, key('wrong-use')],
    ['Unsupported.Origin', 400, key('wrong-use')],
    ['InvalidParameter', 400, key('cannot-open')],
    ['InvalidCiphertext', 400, key('cannot-open')],
    ['InvalidCiphertextBlob', 400, key('cannot-open')],
    ['InvalidParam', 400, key('cannot-open')],
    ['InvalidEncryptionContext', 400, key('cannot-open')],
    [
      'Forbidden.InDebtOverdue',
      403,
      { code: 'kms', status: 403, kmsCode: 'Forbidden.InDebtOverdue', requestId },
    ],
    [
      'Forbidden.KmsServiceNotEnabled',
      403,
      { code: 'kms', status: 403, kmsCode: 'Forbidden.KmsServiceNotEnabled', requestId },
    ],
    [
      'InvalidParameterX',
      400,
      { code: 'kms', status: 400, kmsCode: 'InvalidParameterX', requestId },
    ],
    [
      'Rejected.LimitExceeded',
      400,
      { code: 'kms', status: 400, kmsCode: 'Rejected.LimitExceeded', requestId },
    ],
    ['toString', 400, { code: 'kms', status: 400, kmsCode: 'toString', requestId }],
  ])('%s', async (code, status, error) => {
    kms().faults.add({
      match: { action: 'Decrypt' },
      do: { kind: 'status', status, code, message: 'code: 200, never read' },
    })
    expect(await errorOf(bench.connect().decrypt('eA==', null, never))).toEqual(error)
    expect(kms().log.entries()).toHaveLength(1)
  })

  test('a parameter that is not valid is no ciphertext error but for Decrypt', async () => {
    kms().faults.add({
      match: { action: 'Encrypt' },
      do: { kind: 'status', status: 400, code: 'InvalidParameter' },
    })
    expect(await errorOf(bench.connect().encrypt('k', 'eA==', null, never))).toMatchObject({
      code: 'kms',
      status: 400,
      kmsCode: 'InvalidParameter',
    })
  })

  test('the practice KMS, asked wrongly', async () => {
    const client = bench.connect()
    const { id } = kms().createKey({ alias: 'alias/off' })
    const blob = await client.encrypt(id, 'eA==', null, never)
    expect(await errorOf(client.encrypt('nobody', 'eA==', null, never))).toMatchObject({
      code: 'kms-key',
      name: 'nobody',
      problem: 'not-found',
    })
    expect(await errorOf(client.describeKey('alias/nobody', never))).toMatchObject({
      code: 'kms-key',
      name: 'alias/nobody',
      problem: 'not-found',
    })
    kms().setState(id, 'Disabled')
    expect(await errorOf(client.decrypt(blob, null, never))).toMatchObject({
      code: 'kms-key',
      problem: 'disabled',
    })
    expect(await errorOf(client.generateDataKey('alias/off', 32, null, never))).toMatchObject({
      code: 'kms-key',
      name: 'alias/off',
      problem: 'disabled',
    })
    kms().setState(id, 'PendingDeletion')
    expect(await errorOf(client.decrypt(blob, null, never))).toMatchObject({
      code: 'kms-key',
      problem: 'deleting',
    })
    expect(
      await errorOf(client.decrypt(randomBytes(80).toString('base64'), null, never)),
    ).toMatchObject({ code: 'kms-key', problem: 'cannot-open' })
    expect(
      await errorOf(bench.connect({}, { accessKeyId: 'nobody' }).listKeys(never)),
    ).toMatchObject({ code: 'bad-credentials', reason: 'unknown-key-id' })
    expect(
      await errorOf(bench.connect({}, { accessKeySecret: 'wrong' }).listKeys(never)),
    ).toMatchObject({ code: 'bad-credentials', reason: 'wrong-secret' })
    kms().faults.add({ match: {}, do: { kind: 'skew', ms: 3_600_000 } })
    expect(await errorOf(client.listKeys(never))).toMatchObject({ code: 'clock', service: 'kms' })
    const elsewhere = await bench.practice.openKms('cn-beijing')
    expect(
      await errorOf(
        bench
          .connect({ endpoint: elsewhere.endpoint, region: 'cn-beijing' })
          .decrypt(blob, null, never),
      ),
    ).toMatchObject({ code: 'kms-key', problem: 'not-found' })
  })

  // Status 0: not an answer of KMS.
  test.each<
    [string, (body: (text: string, status?: number, type?: string) => void) => void, AppError]
  >([
    [
      'a page with 200',
      (send) => send('<html>hello</html>'),
      { code: 'kms', status: 0, kmsCode: '', requestId: '' },
    ],
    [
      'a page with 403',
      (send) => send('<html>hello</html>', 403),
      { code: 'kms', status: 0, kmsCode: '', requestId: '' },
    ],
    ['nothing', (send) => send(''), { code: 'kms', status: 0, kmsCode: '', requestId: '' }],
    ['an array', (send) => send('[1]'), { code: 'kms', status: 0, kmsCode: '', requestId: '' }],
    ['null', (send) => send('null'), { code: 'kms', status: 0, kmsCode: '', requestId: '' }],
    ['no members', (send) => send('{}'), { code: 'kms', status: 0, kmsCode: '', requestId: '' }],
    [
      'a member of another type',
      (send) => send('{"Plaintext":{"a":1},"KeyId":"k"}'),
      { code: 'kms', status: 0, kmsCode: '', requestId: '' },
    ],
    [
      'an empty member',
      (send) => send('{"Plaintext":"","KeyId":"k"}'),
      { code: 'kms', status: 0, kmsCode: '', requestId: '' },
    ],
    [
      'a redirect',
      (send) => send('{}', 302),
      { code: 'kms', status: 0, kmsCode: '', requestId: '' },
    ],
    [
      'an error without code',
      (send) => send('{"error":"x"}', 400),
      { code: 'kms', status: 400, kmsCode: '', requestId: '' },
    ],
    [
      'a code that is a text',
      (send) => send('{"Code":"a b\\u202e","RequestId":"<b>","Message":"m"}', 418),
      { code: 'kms', status: 418, kmsCode: '', requestId: '' },
    ],
    [
      'a code like a system’s',
      (send) => send('{"Code":"HPE_X","RequestId":"r"}', 400),
      { code: 'kms', status: 400, kmsCode: 'HPE_X', requestId: 'r' },
    ],
  ])('%s', async (_, answer, error) => {
    await using server = await scripted((_request, response) =>
      answer((text, status = 200) => void response.writeHead(status).end(text)),
    )
    expect(
      await errorOf(
        bench
          .connect({ endpoint: server.endpoint }, {}, { attempts: 1 })
          .decrypt('eA==', null, never),
      ),
    ).toEqual(error)
  })

  test('a bad endpoint is told before anything is sent', () => {
    expect(() => bench.connect({ endpoint: 'http://kms.example.com' })).toThrow('insecure-endpoint')
    expect(() => bench.connect({ endpoint: '', region: 'x.evil.example' })).toThrow('bad-endpoint')
  })
})
