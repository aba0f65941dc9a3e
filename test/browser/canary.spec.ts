import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page } from '@playwright/test'
import { startPractice, type Practice } from '../tools/practice.ts'
import { MARK, markedFiles, markedText, tapWire, type WireTap } from '../tools/marked.ts'
import { call, chooseFile, dialog, objects, open, PASSPHRASE, test as base } from './kit.ts'
import { dropPaths, startLoopback, type LoopbackApp } from './loopback-app.ts'

/**
 * Sends a marked plaintext by every way in which an upload of the window starts. The mark never
 * crosses the wire, and lies in the data folder in `spool/` only.
 */

const LIST = '[role=grid][aria-label^="Objects in"]'
/** Of the file that goes in parts. */
const LARGE = 5_000_000

interface Scene {
  readonly oss: Practice
  readonly tap: WireTap
  readonly profileId: string
  readonly keyId: string
}

const test = base.extend<{ scene: Scene; sources: string }>({
  /** Not below the home, which the app's data folder may be in. */
  sources: async ({}, use) => {
    const sources = await mkdtemp(join(tmpdir(), 'canary-'))
    await writeFile(join(sources, 'small.txt'), markedText(2000))
    await writeFile(join(sources, 'large.txt'), markedText(LARGE))
    for (let at = 0; at < 30; at++) {
      await mkdir(join(sources, `folder/part ${at % 3}`), { recursive: true })
      await writeFile(join(sources, `folder/part ${at % 3}/file ${at}.txt`), markedText(100 + at))
    }
    await use(sources)
    await rm(sources, { recursive: true, force: true })
  },
  /** The page shows a bucket of an account behind the tap, whose default key is there. */
  scene: async ({ page, app, folder }, use) => {
    const oss = await startPractice({ directory: join(folder, 'oss') })
    const tap = await tapWire(oss.port)
    await open(page, app)
    await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
    const { id: keyId } = await call(page, 'keys.generate', {
      name: 'Canary',
      bits: 2048,
      description: '{"of":"canary"}',
      style: 'compact',
    })
    const { id: profileId } = await call(page, 'profiles.add', {
      name: 'Canary',
      colour: 'jade',
      endpoint: tap.endpoint,
      region: oss.region,
      accessKeyId: oss.accessKeyId,
      credential: { kind: 'typed', accessKeySecret: oss.accessKeySecret, securityToken: '' },
      buckets: [oss.bucket],
    })
    await call(page, 'profiles.setDefaultKey', { profileId, bucket: null, keyId })
    await call(page, 'settings.update', {
      multipartFrom: 1024 * 1024,
      partSize: 1024 * 1024,
      parts: 2,
    })
    await call(page, 'objects.makeFolder', { profileId, bucket: oss.bucket, key: 'empty/' })
    await show(page, profileId, oss.bucket)
    await use({ oss, tap, profileId, keyId })
    tap.close()
    await oss.close()
  },
})

async function show(page: Page, profileId: string, bucket: string): Promise<void> {
  await page.goto(`${new URL(page.url()).origin}/#/${profileId}/${bucket}/`)
  await expect(objects(page)).toBeVisible()
}

async function confirm(page: Page): Promise<void> {
  await dialog(page)
    .getByRole('button', { name: /^Encrypt and upload/ })
    .click()
  await expect(dialog(page)).toBeHidden()
}

/**
 * Resolves when `keys` are `count` objects of the bucket, all transfers are over, and nothing of
 * the plaintext was seen anywhere.
 */
async function settled(
  page: Page,
  { oss, tap, profileId }: Scene,
  app: LoopbackApp,
  keys: readonly string[],
  count: number,
): Promise<void> {
  await expect
    .poll(async () =>
      (await call(page, 'transfers.list', {}))
        .filter(({ phase }) => phase !== 'done')
        .map(({ name, phase, error }) => `${name} ${phase} ${JSON.stringify(error)}`),
    )
    .toEqual([])
  expect(
    (await call(page, 'objects.count', { profileId, bucket: oss.bucket, keys: [...keys] })).objects,
  ).toBe(count)
  await unseen(tap, app)
}

async function unseen(tap: WireTap, app: LoopbackApp): Promise<void> {
  expect(tap.bytes).toBeGreaterThan(0)
  expect(tap.marked).toBe(false)
  expect(await markedFiles(app.data)).toEqual([])
}

/** Pastes files of the page's own, as the clipboard gives them. */
const paste = (page: Page, name: string, text: string): Promise<void> =>
  page.evaluate(
    ([name, text]) => {
      const clipboardData = new DataTransfer()
      clipboardData.items.add(new File([text], name))
      document.body.dispatchEvent(
        new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }),
      )
    },
    [name, text] as const,
  )

const menu = async (page: Page, item: RegExp): Promise<void> => {
  await page.getByRole('button', { name: 'Upload', exact: true }).click()
  await page.getByRole('menuitem', { name: item }).click()
}

test('drop, picker, paste, folder, parts', async ({ page, app, scene, sources }) => {
  await dropPaths(page, LIST, [join(sources, 'small.txt')])
  await confirm(page)
  await settled(page, scene, app, ['small.txt'], 1)

  await paste(page, 'pasted.txt', await readFile(join(sources, 'small.txt'), 'utf8'))
  await confirm(page)
  await settled(page, scene, app, ['pasted.txt'], 1)

  await dropPaths(page, LIST, [join(sources, 'folder')])
  await confirm(page)
  await settled(page, scene, app, ['folder/'], 30)

  await menu(page, /^Upload files/)
  await chooseFile(page, join(sources, 'large.txt'))
  await confirm(page)
  await settled(page, scene, app, ['large.txt'], 1)
  expect(scene.tap.bytes).toBeGreaterThan(LARGE)
})

test('what is sent again: a request that fails, a transfer that is tried again, one that goes on after a kill', async ({
  page,
  app,
  scene,
  sources,
  folder,
  problems,
}) => {
  const { oss, tap, profileId } = scene
  // Within one request.
  oss.faults.add({
    match: { method: 'PUT', query: 'partNumber=2' },
    do: { kind: 'reset-request', afterBytes: 300_000 },
  })
  oss.faults.add({ match: { method: 'PUT', query: 'partNumber=3' }, do: { kind: 'lose-response' } })
  await dropPaths(page, LIST, [join(sources, 'large.txt')])
  await confirm(page)
  await settled(page, scene, app, ['large.txt'], 1)

  // A whole transfer, by hand.
  oss.faults.add({
    match: { method: 'PUT', key: 'small.txt' },
    do: { kind: 'status', status: 403, code: 'AccessDenied' },
  })
  await dropPaths(page, LIST, [join(sources, 'small.txt')])
  await confirm(page)
  const failed = async () =>
    (await call(page, 'transfers.list', {})).find(({ phase }) => /failed|needs-user/.test(phase))
      ?.id ?? ''
  await expect.poll(failed).not.toBe('')
  await unseen(tap, app)
  await call(page, 'transfers.retry', { ids: [await failed()] })
  await settled(page, scene, app, ['small.txt'], 1)

  // The app is killed between two parts of a file that it read itself.
  oss.faults.add({
    match: { method: 'PUT', query: 'partNumber=4' },
    do: { kind: 'delay', ms: 3_600_000 },
    times: Infinity,
  })
  await writeFile(join(sources, 'again.txt'), markedText(LARGE))
  await menu(page, /^Upload files/)
  await chooseFile(page, join(sources, 'again.txt'))
  await confirm(page)
  await expect
    .poll(
      async () =>
        (await call(page, 'transfers.list', {})).find(({ name }) => name === 'again.txt')
          ?.partsDone ?? 0,
    )
    .toBeGreaterThan(2)
  await unseen(tap, app)
  await app.kill()
  expect(await markedFiles(app.data)).toEqual([])
  oss.faults.clear()
  const next = await startLoopback({ data: app.data, environment: { HOME: folder } })
  try {
    await page.goto(next.link)
    await call(page, 'secrets.unlock', { passphrase: PASSPHRASE })
    await settled(page, scene, next, ['again.txt'], 1)
    expect(
      (
        await call(page, 'objects.count', {
          profileId,
          bucket: oss.bucket,
          keys: ['large.txt', 'small.txt', 'again.txt'],
        })
      ).objects,
    ).toBe(3)
  } finally {
    await next.stop()
    // The page told of its lost socket.
    problems.length = 0
  }
})

test('a copy that passes through this computer', async ({ page, app, scene, sources }) => {
  const { oss, profileId } = scene
  await dropPaths(page, LIST, [join(sources, 'large.txt')])
  await confirm(page)
  await settled(page, scene, app, ['large.txt'], 1)
  const { practice } = await call(page, 'app.info', {})
  await call(page, 'copies.start', {
    from: { profileId, bucket: oss.bucket },
    keys: ['large.txt'],
    to: { profileId: practice?.profileId ?? '', bucket: 'practice-bucket' },
    toPrefix: 'copied/',
    toKey: null,
    move: false,
    existing: 'fail',
  })
  await settled(page, scene, app, ['large.txt'], 1)
  // And from there behind the tap again.
  await call(page, 'copies.start', {
    from: { profileId: practice?.profileId ?? '', bucket: 'practice-bucket' },
    keys: ['copied/large.txt'],
    to: { profileId, bucket: oss.bucket },
    toPrefix: 'back/',
    toKey: null,
    move: false,
    existing: 'fail',
  })
  await settled(page, scene, app, ['back/large.txt'], 1)
})

test('without a key nothing starts', async ({ page, app, scene, sources }) => {
  const { oss, tap, profileId, keyId } = scene
  const grants = await call(page, 'local.grant', {
    paths: [join(sources, 'small.txt')],
    write: false,
  })
  const start = async (key: string | null): Promise<unknown> => {
    const plan = await call(page, 'uploads.plan', {
      profileId,
      bucket: oss.bucket,
      prefix: 'none/',
      grants: grants.map(({ id }) => id),
    })
    return call(page, 'uploads.start', {
      planId: plan.id,
      keyId: key,
      existing: 'ask',
      decisions: {},
      allowWeak: false,
      partSize: null,
      parallel: null,
      toKey: null,
      format: null,
    })
  }
  await call(page, 'profiles.setDefaultKey', { profileId, bucket: null, keyId: null })
  await expect(start(null)).rejects.toThrow(/key/)
  const [ledger] = await call(page, 'keys.ledger', { id: keyId })
  const confirmObjects = ledger?.objects ?? 0
  const removal = { id: keyId, confirmName: 'Canary', confirmObjects, successorId: null }
  await call(page, 'keys.remove', removal)
  await expect(start(keyId)).rejects.toThrow(/key/)
  await dropPaths(page, LIST, [join(sources, 'large.txt')])
  await expect(dialog(page).getByRole('button', { name: /^Encrypt and upload/ })).toBeDisabled()
  await unseen(tap, app)
  expect(await call(page, 'transfers.list', {})).toEqual([])
})

test('the tap hears the mark', async ({ scene: { tap } }) => {
  await fetch(`${tap.endpoint}/canary`, { method: 'PUT', body: `x${MARK}` })
  expect(tap.marked).toBe(true)
})
