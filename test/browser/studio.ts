import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, type Browser, type Page } from '@playwright/test'
import { openHttpClient, type HttpClient } from '../../electron/core/net/http-client.ts'
import { openOss } from '../../electron/core/oss/client.ts'
import { putSmall } from '../../electron/core/oss/objects.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { ok } from '../../shared/contract/errors.ts'
import { addProfile, call, open, PASSPHRASE, uploadPaths, type PathUpload } from './kit.ts'
import { startLoopback, type LoopbackApp } from './loopback-app.ts'

/**
 * An account in use, for the pictures: a bucket with objects in every state, keys of several kinds,
 * transfers of several fates.
 */

export const BUCKET = 'lanstone-archive'
export const SIGNED =
  '2026-09-14_Master-Services-Agreement_Lanstone-Design_and_Hafenkontor-Logistik-GmbH_v7_signed.pdf'

/** Files of a folder to upload, by name, in bytes. */
const CONTRACTS: Readonly<Record<string, number>> = {
  [SIGNED]: 412_803,
  'NDA Müller & Søn, ελληνική μετάφραση.pdf': 96_214,
  'invoice-2026-0417.xlsx': 23_118,
  '税务申报表-2026-Q3.xlsx': 48_377,
  'release party 照片.zip': 1_806_112,
  'signed/countersigned-2026-08.pdf': 61_009,
  'signed/countersigned-2026-09.pdf': 58_771,
  'Q3 附件/appendix-A.docx': 18_220,
}

export interface Studio {
  /** The home of the app's process is `home` in it. */
  readonly folder: string
  readonly app: LoopbackApp
  readonly oss: Practice
  readonly page: Page
  /** Errors that the page wrote to the console. The list must be empty at the end. */
  readonly problems: string[]
  close(): Promise<void>
}

/** The window of a fresh app, and an account of its own beside it. */
export async function openStudio(browser: Browser): Promise<Studio> {
  const folder = await mkdtemp(join(tmpdir(), 'screens-'))
  await mkdir(join(folder, 'home'))
  const oss = await startPractice({ directory: join(folder, 'oss') })
  const app = await startLoopback({ environment: { HOME: join(folder, 'home') } })
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    reducedMotion: 'reduce',
    locale: 'en-GB',
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  await open(page, app)
  return {
    folder,
    app,
    oss,
    page,
    problems,
    async close() {
      oss.faults.clear()
      await context.close()
      await app.close()
      await oss.close()
      await rm(folder, { recursive: true, force: true })
      expect(problems).toEqual([])
    },
  }
}

/** A client of the spec itself, past the app. */
export const clientOf = (
  { endpoint, region, accessKeyId, accessKeySecret }: Practice,
  wire: HttpClient,
) =>
  openOss(
    {
      endpoint,
      region,
      credentials: async () => ok({ accessKeyId, accessKeySecret, securityToken: null }),
    },
    wire,
  )

/** Everything; resolves when the bucket is as the pictures want it. The page must be open. */
export async function furnish(
  page: Page,
  oss: Practice,
  folder: string,
): Promise<{ readonly profileId: string }> {
  const wire = openHttpClient()
  const client = clientOf(oss, wire)
  const signal = new AbortController().signal
  const { url, method, headers } = await client.sign({
    method: 'PUT',
    bucket: BUCKET,
    key: '',
    query: {},
    headers: {},
  })
  expect((await fetch(url, { method, headers })).status).toBe(200)
  await putSmall(
    client,
    {
      bucket: BUCKET,
      key: 'contracts/2026/README.txt',
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from('What is in this folder.\n'.repeat(40)),
      forbidOverwrite: false,
    },
    signal,
  )
  const encrypted = {
    'x-oss-meta-client-side-encryption-key': randomBytes(256).toString('base64'),
    'x-oss-meta-client-side-encryption-cek-alg': 'AES/CTR/NoPadding',
    'x-oss-meta-client-side-encryption-wrap-alg': 'RSA/NONE/PKCS1Padding',
  }
  await putSmall(
    client,
    {
      bucket: BUCKET,
      key: 'contracts/2026/board-minutes-2026-08.pdf',
      headers: { ...encrypted, 'x-oss-meta-client-side-encryption-start': 'torn' },
      body: randomBytes(88_112),
      forbidOverwrite: false,
    },
    signal,
  )
  const foreign = {
    ...encrypted,
    'x-oss-meta-client-side-encryption-start': randomBytes(256).toString('base64'),
    'x-oss-meta-client-side-encryption-matdesc': '{"team":"payroll","year":"2026"}',
  }
  await putSmall(
    client,
    {
      bucket: BUCKET,
      key: 'contracts/2026/payroll-2026-10.xlsx',
      headers: foreign,
      body: randomBytes(31_440),
      forbidOverwrite: false,
    },
    signal,
  )
  for (const key of ['drawings/', 'photos/'])
    await putSmall(
      client,
      { bucket: BUCKET, key, headers: {}, body: new Uint8Array(0), forbidOverwrite: false },
      signal,
    )
  wire.close()

  await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
  const current = await call(page, 'keys.generate', {
    name: 'Studio 2026',
    bits: 2048,
    description: '{"team":"studio","year":"2026"}',
    style: 'compact',
  })
  const before = await call(page, 'keys.generate', {
    name: 'Studio 2024',
    bits: 2048,
    description: '{"team":"studio","year":"2024"}',
    style: 'compact',
  })
  const [home] = await call(page, 'local.grant', { paths: [folder], write: true })
  await call(page, 'keys.backup', {
    id: current.id,
    passphrase: PASSPHRASE,
    target: home?.id ?? '',
    fileName: 'Studio 2026.pem',
  })
  await importKeys(page, folder)
  const profileId = await addProfile(page, oss, [])
  await call(page, 'profiles.setDefaultKey', { profileId, bucket: null, keyId: current.id })

  for (const [name, size] of Object.entries(CONTRACTS))
    await file(join(folder, 'contracts', name), size)
  await file(join(folder, 'old/lease-renewal-Unit-4B.pdf'), 203_554)
  const prefix = 'contracts/2026/'
  await upload(page, {
    profileId,
    prefix,
    keyId: before.id,
    paths: [join(folder, 'old/lease-renewal-Unit-4B.pdf')],
  })
  await upload(page, {
    profileId,
    prefix,
    keyId: current.id,
    paths: [
      ...new Set(
        Object.keys(CONTRACTS).map((name) => join(folder, 'contracts', name.split('/')[0] ?? '')),
      ),
    ],
  })
  await ended(page)
  await call(page, 'keys.update', {
    id: before.id,
    name: before.name,
    description: before.description,
    style: before.style,
    state: 'decrypt-only',
    writes: before.writes,
  })
  return { profileId }
}

/** A transfer that is paused half-way, one that OSS refused, and one that still runs. */
export async function transfers(
  page: Page,
  oss: Practice,
  folder: string,
  profileId: string,
): Promise<void> {
  await call(page, 'settings.update', { multipartFrom: 2_000_000, partSize: 1024 * 1024, parts: 2 })
  await file(join(folder, 'site-survey-2026-11.dxf'), 9_400_000)
  await file(join(folder, 'floor-plan-2026.dwg'), 6_200_000)
  await file(join(folder, 'ledger-2026-11.xlsx'), 74_000)
  oss.faults.add({
    match: { method: 'PUT', key: /survey/, query: 'partNumber=6' },
    do: { kind: 'delay', ms: 3_600_000 },
    times: Infinity,
  })
  for (const part of [4, 5, 6])
    oss.faults.add({
      match: { method: 'PUT', key: /floor-plan/, query: `partNumber=${part}` },
      do: { kind: 'delay', ms: 3_600_000 },
      times: Infinity,
    })
  oss.faults.add({
    match: { method: 'PUT', key: /ledger/ },
    do: { kind: 'status', status: 403, code: 'AccessDenied' },
    times: Infinity,
  })
  const keyId =
    (await call(page, 'keys.list', {})).find((key) => key.name === 'Studio 2026')?.id ?? ''
  await upload(page, {
    profileId,
    prefix: 'drawings/',
    keyId,
    paths: [
      join(folder, 'site-survey-2026-11.dxf'),
      join(folder, 'floor-plan-2026.dwg'),
      join(folder, 'ledger-2026-11.xlsx'),
    ],
  })
  const of = async (name: string) =>
    (await call(page, 'transfers.list', {})).find((one) => one.name.startsWith(name))
  await expect.poll(async () => (await of('site-survey'))?.partsDone).toBeGreaterThan(4)
  await expect.poll(async () => (await of('floor-plan'))?.partsDone).toBe(3)
  await call(page, 'transfers.pause', { ids: [(await of('site-survey'))?.id ?? ''] })
  await expect.poll(async () => (await of('site-survey'))?.phase).toBe('paused')
  await expect.poll(async () => (await of('ledger'))?.phase).toMatch(/failed|needs-user/)
}

/**
 * One more transfer, which goes on for half a minute; resolves with its id when it has a speed and
 * a good part behind it.
 */
export async function slowUpload(
  page: Page,
  oss: Practice,
  folder: string,
  profileId: string,
): Promise<string> {
  await file(join(folder, 'showreel-2026.mov'), 64_000_000)
  oss.faults.add({
    match: { method: 'PUT', key: /showreel/ },
    do: { kind: 'delay', ms: 900 },
    times: Infinity,
  })
  const keyId =
    (await call(page, 'keys.list', {})).find((key) => key.name === 'Studio 2026')?.id ?? ''
  await upload(page, {
    profileId,
    prefix: 'drawings/',
    keyId,
    paths: [join(folder, 'showreel-2026.mov')],
  })
  const it = async () =>
    (await call(page, 'transfers.list', {})).find((one) => one.name === 'showreel-2026.mov')
  await expect.poll(async () => (await it())?.partsDone).toBeGreaterThan(16)
  return (await it())?.id ?? ''
}

/** Uploads files to the bucket of the studio, as `uploadPaths` does. */
export const upload = (page: Page, upload: Omit<PathUpload, 'bucket'>): Promise<void> =>
  uploadPaths(page, { ...upload, bucket: BUCKET })

export async function ended(page: Page): Promise<void> {
  await expect
    .poll(async () =>
      (await call(page, 'transfers.list', {}))
        .filter((one) => one.phase !== 'done')
        .map((one) => `${one.name} ${one.phase}`),
    )
    .toEqual([])
}

/** A weak key, and one of which only the public half is here. */
async function importKeys(page: Page, folder: string): Promise<void> {
  const openssl = (...args: readonly string[]): void =>
    void execFileSync('openssl', args, { stdio: 'ignore', cwd: folder })
  openssl('genrsa', '-out', 'warehouse-2015.pem', '1024')
  openssl('genrsa', '-out', 'auditors.pem', '2048')
  openssl('rsa', '-in', 'auditors.pem', '-pubout', '-out', 'auditors-public.pem')
  const keys = [
    ['warehouse-2015.pem', 'Warehouse 2015', '{"site":"warehouse"}', 'decrypt-only'],
    ['auditors-public.pem', 'Auditors', '{"team":"auditors"}', 'active'],
  ] as const
  for (const [name, label, description, use] of keys) {
    const [grant] = await call(page, 'local.grant', { paths: [join(folder, name)], write: false })
    await call(page, 'keys.import', {
      grant: grant?.id ?? '',
      passphrase: null,
      name: label,
      description,
      style: 'compact',
      use,
    })
  }
}

export async function file(path: string, bytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, randomBytes(bytes))
}
