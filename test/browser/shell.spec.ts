import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base, type Page } from '@playwright/test'
import { dropPaths, startLoopback, type LoopbackApp } from './loopback-app.ts'

/**
 * The main job in the browser shell, as a person does it: open the link, drop a file, see it
 * encrypted, get it back.
 */

const test = base.extend<{ app: LoopbackApp; folder: string; problems: string[] }>({
  app: async ({}, use) => {
    const app = await startLoopback()
    await use(app)
    await app.close()
  },
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'shell-spec-'))
    await use(folder)
    await rm(folder, { recursive: true, force: true })
  },
  /** Errors that the page wrote to the console, refusals of the policy among them. */
  problems: async ({ page }, use) => {
    const problems: string[] = []
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
    page.on('pageerror', (error) => problems.push(error.message))
    await use(problems)
    expect(problems).toEqual([])
  },
})

const row = (page: Page, name: string) =>
  page
    .getByRole('grid', { name: /^Objects in/ })
    .getByRole('row')
    .filter({ hasText: name })
const transfer = (page: Page, name: string) =>
  page.getByRole('grid', { name: 'All transfers' }).getByRole('row').filter({ hasText: name })
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

/** Every file below a folder, with its bytes. */
async function filesBelow(folder: string): Promise<ReadonlyMap<string, Buffer>> {
  const names = await readdir(folder, { recursive: true })
  const found = new Map<string, Buffer>()
  for (const name of names)
    if ((await stat(join(folder, name))).isFile())
      found.set(name, await readFile(join(folder, name)))
  return found
}

async function drop(page: Page, paths: readonly string[]): Promise<void> {
  await dropPaths(page, '[role=grid][aria-label^="Objects in"]', paths)
  await page.getByRole('dialog').getByRole('button', { name: 'Encrypt and upload' }).click()
}

test('a file goes up encrypted, survives a reload of the page, and comes back whole', async ({
  app,
  page,
  folder,
  problems,
}) => {
  // Some megabytes of a pattern that shows in any block.
  const plaintext = Buffer.from(
    Array.from({ length: 300_000 }, (_, i) => `plain text line ${i % 97}\n`).join(''),
  )
  await writeFile(join(folder, 'letter 信.txt'), plaintext)
  await mkdir(join(folder, 'photos/empty'), { recursive: true })
  await writeFile(join(folder, 'photos/a.bin'), 'a')
  await mkdir(join(folder, 'saved'))

  await page.goto(app.link)
  expect(new URL(page.url()).search).toBe('')
  await expect(row(page, 'welcome (encrypted).txt')).toContainText('Encrypted')

  await drop(page, [join(folder, 'letter 信.txt'), join(folder, 'photos')])
  await expect(row(page, 'letter 信.txt')).toContainText('Encrypted')
  await expect(row(page, 'photos')).toBeVisible()
  await expect(transfer(page, 'letter 信.txt')).toContainText('Done')

  await page.reload()
  await expect(row(page, 'letter 信.txt')).toContainText('Practice key')
  await expect(transfer(page, 'letter 信.txt')).toContainText('Done')

  // Nothing of the plaintext is anywhere in the app's folder: neither in the bucket nor in the
  // spool.
  await expect.poll(async () => [...(await filesBelow(join(app.data, 'spool')))].length).toBe(0)
  for (const [name, bytes] of await filesBelow(app.data))
    expect(bytes.includes('plain text line'), name).toBe(false)

  await row(page, 'letter 信.txt').click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^Download…/ }).click()
  await chooseFolder(page, join(folder, 'saved'))
  await expect.poll(() => readdir(join(folder, 'saved'))).toEqual(['letter 信.txt'])
  expect(sha256(await readFile(join(folder, 'saved/letter 信.txt')))).toBe(sha256(plaintext))
  expect(problems).toEqual([])
})

/** Walks the in-page chooser to `folder` by its path line, and saves there. */
async function chooseFolder(page: Page, folder: string): Promise<void> {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: '/', exact: true }).click()
  for (const name of folder.split('/').filter((part) => part !== ''))
    await dialog.getByText(name, { exact: true }).dblclick()
  await dialog.getByRole('button', { name: /^Save/ }).click()
}

test('a used link and an earlier start are explained in plain words', async ({
  app,
  page,
  browser,
}) => {
  await page.goto(app.link)
  await expect(row(page, 'welcome (encrypted).txt')).toBeVisible()

  const stranger = await browser.newPage()
  await stranger.goto(app.link)
  await expect(stranger.getByRole('heading')).toHaveText('This link was already used')
  await stranger.goto(new URL('/', app.link).href)
  await expect(stranger.getByRole('heading')).toHaveText('Cipherbucket does not know this browser')
  await stranger.close()

  // Started again on the same port: the page says that the core is gone, and after a reload what to
  // do.
  expect(await app.stop()).toBe(0)
  const again = await startLoopback({ data: app.data, port: Number(new URL(app.link).port) })
  await page.reload()
  await expect(page.getByRole('heading')).toHaveText('Cipherbucket does not know this browser')
  await page.goto(again.link)
  await expect(row(page, 'welcome (encrypted).txt')).toBeVisible()
  expect(await again.stop()).toBe(0)
})

test('another site can neither read the page nor call the core, even in the browser that is let in', async ({
  app,
  page,
  context,
}) => {
  await page.goto(app.link)
  await expect(row(page, 'welcome (encrypted).txt')).toBeVisible()
  const target = new URL(app.link).origin

  await context.route('https://evil.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: '<title>evil</title>' }),
  )
  const evil = await context.newPage()
  await evil.goto('https://evil.example/')
  const reached = await evil.evaluate(async (target) => {
    const tried = async (work: () => Promise<unknown>): Promise<string> =>
      work().then(
        () => 'reached',
        () => 'refused',
      )
    const socket = () =>
      new Promise((resolve, reject) =>
        Object.assign(new WebSocket(`${target.replace('http', 'ws')}/port`), {
          onopen: resolve,
          onerror: reject,
        }),
      )
    const loads = (tag: 'script' | 'iframe') =>
      new Promise<void>((resolve, reject) => {
        const element = Object.assign(document.createElement(tag), {
          src: `${target}/`,
          onerror: reject,
        })
        // A frame tells of its loading even when it shows an error; what it shows is not ours to
        // read either way.
        element.onload = () =>
          tag === 'iframe' && (element as HTMLIFrameElement).contentDocument === null
            ? reject(new Error())
            : resolve()
        document.body.append(element)
      })
    return {
      read: await tried(() => fetch(`${target}/`, { credentials: 'include' })),
      post: await tried(() =>
        fetch(`${target}/spool?drop=12345678&path=a&kind=file`, {
          method: 'POST',
          body: 'x',
          credentials: 'include',
        }),
      ),
      socket: await tried(socket),
      script: await tried(() => loads('script')),
      frame: await tried(() => loads('iframe')),
    }
  }, target)
  expect(reached).toEqual({
    read: 'refused',
    post: 'refused',
    socket: 'refused',
    script: 'refused',
    frame: 'refused',
  })
  expect(await readdir(join(app.data, 'spool'))).toEqual([])
})
