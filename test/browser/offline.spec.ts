import { existsSync, readFileSync } from 'node:fs'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, type Locator, type Page } from '@playwright/test'
import { dropPaths } from './loopback-app.ts'
import {
  chooseFile,
  chooseTarget,
  dialog,
  goTo,
  open,
  select,
  sha256,
  test as base,
  unlock,
} from './kit.ts'

/**
 * Blobs and envelopes dropped on the offline page open, bad ones say why, and nothing of it touches
 * a network.
 */

/** One object another program wrote. */
interface Sample {
  readonly name: string
  readonly blob: Buffer
  readonly headers: Readonly<Record<string, string>>
  readonly sha256: string
  readonly pem: string
}

const beside = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

function own(): readonly Sample[] {
  const rows = JSON.parse(
    readFileSync(beside('../vectors/objects.json'), 'utf8'),
  ) as readonly Record<
    'name' | 'format' | 'ciphertext' | 'plaintextSha256' | 'privateKey',
    string
  >[]
  return rows
    .filter((one) => one.format === 'V2/RSA-PKCS1')
    .map((one) => ({
      name: one.name,
      blob: Buffer.from(one.ciphertext, 'base64'),
      headers: (one as unknown as { headers: Record<string, string> }).headers,
      sha256: one.plaintextSha256,
      pem: one.privateKey,
    }))
}

/** Objects of real SDKs that are no part of the repository. */
const SHARED = beside('../../../shared/vectors/')

function shared(): readonly Sample[] {
  if (!existsSync(`${SHARED}vectors.json`)) return []
  interface Vector {
    readonly id: string
    readonly format: string
    readonly ciphertext: string
    readonly metadata: Record<string, string>
    readonly expected_plaintext_sha256: string
    readonly key: { readonly private_pkcs1_pem: string }
  }
  const { vectors } = JSON.parse(readFileSync(`${SHARED}vectors.json`, 'utf8')) as {
    vectors: readonly Vector[]
  }
  return vectors
    .filter((one) => one.format === 'V2/RSA-PKCS1')
    .map((one) => ({
      name: one.id,
      blob: readFileSync(SHARED + one.ciphertext),
      headers: one.metadata,
      sha256: one.expected_plaintext_sha256,
      pem: one.key.private_pkcs1_pem,
    }))
}

const samples = own()
const sample = (name: string): Sample => samples.find((one) => one.name === name) as Sample
// Aloud, and once: workers load this file too.
if (shared().length === 0 && process.env['TEST_WORKER_INDEX'] === undefined)
  console.log(`Objects of the SDKs' own repositories are skipped: ${SHARED} is absent.`)

const LOG = join(tmpdir(), `connect-log-${process.pid}.txt`)
/** How often the app's process opened a socket, sent a datagram or asked for a name. */
const connects = async (): Promise<number> => (await readFile(LOG, 'utf8')).split('\n').length - 1

const test = base.extend<{ quiet: () => Promise<void> }>({
  environment: { NODE_OPTIONS: `--require=${beside('./connect-log.cjs')}`, CONNECT_LOG: LOG },
  /**
   * The page asks only its own shell for anything; `quiet()`: from here on the shell's process asks
   * nobody for anything.
   */
  quiet: [
    async ({ page, app }, use, info) => {
      const asked: string[] = []
      page.on('request', (request) => asked.push(new URL(request.url()).host))
      page.on('websocket', (socket) => asked.push(new URL(socket.url()).host))
      let before: number | null = null
      await use(async () => {
        before = await connects()
      })
      // Skipped: nothing was asked, not even the page.
      if (info.status === 'skipped') return
      expect(new Set(asked)).toEqual(new Set([new URL(app.link).host]))
      // The practice bucket was listed at the start: the log works.
      expect(before).toBeGreaterThan(0)
      expect(await connects()).toBe(before)
    },
    { auto: true },
  ],
})

/** The offline page of a fresh app whose passphrase file is open. */
async function begin(
  page: Page,
  app: Parameters<typeof open>[1],
  quiet: () => Promise<void>,
): Promise<void> {
  await open(page, app)
  await unlock(page)
  await goTo(page, 'Offline decryption')
  await quiet()
}

const zone = '[role=group][aria-label="Drop zone"]'
const line = (page: Page, name: string): Locator =>
  page.getByRole('table', { name: 'Files' }).getByRole('row').filter({ hasText: name })

async function importKey(page: Page, path: string): Promise<void> {
  const box = dialog(page, 'Import a master key')
  await box.getByRole('button', { name: 'Choose a file…' }).click()
  await chooseFile(page, path)
  await box.getByRole('button', { name: 'Import', exact: true }).click()
  await expect(box).toBeHidden()
}

async function write(
  folder: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<readonly string[]> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
  return Object.keys(files).map((name) => join(folder, name))
}

for (const one of samples) {
  test(`${one.name}: key unknown, imported, then it opens to the expected bytes`, async ({
    page,
    app,
    folder,
    quiet,
  }) => {
    await mkdir(join(folder, 'out'))
    const files = await write(folder, {
      'photo.bin': one.blob,
      'photo.bin.ossenv.json': JSON.stringify({ headers: one.headers }),
      'master.pem': one.pem,
    })
    await begin(page, app, quiet)
    await dropPaths(page, zone, files.slice(0, 2))
    await line(page, 'photo.bin').getByRole('button', { name: 'Import key…' }).click()
    await importKey(page, files[2] ?? '')
    await expect(line(page, 'photo.bin')).toContainText('Ready to decrypt')
    await page.getByRole('button', { name: 'Decrypt 1 file' }).click()
    await chooseTarget(page, join(folder, 'out'))
    await expect(line(page, 'photo.bin')).toContainText('Decrypted')
    expect(sha256(await readFile(join(folder, 'out/photo.bin')))).toBe(one.sha256)
  })
}

test('objects that the repositories of the SDKs carry open after their key is imported', async ({
  page,
  app,
  folder,
  quiet,
}) => {
  const all = shared()
  test.skip(all.length === 0, `${SHARED} is absent`)
  test.slow()
  await mkdir(join(folder, 'out'))
  for (const one of all)
    await write(folder, {
      [`${one.name}.jpg`]: one.blob,
      [`${one.name}.jpg.ossenv.json`]: JSON.stringify(one.headers),
      'master.pem': one.pem,
    })
  await begin(page, app, quiet)
  await dropPaths(
    page,
    zone,
    all.flatMap(({ name }) => [
      join(folder, `${name}.jpg`),
      join(folder, `${name}.jpg.ossenv.json`),
    ]),
  )
  // One key opens them all; some of them say so by a description and others say nothing.
  expect(new Set(all.map(({ pem }) => pem.replaceAll(/\s/g, ''))).size).toBe(1)
  await line(page, `${all[0]?.name ?? ''}.jpg`)
    .getByRole('button', { name: 'Import key…' })
    .click()
  await importKey(page, join(folder, 'master.pem'))
  await select(page, page.getByRole('button', { name: /^Master key / }), 'master')
  await page.getByRole('button', { name: `Decrypt ${all.length} files` }).click()
  await chooseTarget(page, join(folder, 'out'))
  for (const one of all) {
    await expect(line(page, `${one.name}.jpg`)).toContainText('Decrypted')
    expect(sha256(await readFile(join(folder, 'out', `${one.name}.jpg`))), one.name).toBe(
      one.sha256,
    )
  }
})

test('sidecar, header dump and pasted headers: each opens the same object, and nothing is replaced', async ({
  page,
  app,
  folder,
  quiet,
}) => {
  const { blob, headers, pem, sha256: expected } = sample('gov2-simple')
  const bare = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toUpperCase().replace('X-OSS-META-', ''),
      value,
    ]),
  )
  await mkdir(join(folder, 'out'))
  await write(join(folder, 'out'), { 'sidecar.bin': 'mine' })
  await write(folder, {
    'sidecar.bin': blob,
    'dump.bin': blob,
    'pasted.bin': blob,
    'master.pem': pem,
  })
  await write(folder, {
    'sidecar.bin.ossenv.json': JSON.stringify({
      format: 'cipherbucket-envelope-1',
      key: 'a',
      size: blob.length,
      etag: 'x',
      crc64: null,
      headers,
    }),
    'dump.json': JSON.stringify(bare),
  })
  await begin(page, app, quiet)

  // Envelopes first, blobs later: the order does not matter.
  await dropPaths(page, zone, [join(folder, 'sidecar.bin.ossenv.json'), join(folder, 'dump.json')])
  await expect(line(page, 'sidecar.bin.ossenv.json')).toContainText(
    'Encryption headers without a file',
  )
  await dropPaths(page, zone, [join(folder, 'sidecar.bin')])
  await line(page, 'sidecar.bin').getByRole('button', { name: 'Import key…' }).click()
  await importKey(page, join(folder, 'master.pem'))
  await expect(line(page, 'sidecar.bin')).toContainText('Ready to decrypt')

  await dropPaths(page, zone, [join(folder, 'dump.bin')])
  await expect(line(page, 'dump.bin')).toContainText('Ready to decrypt')

  await page.getByRole('button', { name: 'Paste headers…' }).click()
  const paste = dialog(page, 'Paste headers')
  await paste.getByRole('textbox').fill(JSON.stringify({ headers }))
  await paste.getByRole('button', { name: /Choose a file…|pasted/ }).click()
  await chooseFile(page, join(folder, 'pasted.bin'))
  await paste.getByRole('button', { name: 'Use these headers' }).click()
  await expect(line(page, 'pasted.bin')).toContainText('Ready to decrypt')

  await page.getByRole('button', { name: 'Decrypt 3 files' }).click()
  await chooseTarget(page, join(folder, 'out'))
  for (const name of ['sidecar.bin', 'dump.bin', 'pasted.bin'])
    await expect(line(page, name)).toContainText('Decrypted')
  expect((await readdir(join(folder, 'out'))).sort()).toEqual([
    'dump.bin',
    'pasted.bin',
    'sidecar (2).bin',
    'sidecar.bin',
  ])
  expect(await readFile(join(folder, 'out/sidecar.bin'), 'utf8')).toBe('mine')
  for (const name of ['sidecar (2).bin', 'dump.bin', 'pasted.bin'])
    expect(sha256(await readFile(join(folder, 'out', name)))).toBe(expected)
})

test('damaged and incomplete envelopes, a short file and the wrong key each say what is the case, and write nothing', async ({
  page,
  app,
  folder,
  quiet,
}) => {
  const { blob, headers, pem } = sample('gov2-simple')
  const oaep = sample('oss2-rsa')
  const named = (suffix: string): string =>
    Object.keys(headers).find((name) => name.toLowerCase().endsWith(suffix)) ?? ''
  const without = (suffix: string) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => name !== named(suffix)))
  // One bit of the wrapped key is another one: base64 still, and the right key opens the other half
  // only.
  const flipped = { ...headers, [named('-key')]: flip(headers[named('-key')] ?? '') }
  const envelopes: Readonly<Record<string, unknown>> = {
    'no-start.bin': { headers: without('-start') },
    'bad-key.bin': { headers: { ...headers, [named('-key')]: 'not base64!' } },
    'flipped.bin': { headers: flipped },
    'short.bin': { format: 'cipherbucket-envelope-1', size: blob.length, headers },
  }
  await mkdir(join(folder, 'out'))
  await write(folder, { 'master.pem': pem, 'alone.bin': oaep.blob })
  for (const [name, envelope] of Object.entries(envelopes))
    await write(folder, {
      [name]: name === 'short.bin' ? blob.subarray(0, 990) : blob,
      [`${name}.ossenv.json`]: JSON.stringify(envelope),
    })
  await begin(page, app, quiet)
  await dropPaths(page, zone, [
    ...Object.keys(envelopes).flatMap((name) => [
      join(folder, name),
      join(folder, `${name}.ossenv.json`),
    ]),
    join(folder, 'alone.bin'),
  ])

  await expect(line(page, 'no-start.bin')).toContainText(
    'does not hold the wrapped initial counter',
  )
  await expect(line(page, 'bad-key.bin')).toContainText(
    'holds the wrapped data key in a form that cannot be read',
  )
  await expect(line(page, 'short.bin')).toContainText(
    'The file is 10 B shorter than its encryption headers say.',
  )
  await expect(line(page, 'alone.bin')).toContainText('No encryption headers.')
  await expect(page.getByRole('button', { name: 'Decrypt', exact: true })).toBeDisabled()

  await line(page, 'flipped.bin').getByRole('button', { name: 'Import key…' }).click()
  await importKey(page, join(folder, 'master.pem'))
  await page.getByRole('button', { name: 'Decrypt 1 file' }).click()
  await chooseTarget(page, join(folder, 'out'))
  await expect(line(page, 'flipped.bin')).toContainText(
    'holds the wrapped data key in a form that cannot be read',
  )
  expect(await readdir(join(folder, 'out'))).toEqual([])
})

test('a key chosen by hand is tried whatever the description says', async ({
  page,
  app,
  folder,
  quiet,
}) => {
  const { blob, headers, pem, sha256: expected } = sample('gov2-simple')
  await mkdir(join(folder, 'out'))
  const files = await write(folder, {
    'a.bin': blob,
    'a.bin.ossenv.json': JSON.stringify({ headers }),
    'other name.pem': pem,
  })
  await open(page, app)
  await unlock(page)
  await goTo(page, 'Master keys')
  await quiet()
  await page.getByRole('button', { name: 'Import…' }).click()
  await dialog(page).getByRole('button', { name: 'Choose a file…' }).click()
  await chooseFile(page, files[2] ?? '')
  await dialog(page).getByLabel('Key description').fill('{"not":"the one"}')
  await dialog(page).getByRole('button', { name: 'Import', exact: true }).click()
  await goTo(page, 'Offline decryption')
  await dropPaths(page, zone, files.slice(0, 2))
  await expect(line(page, 'a.bin')).toContainText('No master key here has this description')
  await select(page, page.getByRole('button', { name: /^Master key / }), 'other name')
  await page.getByRole('button', { name: 'Decrypt 1 file' }).click()
  await chooseTarget(page, join(folder, 'out'))
  await expect(line(page, 'a.bin')).toContainText('Decrypted')
  expect(sha256(await readFile(join(folder, 'out/a.bin')))).toBe(expected)
})

/** Base64 text of the same bytes but for one bit. */
function flip(text: string): string {
  const bytes = Buffer.from(text, 'base64')
  bytes[40] = (bytes[40] ?? 0) ^ 1
  return bytes.toString('base64')
}
