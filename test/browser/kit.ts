import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { expect, test as base, type Locator, type Page } from '@playwright/test'
import type { In, Out, RouteName } from '../../shared/contract/routes/routes.ts'
import type { WriteFormat } from '../../shared/contract/models.ts'
import { startPractice, type Practice } from '../tools/practice.ts'
import { startLoopback, type LoopbackApp } from './loopback-app.ts'

/**
 * The parts that the browser specs share: an app of their own, its page, and functions that use it.
 */

export interface Given {
  /** Settings of the app's process; a spec sets them with `test.use`. */
  readonly environment: Readonly<Record<string, string>>
  /** The browser shell in a process of its own, whose home is `folder`. */
  readonly app: LoopbackApp
  /** An empty folder for the files of the test. */
  readonly folder: string
  /** A practice server beside the one of the app. It starts where a test asks for it. */
  readonly oss: Practice
  /**
   * Errors that the page wrote to the console, refusals of the policy among them. The list must
   * stay empty.
   */
  readonly problems: string[]
}

export const test = base.extend<Given>({
  environment: [{}, { option: true }],
  app: async ({ folder, environment }, use) => {
    const app = await startLoopback({ environment: { HOME: folder, ...environment } })
    await use(app)
    await app.close()
  },
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'spec-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  oss: async ({ folder }, use) => {
    // A hidden folder, so that no list of the test's files shows it.
    const oss = await startPractice({ directory: join(folder, '.oss') })
    await use(oss)
    await oss.close()
  },
  problems: [
    async ({ page }, use) => {
      const problems: string[] = []
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
      page.on('pageerror', (error) => problems.push(error.message))
      await use(problems)
      expect(problems).toEqual([])
    },
    { auto: true },
  ],
})

export const PASSPHRASE = 'correct horse battery staple'
export const objects = (page: Page): Locator => page.getByRole('grid', { name: /^Objects in/ })
export const row = (page: Page, name: string): Locator =>
  objects(page).getByRole('row').filter({ hasText: name })
export const transfer = (page: Page, name: string): Locator =>
  page.getByRole('grid', { name: 'All transfers' }).getByRole('row').filter({ hasText: name })
export const dialog = (page: Page, name?: string | RegExp): Locator =>
  page.getByRole('dialog', name === undefined ? {} : { name })
export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex')

/** Opens the app; resolves when the practice bucket is listed. */
export async function open(page: Page, app: LoopbackApp): Promise<void> {
  await page.goto(app.link)
  await expect(row(page, 'welcome (encrypted).txt')).toContainText('Encrypted')
}

/** Goes to a page by the sidebar. */
export async function goTo(
  page: Page,
  name: 'Transfers' | 'Master keys' | 'Offline decryption' | 'Settings',
): Promise<void> {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name)
}

/** Walks the in-page chooser to a folder, from the top by its path line. */
async function walkTo(chooser: Locator, folder: string): Promise<void> {
  const here = chooser.locator('[aria-current=location]')
  await chooser.getByRole('button', { name: '/', exact: true }).click()
  // The list stays until the next folder has been read. A step is over when the path line shows the
  // new folder.
  await expect(here).toHaveText('/')
  for (const name of folder.split('/').filter((part) => part !== '')) {
    await chooser.getByRole('listbox').getByText(name, { exact: true }).dblclick()
    await expect(here).toHaveText(name)
  }
}

/** Chooses one file in the open chooser. */
export async function chooseFile(page: Page, path: string): Promise<void> {
  const chooser = dialog(page, 'Choose files')
  await walkTo(chooser, dirname(path))
  await chooser.getByRole('listbox').getByText(basename(path), { exact: true }).click()
  await chooser.getByRole('button', { name: 'Choose 1 file' }).click()
  await expect(chooser).toBeHidden()
}

/** Chooses the folder to save in in the open chooser. */
export async function chooseTarget(page: Page, folder: string): Promise<void> {
  const chooser = dialog(page, 'Choose a target folder')
  await walkTo(chooser, folder)
  await chooser.getByRole('button', { name: /^Save in/ }).click()
  await expect(chooser).toBeHidden()
}

/** Chooses in one of our selects, by the words of the option. */
export async function select(page: Page, control: Locator, option: string | RegExp): Promise<void> {
  await control.click()
  await page.getByRole('menuitemradio', { name: option }).click()
}

/** Makes the passphrase file as a person does, from the sidebar. */
export async function unlock(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Choose a passphrase' }).click()
  await dialog(page).getByLabel('Passphrase', { exact: true }).fill(PASSPHRASE)
  await dialog(page).getByLabel('Repeat passphrase').fill(PASSPHRASE)
  await dialog(page).getByRole('button', { name: 'Create the file' }).click()
  await expect(page.getByText('Keys in a passphrase file')).toBeVisible()
}

/**
 * A call to the core over a socket of its own: to set a scene that is not the test's subject.
 * Throws what the core refuses.
 */
export function call<N extends RouteName>(page: Page, name: N, input: In<N>): Promise<Out<N>> {
  return page.evaluate(
    ([name, input]) =>
      new Promise<never>((resolve, reject) => {
        const socket = new WebSocket(`ws://${location.host}/port`)
        socket.onopen = () => socket.send(JSON.stringify({ t: 'call', i: 1, name, input }))
        socket.onmessage = (event) => {
          const message = JSON.parse(String(event.data)) as {
            t: string
            result: { ok: boolean; value: never; error: unknown }
          }
          if (message.t !== 'result') return
          socket.close()
          if (message.result.ok) resolve(message.result.value)
          else reject(new Error(JSON.stringify(message.result.error)))
        }
      }),
    [name, input] as const,
  )
}

/** Adds a profile for a practice server, and returns its id. The secrets are unlocked. */
export async function addProfile(
  page: Page,
  oss: Practice,
  buckets: readonly string[],
): Promise<string> {
  const { id } = await call(page, 'profiles.add', {
    name: 'Lanstone',
    colour: 'jade',
    endpoint: oss.endpoint,
    region: oss.region,
    accessKeyId: oss.accessKeyId,
    credential: { kind: 'typed', accessKeySecret: oss.accessKeySecret, securityToken: '' },
    buckets: [...buckets],
  })
  return id
}

/** `keyId`: null for the key of the place. `format`: the one of the key when it is left out. */
export interface PathUpload {
  readonly profileId: string
  readonly bucket: string
  readonly prefix: string
  readonly keyId: string | null
  readonly paths: readonly string[]
  readonly format?: WriteFormat
}

/** Starts an upload of files and folders of this computer, without the sheet. */
export async function uploadPaths(
  page: Page,
  { paths, keyId, format, ...to }: PathUpload,
): Promise<void> {
  const grants = await call(page, 'local.grant', { paths: [...paths], write: false })
  const plan = await call(page, 'uploads.plan', { ...to, grants: grants.map(({ id }) => id) })
  const start = () =>
    call(page, 'uploads.start', {
      planId: plan.id,
      keyId,
      existing: 'replace',
      decisions: {},
      allowWeak: false,
      partSize: null,
      parallel: null,
      toKey: null,
      format: format ?? null,
    })
  // The core refuses while the plan is still counting.
  await expect
    .poll(() =>
      start().then(
        (ids) => ids.length,
        () => 0,
      ),
    )
    .toBeGreaterThan(0)
}

/** Returns the first `length` characters of an object, as a window decrypts them. */
export function previewText(
  page: Page,
  object: Omit<In<'preview.open'>, 'wholeUpTo'>,
  length: number,
): Promise<string> {
  return page.evaluate(
    ([input, length]) =>
      new Promise<string>((resolve, reject) => {
        // The preview ends with the socket that opened it.
        const socket = new WebSocket(`ws://${location.host}/port`)
        socket.onopen = () =>
          socket.send(JSON.stringify({ t: 'call', i: 1, name: 'preview.open', input }))
        socket.onmessage = async (event) => {
          const message = JSON.parse(String(event.data)) as {
            t: string
            result: { ok: boolean; value: { id: string }; error: unknown }
          }
          if (message.t !== 'result') return
          if (!message.result.ok) return reject(new Error(JSON.stringify(message.result.error)))
          const answer = await fetch(`/preview/${message.result.value.id}`)
          resolve((await answer.text()).slice(0, length))
          socket.close()
        }
      }),
    [{ ...object, wholeUpTo: 0 }, length] as const,
  )
}
