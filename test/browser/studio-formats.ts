import { randomBytes } from 'node:crypto'
import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import type { Practice } from '../tools/practice.ts'
import type { WriteFormat } from '../../shared/contract/models.ts'
import { call } from './kit.ts'
import { BUCKET, clientOf, ended, file, upload } from './studio.ts'

/** Keys that are elsewhere, and an object in every format, for the pictures. */

export const FORMATS = 'formats/'
/** A program that returns what it was given. docs/master-key-program.md has the protocol. */
const PROGRAM = `#!${process.execPath}
let text = ''
process.stdin.on('data', (chunk) => { text += chunk })
process.stdin.on('end', () => process.stdout.write(JSON.stringify({ bytes: Buffer.from(JSON.parse(text).bytes, 'base64').reverse().toString('base64') })))
`
const V2 = (
  wrap: string,
  over: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => ({
  'x-oss-meta-client-side-encryption-key': randomBytes(256).toString('base64'),
  'x-oss-meta-client-side-encryption-start': randomBytes(256).toString('base64'),
  'x-oss-meta-client-side-encryption-cek-alg': 'AES/CTR/NoPadding',
  'x-oss-meta-client-side-encryption-wrap-alg': wrap,
  ...over,
})

/** The bucket of {@link furnish} must be there. Resolves when everything is in it. */
export async function furnishFormats(
  page: Page,
  oss: Practice,
  folder: string,
  profileId: string,
): Promise<void> {
  await writeFile(join(folder, 'wrap-with-the-hsm'), PROGRAM)
  await chmod(join(folder, 'wrap-with-the-hsm'), 0o755)
  oss.kms.createKey({ alias: 'alias/studio-2026' })
  const place = {
    region: oss.region,
    endpoint: oss.kms.endpoint,
    credential: { kind: 'profile' as const, profileId },
  }
  const inKms = await call(page, 'keys.addKms', {
    ...place,
    cmkId: oss.kms.cmkId,
    context: '',
    passphrase: null,
    name: 'Studio in KMS',
    description: '{"team":"studio","in":"kms"}',
    style: 'compact',
    writes: 'v2',
  })
  const own = {
    kind: 'own' as const,
    accessKeyId: oss.accessKeyId,
    accessKeySecret: oss.accessKeySecret,
    securityToken: '',
  }
  await call(page, 'keys.addKms', {
    ...place,
    credential: own,
    cmkId: 'alias/studio-2026',
    context: '',
    passphrase: 'of-oss2',
    name: 'Nightly pipeline 夜间流水线',
    description: '{"use":"pipeline"}',
    style: 'compact',
    writes: 'v1',
  })
  const [grant] = await call(page, 'local.grant', {
    paths: [join(folder, 'wrap-with-the-hsm')],
    write: false,
  })
  const program = await call(page, 'keys.addCommand', {
    program: grant?.id ?? '',
    args: ['--slot', '3'],
    wrapAlgorithm: 'Studio/HSM',
    timeoutSeconds: 30,
    name: 'HSM in the cellar',
    description: '{"hsm":"cellar"}',
    style: 'compact',
  })
  const rsa = (await call(page, 'keys.list', {})).find((key) => key.name === 'Studio 2026')

  const written: readonly (readonly [string, string | undefined, WriteFormat])[] = [
    ['minutes-kms.pdf', inKms.id, 'v2'],
    ['old-python-reader.csv', rsa?.id, 'v1'],
    ['split-message.txt', inKms.id, 'sdk-split'],
    ['whole-message.dat', inKms.id, 'sdk-message'],
    ['cellar.bin', program.id, 'v2'],
  ]
  for (const [name, keyId, format] of written) {
    await file(join(folder, 'formats', name), 20_480 + name.length)
    await upload(page, {
      profileId,
      prefix: FORMATS,
      keyId: keyId ?? '',
      paths: [join(folder, 'formats', name)],
      format,
    })
  }
  await ended(page)
  const wire = openHttpClient()
  const put = (name: string, headers: Readonly<Record<string, string>>, bytes: number) =>
    putSmall(
      clientOf(oss, wire),
      {
        bucket: BUCKET,
        key: FORMATS + name,
        headers,
        body: randomBytes(bytes),
        forbidOverwrite: false,
      },
      new AbortController().signal,
    )
  const sizes = {
    'x-oss-meta-client-side-encryption-data-size': '170000',
    'x-oss-meta-client-side-encryption-part-size': '16',
    'x-oss-meta-client-side-encryption-matdesc': rsa?.description ?? '',
  }
  await put('spoilt-by-java.e57', V2('RSA/NONE/PKCS1Padding', sizes), 170_000)
  await put(
    'payroll-kms.xlsx',
    V2('KMS/ALICLOUD', { 'x-oss-meta-client-side-encryption-matdesc': '{"team":"payroll"}' }),
    31_440,
  )
  await put(
    'attic.bin',
    V2('Attic/HSM', { 'x-oss-meta-client-side-encryption-matdesc': '{"hsm":"attic"}' }),
    9_000,
  )
  wire.close()
}
