import { randomBytes } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { openHttpClient } from '../../electron/core/net/http-client.ts'
import { initiate, listUploads, partQuery } from '../../electron/core/oss/multipart.ts'
import type { Oss } from '../../electron/core/oss/client.ts'
import type { Practice } from '../tools/practice.ts'
import {
  addProfile,
  call,
  chooseFile,
  dialog,
  goTo,
  open,
  PASSPHRASE,
  select,
  sha256,
  test as base,
  transfer,
  type Given,
} from './kit.ts'
import { startLoopback } from './loopback-app.ts'
import { complaints, look } from './look.ts'
import { BUCKET, clientOf, ended, file, upload } from './studio.ts'

/** Transfers that survive the app, and uploads that nobody finished, as a person meets them. */

const test = base.extend<{ client: Oss }>({
  client: async ({ oss }, use) => {
    const wire = openHttpClient()
    const client = clientOf(oss, wire)
    const { url, method, headers } = await client.sign({
      method: 'PUT',
      bucket: BUCKET,
      key: '',
      query: {},
      headers: {},
    })
    expect((await fetch(url, { method, headers })).status).toBe(200)
    await use(client)
    wire.close()
  },
})

const { signal } = new AbortController()
const leftovers = (page: Page) => page.getByRole('grid', { name: 'Unfinished uploads' })
const sentParts = (oss: Practice): readonly string[] =>
  oss.log
    .entries()
    .filter(
      ({ method, query, status }) => method === 'PUT' && query.has('partNumber') && status === 200,
    )
    .map(({ query }) => query.get('partNumber') ?? '')

/** A profile at the practice server, and small parts. */
async function settle(page: Page, oss: Practice): Promise<string> {
  await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
  const id = await addProfile(page, oss, [])
  await call(page, 'settings.update', { multipartFrom: 2_000_000, partSize: 1024 * 1024, parts: 2 })
  return id
}

/**
 * Begins the upload of `showreel.mov`, slowed, and kills the app when a fifth of it is there. The
 * key is saved as `studio.pem`.
 */
async function beginAndKill({
  page,
  app,
  folder,
  oss,
  problems,
}: Pick<Given, 'app' | 'folder' | 'problems'> & {
  readonly page: Page
  readonly oss: Practice
}): Promise<{ readonly path: string; readonly profileId: string }> {
  const path = join(folder, 'showreel.mov')
  await file(path, 64 * 1024 * 1024)
  await open(page, app)
  const profileId = await settle(page, oss)
  const { id: keyId } = await call(page, 'keys.generate', {
    name: 'Studio 2026',
    bits: 2048,
    description: '{"team":"studio"}',
    style: 'compact',
  })
  const [home] = await call(page, 'local.grant', { paths: [folder], write: true })
  await call(page, 'keys.backup', {
    id: keyId,
    passphrase: PASSPHRASE,
    target: home?.id ?? '',
    fileName: 'studio.pem',
  })
  oss.faults.add({
    match: { method: 'PUT', query: 'partNumber' },
    do: { kind: 'delay', ms: 250 },
    times: Infinity,
  })
  await upload(page, { profileId, keyId, prefix: 'drawings/', paths: [path] })
  await goTo(page, 'Transfers')
  await expect(transfer(page, 'showreel.mov')).toContainText(/part 1\d of 64/)
  await app.kill()
  oss.faults.clear()
  // The page told of its lost socket.
  problems.length = 0
  return { path, profileId }
}

test('an upload whose app was killed is there at the next start, waits for its secrets, and goes on where it was', async ({
  app,
  page,
  folder,
  oss,
  client,
  problems,
}) => {
  const { path, profileId } = await beginAndKill({ page, app, folder, oss, problems })
  const before = new Set(sentParts(oss)).size
  expect(before).toBeGreaterThan(9)
  expect(before).toBeLessThan(64)

  const again = await startLoopback({ data: app.data, environment: { HOME: folder } })
  try {
    await page.goto(again.link)
    await dialog(page, 'Unlock the passphrase file').getByRole('button', { name: 'Later' }).click()
    await goTo(page, 'Transfers')
    await expect(transfer(page, 'showreel.mov')).toContainText('The passphrase file is locked')
    await transfer(page, 'showreel.mov').getByRole('button', { name: 'Unlock…' }).click()
    await dialog(page).getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
    await page.keyboard.press('Enter')
    await expect(transfer(page, 'showreel.mov')).toContainText(
      'encrypted with Studio 2026, checksum matches',
    )

    // Every part was sent once, but for those that were on their way when the app died.
    expect(sentParts(oss).length).toBeLessThanOrEqual(64 + 2)
    expect(new Set(sentParts(oss)).size).toBe(64)
    expect(await listUploads(client, { bucket: BUCKET, prefix: '' }, signal)).toEqual([])
    await mkdir(join(folder, 'saved'))
    const [target] = await call(page, 'local.grant', {
      paths: [join(folder, 'saved')],
      write: true,
    })
    await call(page, 'downloads.start', {
      profileId,
      bucket: BUCKET,
      keys: ['drawings/showreel.mov'],
      target: target?.id ?? '',
      fileName: null,
      existing: 'fail',
      raw: false,
      keyIds: [],
      range: null,
      message: false,
      repair: false,
    })
    await ended(page)
    expect(sha256(await readFile(join(folder, 'saved/showreel.mov')))).toBe(
      sha256(await readFile(path)),
    )
  } finally {
    await again.stop()
  }
})

test('an upload begun on one computer starts again on another: under a new data key, and the old parts go if that is wanted', async ({
  app,
  page,
  folder,
  oss,
  client,
  problems,
}) => {
  const { path } = await beginAndKill({ page, app, folder, oss, problems })
  const [old] = await listUploads(client, { bucket: BUCKET, prefix: '' }, signal)
  const before = sentParts(oss).length
  const other = await startLoopback({ environment: { HOME: folder } })
  try {
    await page.goto(other.link)
    const profileId = await settle(page, oss)
    const [pem] = await call(page, 'local.grant', {
      paths: [join(folder, 'studio.pem')],
      write: false,
    })
    const { id: keyId } = await call(page, 'keys.import', {
      grant: pem?.id ?? '',
      passphrase: PASSPHRASE,
      name: 'Studio',
      description: '{"team":"studio"}',
      style: 'compact',
      use: 'active',
    })
    await call(page, 'profiles.setDefaultKey', { profileId, bucket: BUCKET, keyId })
    await goTo(page, 'Transfers')
    await page.getByRole('radio', { name: 'Unfinished uploads' }).click()
    await select(page, page.getByRole('button', { name: /^Profile/ }), 'Lanstone')
    await select(page, page.getByRole('button', { name: /^Bucket/ }), BUCKET)
    await expect(
      leftovers(page).getByRole('row', { name: /drawings\/showreel\.mov/ }),
    ).toContainText('67.1 MB')
    await leftovers(page).getByRole('button', { name: 'Start again…' }).click()
    await expect(dialog(page)).toContainText('under a new data key')
    await dialog(page).getByRole('button', { name: 'Choose a file…' }).click()
    await chooseFile(page, path)
    await dialog(page).getByRole('checkbox', { name: 'Delete the old parts in OSS now' }).check()
    await dialog(page).getByRole('button', { name: 'Start again' }).click()
    await expect(transfer(page, 'showreel.mov')).toHaveCount(1)
    await expect(transfer(page, 'showreel.mov')).toContainText('checksum matches')
    await expect(transfer(page, 'showreel.mov')).toContainText('started over with a new data key')
    expect(sentParts(oss).length - before).toBeGreaterThanOrEqual(64)
    expect(
      oss.log
        .entries()
        .slice(-70)
        .some(({ method, query }) => method === 'PUT' && query.get('uploadId') === old?.uploadId),
    ).toBe(false)
    expect(await listUploads(client, { bucket: BUCKET, prefix: '' }, signal)).toEqual([])
  } finally {
    await other.close()
  }
})

test('unfinished uploads of another program are listed with what OSS holds, and aborted', async ({
  app,
  page,
  oss,
  client,
}) => {
  const begin = async (key: string, parts: number): Promise<void> => {
    const uploadId = await initiate(
      client,
      { bucket: BUCKET, key, headers: {}, forbidOverwrite: false },
      signal,
    )
    for (let number = 1; number <= parts; number++) {
      const { url, method, headers } = await client.sign({
        method: 'PUT',
        bucket: BUCKET,
        key,
        query: partQuery(uploadId, number),
        headers: {},
      })
      expect((await fetch(url, { method, headers, body: randomBytes(200_000) })).status).toBe(200)
    }
  }
  await begin('ingest/raw-footage.mov', 3)
  await begin('ingest/never-started.bin', 0)
  await open(page, app)
  await settle(page, oss)
  await goTo(page, 'Transfers')
  await page.getByRole('radio', { name: 'Unfinished uploads' }).click()
  await expect(page.getByText('No unfinished uploads')).toBeVisible()
  await look(page, 'leftovers-empty')
  await select(page, page.getByRole('button', { name: /^Profile/ }), 'Lanstone')
  await select(page, page.getByRole('button', { name: /^Bucket/ }), BUCKET)
  const raw = leftovers(page).getByRole('row', { name: /raw-footage/ })
  await expect(raw).toContainText('600 kB')
  await expect(raw).toContainText('Not encrypted')
  await expect(page.getByText('2 unfinished uploads, 600 kB stored in OSS')).toBeVisible()
  await look(page, 'leftovers')
  await raw.getByRole('button', { name: 'Delete parts…' }).click()
  await expect(dialog(page)).toContainText('1 upload, 600 kB')
  await look(page, 'leftovers-abort')
  await dialog(page).getByRole('button', { name: 'Delete parts of 1 upload' }).click()
  // Under a dialog there are no rows for anybody.
  await expect(dialog(page)).toHaveCount(0)
  await expect(raw).toHaveCount(0)
  expect(
    (await listUploads(client, { bucket: BUCKET, prefix: '' }, signal)).map(({ key }) => key),
  ).toEqual(['ingest/never-started.bin'])
  expect(complaints).toEqual([])
})
