import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startPractice, type Practice } from '../../electron/practice/start.ts'
import { rows } from '../format/vectors.ts'
import { bundleCli, runCli } from './cli-process.ts'

/** ali-oss comes without types; this is what is used of it. */
const OSS = createRequire(import.meta.url)('ali-oss') as new (options: object) => {
  get(key: string): Promise<{ content: Buffer; res: { headers: Record<string, string> } }>
}

/** Objects of other programs, opened by the command line; and ours, opened by another program. */

let work: string
beforeAll(async () => {
  await bundleCli()
  work = mkdtempSync(join(tmpdir(), 'cipherbucket-objects-'))
})
afterAll(() => rmSync(work, { recursive: true, force: true }))

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

interface Sample {
  readonly name: string
  readonly headers: Readonly<Record<string, string>>
  readonly ciphertext: Uint8Array
  readonly key: string
  readonly sha256: string
}

/** Decrypts one sample as a user would: blob, envelope file and key file in a folder. */
async function expectOpens({
  name,
  headers,
  ciphertext,
  key,
  sha256: expected,
}: Sample): Promise<void> {
  const file = (ending: string) => join(work, `${name}.${ending}`)
  writeFileSync(file('blob'), ciphertext)
  writeFileSync(file('json'), JSON.stringify(headers))
  writeFileSync(file('pem'), key)
  const ran = await runCli(
    [
      'decrypt',
      file('blob'),
      '--envelope',
      file('json'),
      '--key',
      file('pem'),
      '--out',
      file('out'),
    ],
    {
      env: { CIPHERBUCKET_DATA: join(work, 'data'), CIPHERBUCKET_SECRETS: 'file', HOME: work },
      cwd: work,
    },
  )
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(sha256(readFileSync(file('out')))).toBe(expected)
}

describe('samples of the repository', () => {
  interface Row {
    readonly name: string
    readonly source: string
    readonly format: string
    readonly headers: Record<string, string>
    readonly ciphertext: string
    readonly plaintextSha256: string
    readonly privateKey?: string
  }
  for (const row of rows<Row>('objects.json').filter(({ format }) => format.startsWith('V2/RSA'))) {
    test(`${row.name} (${row.source})`, () =>
      expectOpens({
        name: row.name,
        headers: row.headers,
        ciphertext: Buffer.from(row.ciphertext, 'base64'),
        key: row.privateKey ?? '',
        sha256: row.plaintextSha256,
      }))
  }
})

const shared = new URL('../../../shared/vectors/', import.meta.url)
const sharedIsHere = existsSync(new URL('vectors.json', shared))
if (!sharedIsHere)
  console.warn(
    'skipped: ../shared/vectors is not here, so the sample objects of the SDK repositories are not decrypted',
  )

describe.skipIf(!sharedIsHere)('samples of the SDK repositories', () => {
  interface Vector {
    readonly id: string
    readonly writer: string
    readonly format: string
    readonly ciphertext: string
    readonly metadata: Record<string, string>
    readonly expected_plaintext_sha256: string
    readonly key: { readonly private_pkcs1_pem?: string; readonly private_pkcs8_pem?: string }
  }
  const { vectors } = sharedIsHere
    ? (JSON.parse(readFileSync(new URL('vectors.json', shared), 'utf8')) as {
        vectors: readonly Vector[]
      })
    : { vectors: [] }
  for (const vector of vectors.filter(({ format }) => format.startsWith('V2/RSA'))) {
    for (const container of ['private_pkcs1_pem', 'private_pkcs8_pem'] as const) {
      test(`${vector.id} (${vector.writer}), ${container}`, () =>
        expectOpens({
          name: `${vector.id}-${container}`,
          headers: vector.metadata,
          ciphertext: readFileSync(new URL(vector.ciphertext, shared)),
          key: vector.key[container] ?? '',
          sha256: vector.expected_plaintext_sha256,
        }))
    }
  }
})

describe('an object of ours opens with a program that knows only FORMAT.md', () => {
  let practice: Practice
  beforeAll(async () => {
    practice = await startPractice({ directory: join(work, 'practice') })
  })
  afterAll(() => practice.close())

  type Decrypt = (headers: object, blob: Buffer, pem: string, offset?: number) => Buffer
  let decrypt: Decrypt
  beforeAll(async () => {
    ;({ decrypt } = (await import(
      new URL('../tools/independent-decryptor.mjs', import.meta.url).href
    )) as { decrypt: Decrypt })
  })

  test.each([
    ['one put', 70_001, []],
    ['nothing', 0, []],
    ['in parts', 1_000_001, ['--part-size', '102400']],
  ] as const)('%s, fetched by ali-oss', async (name, size, more) => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    const content = randomBytes(size)
    writeFileSync(join(work, 'ours.pem'), privateKey)
    writeFileSync(join(work, 'ours.bin'), content)
    const { endpoint, region, bucket, accessKeyId, accessKeySecret } = practice
    const put = await runCli(
      [
        'put',
        'ours.bin',
        '--to',
        name,
        '--key',
        'ours.pem',
        '--endpoint',
        endpoint,
        '--region',
        region,
        '--bucket',
        bucket,
        ...more,
      ],
      {
        cwd: work,
        env: {
          CIPHERBUCKET_DATA: join(work, 'data'),
          CIPHERBUCKET_SECRETS: 'file',
          HOME: work,
          OSS_ACCESS_KEY_ID: accessKeyId,
          OSS_ACCESS_KEY_SECRET: accessKeySecret,
        },
      },
    )
    expect(put).toMatchObject({ code: 0, stderr: '' })

    const foreign = new OSS({
      region: `oss-${region}`,
      endpoint,
      bucket,
      accessKeyId,
      accessKeySecret,
      secure: false,
      sldEnable: true,
      authorizationV4: true,
    })
    const { content: stored, res } = await foreign.get(name)
    expect(stored.length).toBe(size)
    if (size > 0) expect(stored.equals(content)).toBe(false)
    expect(res.headers['x-oss-meta-client-side-encryption-unencrypted-content-md5']).toBeUndefined()
    expect(decrypt(res.headers, stored, privateKey).equals(content)).toBe(true)
    if (size > 1024)
      expect(decrypt(res.headers, stored, privateKey, 1024).equals(content.subarray(1024))).toBe(
        true,
      )
  })
})

test('the independent decryptor is short and knows nothing of ours', () => {
  const code = readFileSync(
    fileURLToPath(new URL('../tools/independent-decryptor.mjs', import.meta.url)),
    'utf8',
  )
  expect(code.split('\n').length - 1).toBeLessThanOrEqual(60)
  expect(
    [...code.matchAll(/from '([^']+)'/g)]
      .map((match) => match[1])
      .every((name) => name?.startsWith('node:')),
  ).toBe(true)
})
