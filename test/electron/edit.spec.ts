import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { EditedCopy } from '../../shared/contract/models-edits.ts'
import { shells, type DesktopApp } from './apps.ts'
import { call } from './page-calls.ts'

/** A file that another program changes, from the list to the next object. */

const WELCOME = 'welcome (encrypted).txt'
const at = { profileId: 'practice', bucket: 'practice-bucket' }

/** Puts a stand-in for the program of the system: it notes the paths that it is to open. */
const standIn = (app: DesktopApp) =>
  app.evaluate(({ shell }) => {
    const paths: string[] = []
    ;(globalThis as { opened?: string[] }).opened = paths
    shell.openPath = (path) => {
      paths.push(path)
      return Promise.resolve('')
    }
  }, null)
const openedBy = (app: DesktopApp) =>
  app.evaluate(() => (globalThis as { opened?: string[] }).opened ?? [], null)

/** Saves as many editors do: a new file takes the place of the old one. */
async function save(path: string, text: string): Promise<void> {
  await writeFile(`${path}.swp`, text)
  await rename(`${path}.swp`, path)
}

/** Selects the sample and presses the key. Resolves with the path of the copy. */
async function edit(app: DesktopApp): Promise<string> {
  const list = app.page.getByRole('grid', { name: 'Objects in practice-bucket' })
  await list.getByText(WELCOME).click()
  await app.page.keyboard.press('F4')
  await expect.poll(async () => (await openedBy(app)).length).toBeGreaterThan(0)
  return (await openedBy(app)).at(-1) ?? ''
}
const states = async (page: Page) =>
  (await call<readonly EditedCopy[]>(page, 'edits.list', {})).map(({ state }) => state)
const offer = (page: Page) => page.locator('.edits')

/** The content of the sample, as quick look reads it. */
async function content(page: Page): Promise<string> {
  const input = { ...at, key: WELCOME, keyId: null, wholeUpTo: 10_000 }
  const { id } = await call<{ readonly id: string }>(page, 'preview.open', input)
  return page.evaluate(async (one) => (await fetch(`/preview/${one}`)).text(), id)
}

for (const { name, start } of shells)
  test(`${name}: a changed copy is offered, uploaded, and outlives a crash`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'desktop-edit-'))
    const data = join(folder, 'data')
    let app = await start(data)
    await standIn(app)
    const path = await edit(app)
    expect(await readFile(path, 'utf8')).toContain('This file is encrypted in the bucket.')
    await save(path, 'edited in another program')
    await expect(offer(app.page)).toContainText('The change is not uploaded yet.')

    // The offer stays on every page, and answers to the keyboard.
    await app.page.keyboard.press('Control+,')
    await expect(app.page.getByRole('heading', { name: 'Settings' })).toBeVisible()
    const upload = offer(app.page).getByRole('button', { name: 'Encrypt and upload' })
    await upload.focus()
    await app.page.keyboard.press('Enter')
    await expect(offer(app.page)).toBeEmpty()
    expect(await states(app.page)).toEqual(['unchanged'])
    expect(await content(app.page)).toBe('edited in another program')

    // The user stays at the question of the quit, and the app then ends without asking.
    await save(path, 'edited once more')
    await expect(offer(app.page)).toContainText(WELCOME)
    const asked = await app.evaluate(
      ({ dialog, app: electronApp }) =>
        new Promise<readonly string[]>((resolve) => {
          dialog.showMessageBox = ((options: { readonly buttons: readonly string[] }) => {
            resolve(options.buttons)
            return Promise.resolve({ response: 0, checkboxChecked: false })
          }) as never
          electronApp.quit()
        }),
      null,
    )
    expect(asked).toEqual(['Stay open', 'Upload', 'Discard'])
    expect(await states(app.page)).toEqual(['changed'])
    process.kill(app.pid, 'SIGKILL')
    await app.ended

    app = await start(data)
    await expect(offer(app.page)).toContainText('was changed before Cipherbucket ended')
    expect(await readFile(path, 'utf8')).toBe('edited once more')
    await offer(app.page).getByRole('button', { name: 'Discard…' }).click()
    await app.page.getByRole('button', { name: 'Discard', exact: true }).click()
    await expect(offer(app.page)).toBeEmpty()
    expect(await content(app.page)).toBe('edited in another program')
    expect(await app.quit()).toBe(0)
    expect(await readdir(join(data, 'edited'))).toEqual([])
    await rm(folder, { recursive: true, force: true })
  })
