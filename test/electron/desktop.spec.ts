import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from '@playwright/test'
import { electronProgram, environment, shells, type DesktopApp } from './apps.ts'
import { call } from './page-calls.ts'

/**
 * Tests of things that only the real Electron has: its sandbox, its menus, its windows, its second
 * start.
 */

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const real = shells.find((shell) => shell.real)
if (real !== undefined) {
  let folder: string
  let data: string
  let app: DesktopApp
  test.beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'desktop-real-'))
    data = join(folder, 'data')
    await mkdir(data)
    // As a larger screen left it.
    await writeFile(
      join(data, 'window.json'),
      JSON.stringify({ bounds: { x: 0, y: 0, width: 3800, height: 2000 }, maximized: false }),
    )
    app = await real.start(data)
  })
  test.afterAll(async () => {
    expect(await app.quit()).toBe(0)
    await rm(folder, { recursive: true, force: true })
  })

  test('is no larger than its screen', async () => {
    const { bounds, area } = await app.evaluate(
      ({ BrowserWindow, screen }) => ({
        bounds: (
          BrowserWindow.getAllWindows()[0] as unknown as {
            getBounds(): { width: number; height: number }
          }
        ).getBounds(),
        area: screen.getPrimaryDisplay()?.workArea ?? { width: 0, height: 0 },
      }),
      null,
    )
    for (const side of ['width', 'height'] as const) {
      expect(bounds[side]).toBeLessThanOrEqual(area[side])
      // As large as it may be, give or take what rounding does.
      expect(bounds[side]).toBeGreaterThan(area[side] - 5)
    }
  })

  test('runs its page in the sandbox', async () => {
    test.skip(process.platform !== 'linux', 'only Linux shows a process its filters')
    const arguments_ = (await readFile(`/proc/${app.pid}/cmdline`, 'utf8')).split('\0')
    expect(arguments_).not.toContain('--no-sandbox')
    const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
    const pages = (
      await Promise.all(
        processes.map(async (pid) => {
          const [line, status] = await Promise.all(
            ['cmdline', 'status'].map((name) =>
              readFile(`/proc/${pid}/${name}`, 'utf8').catch(() => ''),
            ),
          )
          return line?.includes('--type=renderer') === true && line.includes(data)
            ? [status ?? '']
            : []
        }),
      )
    ).flat()
    expect(pages.length).toBeGreaterThan(0)
    // A filter of system calls, and no way to more rights.
    for (const status of pages) expect(status).toMatch(/^NoNewPrivs:\t1\nSeccomp:\t2$/m)
  })

  test('shows every label of its menu in the language of the app', async () => {
    const labels = () =>
      app.evaluate(({ Menu }) => {
        interface Item {
          readonly type: string
          readonly label: string
          readonly submenu?: { readonly items: readonly Item[] }
        }
        const all = (items: readonly Item[]): readonly string[] =>
          items.flatMap((item) => [
            ...(item.type === 'separator' ? [] : [item.label]),
            ...all(item.submenu?.items ?? []),
          ])
        return all((Menu.getApplicationMenu() as unknown as { items: readonly Item[] }).items)
      }, null)
    for (const label of await labels()) expect(label).toMatch(/^[A-Z][A-Za-z ]+…?$/)
    await call(app.page, 'settings.update', { language: 'zh-CN' })
    const chinese = await labels()
    expect(chinese.length).toBeGreaterThan(30)
    for (const label of chinese) expect(label).toMatch(/\p{Script=Han}/u)
    await call(app.page, 'settings.update', { language: 'en' })
  })

  test('has a menu for text fields and for selected text', async () => {
    await app.evaluate(({ Menu }) => {
      const shown: string[][] = []
      Object.assign(globalThis, { shown })
      const real = Menu.buildFromTemplate.bind(Menu)
      Menu.buildFromTemplate = (template) => {
        const menu = real(template)
        menu.popup = () => void shown.push(template.map(({ label }) => label ?? ''))
        return menu
      }
    }, null)
    const shown = () =>
      app.evaluate(() => (globalThis as unknown as { shown: string[][] }).shown.at(-1), null)
    await app.page
      .getByRole('combobox')
      .or(app.page.getByRole('textbox'))
      .first()
      .click({ button: 'right' })
    await expect.poll(shown).toEqual(['Cut', 'Copy', 'Paste', '', 'Select All'])
    await app.page.evaluate(() => {
      const text = Object.assign(document.createElement('p'), {
        textContent: 'some text',
        id: 'selected',
      })
      text.style.cssText = 'position:fixed;inset:40% auto auto 40%;z-index:9999;user-select:text'
      document.body.append(text)
      getSelection()?.selectAllChildren(text)
    })
    await app.page.locator('#selected').click({ button: 'right' })
    await expect.poll(shown).toEqual(['Copy'])
    await app.page.evaluate(() => document.querySelector('#selected')?.remove())
  })

  test('opens the developer tools by the menu, for this is no packaged app', async () => {
    const { stdout } = await run(
      electronProgram(),
      ['-r', join(root, 'test/electron/tools-driver.cjs'), root],
      {
        env: environment(join(folder, 'tools')),
      },
    )
    expect(stdout).toContain('tools: devtools://devtools/')
  })

  test('a second start brings the window to the front, or shows one where there is none', async () => {
    const again = () => run(electronProgram(), [root], { env: environment(data) })
    const count = () =>
      app.evaluate(
        ({ BrowserWindow }) =>
          BrowserWindow.getAllWindows().filter((window) => window.isVisible()).length,
        null,
      )
    await app.evaluate(
      ({ BrowserWindow }) =>
        (BrowserWindow.getAllWindows()[0] as unknown as { hide(): void }).hide(),
      null,
    )
    await again()
    await expect.poll(count).toBe(1)
    // As on macOS, where the app lives on without a window.
    await app.evaluate(
      ({ BrowserWindow }) =>
        (
          BrowserWindow.getAllWindows()[0] as unknown as {
            destroy(): void
            removeAllListeners(name: string): void
          }
        ).removeAllListeners('close'),
      null,
    )
    await app.evaluate(({ app, BrowserWindow }) => {
      app.removeAllListeners('window-all-closed')
      app.on('window-all-closed', () => undefined)
      ;(BrowserWindow.getAllWindows()[0] as unknown as { destroy(): void }).destroy()
    }, null)
    await expect.poll(count).toBe(0)
    await again()
    await expect.poll(count).toBe(1)
  })
}
