import { mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, test } from '@playwright/test'
import { shells } from './apps.ts'

/**
 * Files that are dragged to another program. A test has no desktop to drop on. So it looks at the
 * drag that the shell gives to the system.
 */
interface Drag {
  readonly file: string
  readonly files: readonly string[]
}

for (const shell of shells)
  test(`decrypted copies are dragged out when they are whole, ${shell.name}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'drag-out-'))
    const data = join(folder, 'data')
    await mkdir(data)
    const app = await shell.start(data)
    const { page } = app
    await app.evaluate(({ BrowserWindow }) => {
      const drags: Drag[] = []
      const [window] = BrowserWindow.getAllWindows()
      Object.assign(globalThis, { drags })
      Object.assign(window?.webContents ?? {}, {
        startDrag: ({ file, files }: Drag) => void drags.push({ file, files }),
      })
    }, null)
    const drags = () =>
      app.evaluate(() => (globalThis as unknown as { drags: readonly Drag[] }).drags, null)
    const row = (name: string) =>
      page
        .getByRole('grid', { name: /^Objects in/ })
        .getByRole('row')
        .filter({ hasText: name })
    const prepare = async (name: string) => {
      await row(name).click({ button: 'right' })
      await page.getByRole('menuitem', { name: 'Prepare to drag out' }).click()
    }
    await row('letters').click()
    await prepare('letters')
    await expect(page.getByText('A folder cannot be dragged out of the window.')).toBeVisible()
    await row('welcome (encrypted).txt').click()
    await row('anyone-can-read-this.txt').click({ modifiers: ['Control'] })
    await prepare('anyone-can-read-this.txt')
    const bar = page.getByRole('group', { name: 'Files to drag out' })
    await expect(bar).toContainText('2 files')
    await bar.locator('.drag-chip').dispatchEvent('dragstart')
    await expect.poll(async () => (await drags()).length).toBe(1)
    const [drag] = await drags()
    expect(drag?.file).toBe(drag?.files[0])
    expect(drag?.files.map((path) => basename(path)).sort()).toEqual([
      'anyone-can-read-this.txt',
      'welcome (encrypted).txt',
    ])
    for (const path of drag?.files ?? []) {
      expect(path.startsWith(join(data, 'opened'))).toBe(true)
      expect((await stat(path)).mode & 0o777).toBe(0o400)
    }
    const welcome = drag?.files.find((path) => path.includes('welcome')) ?? ''
    expect(await readFile(welcome, 'utf8')).toContain('This file is encrypted in the bucket.')
    await bar.getByRole('button', { name: 'Dismiss' }).click()
    await expect(bar).toHaveCount(0)
    expect(await app.quit()).toBe(0)
    await expect(stat(welcome)).rejects.toThrow('ENOENT')
    await rm(folder, { recursive: true, force: true })
  })
