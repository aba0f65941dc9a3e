import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, type Page } from '@playwright/test'
import type { Transfer } from '../../shared/contract/models-transfers.ts'
import { dropPaths } from '../browser/loopback-app.ts'
import { shells, type DesktopApp } from './apps.ts'
import { answerDialogs, call, download, settled, upload, type Exposed } from './page-calls.ts'

/**
 * The desktop app from outside: the main job through what the preload gives the page, and every way
 * out of the page we know. The same runs under the double and, where its binary is, under Electron.
 */

for (const { name, start } of shells) {
  test.describe(`the desktop app ${name}`, () => {
    let folder: string
    let app: DesktopApp
    let page: Page
    const bucket = 'practice-bucket'
    const plaintext = Buffer.from('only ciphertext leaves this machine. '.repeat(10_000))

    test.beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'desktop-'))
      await mkdir(join(folder, 'target'))
      await writeFile(join(folder, 'letter.txt'), plaintext)
      app = await start(join(folder, 'data'))
      page = app.page
    })
    test.afterAll(async () => {
      expect(await app.quit()).toBe(0)
      await rm(folder, { recursive: true, force: true })
    })

    test('is the desktop shell, on the practice bucket', async () => {
      const info = await call(page, 'app.info', {})
      expect(info).toMatchObject({ shell: 'desktop', practice: { bucket } })
      expect(await page.evaluate(() => isSecureContext)).toBe(true)
    })

    test('gives the page nine members and nothing of Node', async () => {
      const seen = await page.evaluate(() => {
        const api =
          (window as unknown as Record<string, Record<string, unknown>>)['cipherbucket'] ?? {}
        const global = window as unknown as Record<string, unknown>
        return {
          api: Object.keys(api).sort(),
          frozen: Object.isFrozen(api),
          node: [
            'require',
            'process',
            'module',
            'Buffer',
            'electron',
            'ipcRenderer',
            '__dirname',
            'global',
          ].filter((key) => key in global),
        }
      })
      expect(seen).toEqual({
        api: [
          'dragOut',
          'dropped',
          'onMessage',
          'pickFiles',
          'pickFolders',
          'pickTarget',
          'platform',
          'reveal',
          'send',
        ],
        frozen: true,
        node: [],
      })
    })

    test('uploads what the dialog gave, and only ciphertext is in the bucket', async () => {
      await answerDialogs(app, [join(folder, 'letter.txt')])
      const grants = await page.evaluate(() =>
        (window as unknown as Exposed).cipherbucket.pickFiles(),
      )
      expect(grants).toEqual([
        {
          id: expect.any(String) as unknown,
          name: 'letter.txt',
          kind: 'file',
          size: plaintext.length,
        },
      ])
      expect(JSON.stringify(grants)).not.toContain(folder)

      const id = await upload(app, join(folder, 'letter.txt'), 'desktop/')
      expect(await settled(page, id)).toMatchObject({
        phase: 'done',
        outcome: { encrypted: true },
        error: null,
      })
      const raw = await download(app, 'desktop/letter.txt', join(folder, 'target'), 'raw', true)
      expect((await settled(page, raw)).phase).toBe('done')
      const stored = await readFile(join(folder, 'target/raw'))
      expect(stored.length).toBe(plaintext.length)
      expect(stored.includes(plaintext.subarray(0, 16))).toBe(false)
    })

    test('downloads it decrypted, and shows it in the file manager', async () => {
      const done = await settled(
        page,
        await download(app, 'desktop/letter.txt', join(folder, 'target'), 'letter.txt'),
      )
      expect(done).toMatchObject({
        phase: 'done',
        outcome: { savedAs: join(folder, 'target/letter.txt') },
      })
      expect(await readFile(join(folder, 'target/letter.txt'))).toEqual(plaintext)

      await app.evaluate(({ shell }) => {
        const shown: string[] = []
        Object.assign(globalThis, { shown })
        shell.showItemInFolder = (path: string) => void shown.push(path)
      }, null)
      for (const path of [
        done.outcome?.savedAs ?? '',
        '/etc/passwd',
        join(folder, 'target'),
        join(folder, 'letter.txt'),
      ]) {
        await page.evaluate(
          (path) => (window as unknown as Exposed).cipherbucket.reveal(path),
          path,
        )
      }
      expect(
        await app.evaluate(() => (globalThis as unknown as { shown: string[] }).shown, null),
      ).toEqual([done.outcome?.savedAs])
    })

    test('takes a cancelled dialog for what it is, and tells what cannot be read', async () => {
      await answerDialogs(app, null)
      expect(
        await page.evaluate(() => (window as unknown as Exposed).cipherbucket.pickFiles()),
      ).toBeNull()
      expect(
        await page.evaluate(() => (window as unknown as Exposed).cipherbucket.pickTarget()),
      ).toBeNull()
      await answerDialogs(app, [join(folder, 'letter.txt'), join(folder, 'gone.txt')])
      const problem = page.evaluate(
        () =>
          new Promise((resolve) =>
            (window as unknown as Exposed).cipherbucket.onMessage(
              (message: { name: string; value: unknown }) => {
                if (message.name === 'app.problem') resolve(message.value)
              },
            ),
          ),
      )
      expect(
        await page.evaluate(() => (window as unknown as Exposed).cipherbucket.pickFiles()),
      ).toHaveLength(1)
      expect(await problem).toMatchObject({
        code: 'source-unreadable',
        path: join(folder, 'gone.txt'),
      })
    })

    test('keeps the page where it is', async () => {
      const before = page.url()
      for (const url of [
        'https://evil.example/',
        'file:///etc/passwd',
        app.address('app://other/index.html'),
        'data:text/html,<title>out</title>',
      ]) {
        await page.evaluate((url) => void (window.location.href = url), url).catch(() => undefined)
        await page.waitForTimeout(200)
        expect(page.url()).toBe(before)
        expect(
          await page.evaluate(() => typeof (window as unknown as Exposed).cipherbucket.send),
        ).toBe('function')
      }
      // Playwright goes on waiting for what was refused.
      await page.reload()
    })

    test('opens no window, whoever asks, and hands only help pages to the browser', async () => {
      await app.evaluate(({ shell }) => {
        const opened: string[] = []
        Object.assign(globalThis, { opened })
        shell.openExternal = (url: string) => {
          opened.push(url)
          return Promise.resolve()
        }
      }, null)
      for (const url of [
        'https://evil.example/',
        'file:///etc/passwd',
        'https://help.aliyun.com/zh/oss/',
        app.address('app://cipherbucket/index.html'),
      ]) {
        await page.evaluate((url) => {
          window.open(url)
          const link = Object.assign(document.createElement('a'), { href: url, target: '_blank' })
          document.body.append(link)
          link.click()
          link.remove()
        }, url)
      }
      await expect
        .poll(() =>
          app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened.length, null),
        )
        .toBeGreaterThan(0)
      await page.waitForTimeout(300)
      expect(
        new Set(
          await app.evaluate(() => (globalThis as unknown as { opened: string[] }).opened, null),
        ),
      ).toEqual(new Set(['https://help.aliyun.com/zh/oss/']))
      expect(
        await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null),
      ).toBe(1)
      await expect.poll(() => page.context().pages().length).toBe(1)
    })

    test('lets nothing in from elsewhere', async () => {
      const reached = await page.evaluate(async () => {
        const tried = async (work: () => Promise<unknown>): Promise<string> => {
          try {
            return String(await work())
          } catch {
            return 'refused'
          }
        }
        const loads = (element: HTMLElement) =>
          new Promise((resolve, reject) => {
            element.onload = () => resolve('loaded')
            element.onerror = reject
            document.body.append(element)
            setTimeout(reject, 2000)
          })
        const script = document.createElement('script')
        const inline = document.createElement('script')
        return {
          fetch: await tried(() => fetch('https://evil.example/').then((answer) => answer.status)),
          own: await tried(() => fetch('/index.html').then((answer) => answer.status)),
          image: await tried(() =>
            loads(Object.assign(new Image(), { src: 'https://evil.example/a.png' })),
          ),
          script: await tried(async () =>
            loads(Object.assign(script, { src: 'https://evil.example/a.js' })),
          ),
          inline: await tried(async () => {
            inline.textContent = 'window.ran = true'
            document.body.append(inline)
            return (window as unknown as { ran?: boolean }).ran ?? Promise.reject(new Error())
          }),
          evaluated: await tried(async () => new Function('return 1')() as unknown),
          markup: await tried(async () => (document.createElement('div').innerHTML = '<b>')),
          socket: await tried(
            () =>
              new Promise((resolve, reject) =>
                Object.assign(new WebSocket('wss://evil.example/'), {
                  onopen: resolve,
                  onerror: reject,
                }),
              ),
          ),
        }
      })
      // The page reads previews and its own files, and nothing else.
      const { own, ...elsewhere } = reached
      expect(own).toBe('200')
      expect(elsewhere).toEqual(
        Object.fromEntries(Object.keys(elsewhere).map((key) => [key, 'refused'])),
      )
    })

    test('grants no permission', async () => {
      const states = await page.evaluate(async () => {
        const names = [
          'geolocation',
          'notifications',
          'camera',
          'microphone',
          'clipboard-read',
          'midi',
        ]
        const told = await Promise.all(
          names.map((name) => navigator.permissions.query({ name: name as PermissionName })),
        )
        return told.map(({ state }) => state)
      })
      expect(states).not.toContain('granted')
      expect(await page.evaluate(() => Notification.requestPermission())).not.toBe('granted')
      expect(
        await page.evaluate(
          () =>
            new Promise((resolve) =>
              navigator.geolocation.getCurrentPosition(
                () => resolve('position'),
                () => resolve('refused'),
              ),
            ),
        ),
      ).toBe('refused')
    })

    test('answers nobody but its own page', async () => {
      const heard = await app.evaluate(({ ipcMain, BrowserWindow }) => {
        const contents = BrowserWindow.getAllWindows()[0]?.webContents
        const sent: unknown[] = []
        const real = contents?.send.bind(contents)
        if (contents !== undefined)
          contents.send = (...args: [string, ...unknown[]]) => void sent.push(args)
        const message = { t: 'call', i: 7, name: 'settings.get', input: {} }
        const ours = { url: 'app://cipherbucket/index.html', parent: null }
        const senders = [
          { sender: { id: -1 }, senderFrame: ours },
          { sender: contents, senderFrame: null },
          { sender: contents, senderFrame: { url: 'https://evil.example/', parent: null } },
          {
            sender: contents,
            senderFrame: { url: 'app://cipherbucket.evil.example/index.html', parent: null },
          },
          { sender: contents, senderFrame: { url: 'app://cipherbucket/frame.html', parent: ours } },
        ]
        for (const event of senders) ipcMain.emit('core:message', event, message)
        for (const event of senders) ipcMain.emit('core:begin', event)
        for (const channel of ['core:call', 'core:grant', 'files:read'])
          ipcMain.emit(channel, { sender: contents, senderFrame: ours }, '/etc/passwd')
        return new Promise<unknown[]>((resolve) =>
          setTimeout(() => {
            if (contents !== undefined && real !== undefined) contents.send = real
            resolve(sent)
          }, 300),
        )
      }, null)
      expect(heard).toEqual([])
      // And the page itself still is.
      expect(await call(page, 'app.info', {})).toMatchObject({ shell: 'desktop' })
    })

    test('refuses paths, unknown routes and what is no message', async () => {
      await expect(call(page, 'local.list', { path: '/' })).rejects.toThrow('bad-request')
      await expect(
        call(page, 'local.grant', { paths: ['/etc/passwd'], write: false }),
      ).rejects.toThrow('bad-request')
      await expect(call(page, 'constructor', {})).rejects.toThrow('bad-request')
      await page.evaluate(() => {
        const { send } = (window as unknown as Exposed).cipherbucket
        for (const message of [
          null,
          'x',
          1,
          [],
          {},
          { t: 'call' },
          { t: 'result', i: 1 },
          { t: 'call', i: 'x', name: 'app.info' },
        ])
          send(message)
      })
      expect(await call(page, 'app.info', {})).toMatchObject({ shell: 'desktop' })
      expect(
        await page.evaluate(() =>
          (window as unknown as Exposed).cipherbucket.dropped([new File(['x'], 'made-up.txt')]),
        ),
      ).toEqual([])
    })

    test('takes files that are dropped on the window', async () => {
      // Under the double a file's path is looked up by its name; Electron knows it.
      await app.evaluate(
        ({ droppedPaths }, path) => void droppedPaths?.set('letter.txt', path),
        join(folder, 'letter.txt'),
      )
      await dropPaths(page, '[role=grid][aria-label^="Objects in"]', [join(folder, 'letter.txt')])
      const sheet = page.getByRole('dialog', { name: /upload/i })
      await expect(sheet).toContainText('letter.txt')
      // Counted: from here on the sheet does not change under the pointer.
      await expect(sheet.getByRole('button', { name: 'Encrypt and upload' })).toBeEnabled()
      await sheet.getByRole('button', { name: 'Cancel' }).click()
      await expect(sheet).toBeHidden()
    })

    test('goes on after a reload of the page, and the policy refuses nothing of it', async () => {
      const before = await call<readonly Transfer[]>(page, 'transfers.list', {})
      const problems: string[] = []
      page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
      await page.reload()
      await expect(
        page
          .getByRole('grid', { name: 'Objects in practice-bucket' })
          .getByText('welcome (encrypted).txt'),
      ).toBeVisible()
      expect(await call(page, 'transfers.list', {})).toEqual(before)
      expect(problems).toEqual([])
    })

    test('opens another window at the same place, which ends without the app', async () => {
      await page.evaluate(() => {
        location.hash = '#/practice/practice-bucket/letters/'
      })
      await expect(page.locator('.crumbs [aria-current]')).toHaveText('letters')
      // An answer can be lost while a window comes or goes. The next poll asks again.
      const urls = () =>
        app
          .evaluate(
            ({ BrowserWindow }) =>
              BrowserWindow.getAllWindows().map(({ webContents }) => webContents.getURL()),
            null,
          )
          .catch((): string[] => [])
      await app.evaluate(({ Menu }) => {
        interface Item {
          readonly label?: string
          readonly submenu?: { readonly items: readonly Item[] } | readonly Item[]
          click?(...args: unknown[]): void
        }
        const inside = ({ submenu }: Item): readonly Item[] =>
          submenu === undefined ? [] : 'items' in submenu ? submenu.items : submenu
        const menu = Menu.getApplicationMenu() as unknown as { readonly items: readonly Item[] }
        const item = menu.items.flatMap(inside).find(({ label }) => label === 'New Window')
        item?.click?.(item, undefined, {})
      }, null)
      const places = async () => (await urls()).map((url) => url.replace(/^.*#/, '')).toSorted()
      const [bucket, letters] = ['/practice/practice-bucket/', '/practice/practice-bucket/letters/']
      await expect.poll(places).toEqual([letters, letters])
      // The windows go their own ways.
      await page.evaluate(() => {
        location.hash = '#/practice/practice-bucket/'
      })
      await expect.poll(places).toEqual([bucket, letters])
      await app.evaluate(({ BrowserWindow }) => {
        for (const window of BrowserWindow.getAllWindows())
          if (window.webContents.getURL().endsWith('/letters/')) window.close()
      }, null)
      await expect.poll(places).toEqual([bucket])
      expect(await call(page, 'app.info', {})).toMatchObject({ shell: 'desktop' })
    })
  })
}
