import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type * as Electron from 'electron'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { hardenContents, hardenSession, mayOpen } from '../../electron/desktop/harden.ts'
import { serveWindow } from '../../electron/desktop/ipc.ts'
import { isOurs, registerScheme, servePage } from '../../electron/desktop/protocol.ts'
import { openWindow, pagePreferences } from '../../electron/desktop/window.ts'
import { fakeCore } from '../shells/fake-core.ts'
import * as double from './double/electron.ts'

vi.mock('electron', () => import('./double/electron.ts'))

/**
 * Electron's security checklist, point by point, on the functions that set it. That the running app
 * calls them is what app.spec.ts finds out by trying to break out. Not applicable here: 7 and 11
 * (covered by the policy and no webview), 12, 16 (the version is pinned), 20 (electron-builder.yml,
 * see pack.test.ts).
 */

describe('what a page may do', () => {
  const settings: readonly (readonly [string, keyof Electron.WebPreferences, boolean])[] = [
    ['2: no Node in the page', 'nodeIntegration', false],
    ['2: nor in its workers', 'nodeIntegrationInWorker', false],
    ['2: nor in its frames', 'nodeIntegrationInSubFrames', false],
    ['3: the preload has a world of its own', 'contextIsolation', true],
    ['4: the process is sandboxed', 'sandbox', true],
    ['6: web security is on', 'webSecurity', true],
    ['8: no insecure content', 'allowRunningInsecureContent', false],
    ['9: no experiments', 'experimentalFeatures', false],
    ['11: no webview', 'webviewTag', false],
    ['a dropped file is not navigated to', 'navigateOnDragDrop', false],
    ['no dictionary is fetched', 'spellcheck', false],
    ['no developer tools in a packaged app', 'devTools', false],
  ]
  for (const [name, key, value] of settings)
    it(name, () => expect(pagePreferences('/preload.cjs', false)[key]).toBe(value))
  it('10: turns no Blink feature on, and knows no other preference', () => {
    expect(Object.keys(pagePreferences('/p', true)).sort()).toEqual(
      ['preload', ...settings.map(([, key]) => key)].sort(),
    )
  })
})

describe('where a page may go', () => {
  const contents = new EventEmitter() as EventEmitter & {
    open?: (details: { url: string }) => unknown
  }
  Object.assign(contents, {
    setWindowOpenHandler: (handler: (details: { url: string }) => unknown) =>
      (contents.open = handler),
  })
  hardenContents(contents as unknown as Electron.WebContents)

  for (const event of [
    'will-navigate',
    'will-frame-navigate',
    'will-redirect',
    'will-attach-webview',
  ]) {
    it(`13: ${event} is prevented`, () => {
      const preventDefault = vi.fn()
      contents.emit(event, { preventDefault, url: 'app://cipherbucket/index.html' })
      expect(preventDefault).toHaveBeenCalledOnce()
    })
  }
  it('14: no window opens, allowed address or not', () => {
    double.shell.opened.length = 0
    for (const url of ['https://help.aliyun.com/zh/oss/', 'https://evil.example/', 'about:blank'])
      expect(contents.open?.({ url })).toEqual({ action: 'deny' })
    expect(double.shell.opened).toEqual(['https://help.aliyun.com/zh/oss/'])
  })

  const addresses: readonly (readonly [string, boolean])[] = [
    ['https://help.aliyun.com/zh/oss/user-guide/', true],
    ['https://www.alibabacloud.com/help/en/oss/', true],
    ['http://help.aliyun.com/', false],
    ['https://help.aliyun.com.evil.example/', false],
    ['https://evil.example/?https://help.aliyun.com/', false],
    ['https://help.aliyun.com@evil.example/', false],
    ['https://user:pass@help.aliyun.com/', false],
    ['https://help.aliyun.com:8443/', false],
    ['file:///etc/passwd', false],
    ['javascript:alert(1)', false],
    ['ms-settings:', false],
    ['smb://help.aliyun.com/share', false],
    ['', false],
    ['help.aliyun.com', false],
  ]
  for (const [address, allowed] of addresses)
    it(`15: ${JSON.stringify(address)} ${allowed ? 'opens' : 'does not open'} in the browser`, () =>
      expect(mayOpen(address)).toBe(allowed))
})

describe('what the session allows', () => {
  const session = double.session.defaultSession
  hardenSession(session as unknown as Electron.Session)

  for (const permission of [
    'notifications',
    'geolocation',
    'media',
    'clipboard-read',
    'fileSystem',
    'openExternal',
    'local-network',
  ]) {
    it(`5: ${permission} is refused when asked for and when checked`, async () => {
      expect(
        await new Promise((resolve) => session.permissionRequest?.(null, permission, resolve)),
      ).toBe(false)
      expect(session.permissionCheck?.(null, permission)).toBe(false)
    })
  }
  it('no device', () => expect(session.device?.()).toBe(false))
  it('no capture of the screen', () => {
    const answer = vi.fn()
    ;(session.displayMedia as (request: unknown, answer: (streams: unknown) => void) => void)(
      {},
      answer,
    )
    expect(answer).toHaveBeenCalledWith(null)
  })
  it('no spell checker, and no dictionary to fetch', () =>
    expect([session.spellChecker, session.dictionaries]).toEqual([false, []]))
  it('no download behind our back', () => {
    const preventDefault = vi.fn()
    session.emit('will-download', { preventDefault })
    expect(preventDefault).toHaveBeenCalledOnce()
  })
})

describe('18: the page has a scheme of its own', () => {
  const session = double.session.defaultSession
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'page-'))
    await writeFile(join(folder, 'index.html'), 'the page')
    servePage(session as unknown as Electron.Session, folder, false, () => null)
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))
  const ask = (url: string, method = 'GET'): Promise<Response> =>
    (session.handlers.get('app') as (request: Request) => Promise<Response>)(
      new Request(url, { method }),
    )

  it('is standard and secure, and may do nothing more', () => {
    registerScheme()
    expect(double.protocol.schemes).toEqual([
      {
        scheme: 'app',
        privileges: { standard: true, secure: true, stream: true, supportFetchAPI: true },
      },
    ])
  })
  it('7: serves the page under the strict policy', async () => {
    const answer = await ask('app://cipherbucket/index.html')
    expect(await answer.text()).toBe('the page')
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const policy = answer.headers.get('content-security-policy') ?? ''
    for (const rule of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'self'",
      "media-src 'self'",
      "frame-ancestors 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]) {
      expect(policy.split('; ')).toContain(rule)
    }
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })
  for (const url of [
    'app://other/index.html',
    'app://cipherbucket/../secret.js',
    'app://cipherbucket/..%2f..%2fetc/passwd',
    'app://cipherbucket/missing.js',
    'app://cipherbucket:1/index.html',
  ]) {
    it(`serves nothing at ${url}`, async () => expect((await ask(url)).status).toBe(404))
  }
  it('serves GET only', async () =>
    expect((await ask('app://cipherbucket/index.html', 'POST')).status).toBe(404))
  for (const [url, allowed] of [
    ['app://cipherbucket/assets/a.js', true],
    ['https://evil.example/', false],
    ['http://127.0.0.1:9000/', false],
    ['file:///etc/passwd', false],
    ['app://cipherbucket.evil.example/', false],
    ['devtools://devtools/bundled/devtools_app.html', false],
    ['ws://127.0.0.1/', false],
    ['data:text/html,x', false],
  ] as const) {
    it(`1: a request for ${url} is ${allowed ? 'let through' : 'cancelled'}`, async () => {
      expect(await session.allows(url)).toBe(allowed)
      expect(isOurs(url)).toBe(allowed)
    })
  }
  it('the developer tools load where they may open, and nothing else does', async () => {
    servePage(session as unknown as Electron.Session, folder, true, () => null)
    expect(await session.allows('devtools://devtools/bundled/devtools_app.html')).toBe(true)
    for (const url of ['https://devtools/', 'devtools:https://evil.example/', 'file:///etc/passwd'])
      expect(await session.allows(url)).toBe(false)
  })
})

describe('17: every message is checked for who sent it', () => {
  const ours = { url: 'app://cipherbucket/index.html', parent: null }
  const channels = [
    'files:pick-files',
    'files:pick-folders',
    'files:pick-target',
    'files:dropped',
    'files:reveal',
    'files:drag-out',
  ]

  function open() {
    const sent: unknown[][] = []
    const contents = Object.assign(new EventEmitter(), {
      id: 5,
      isDestroyed: () => false,
      send: (...args: unknown[]) => void sent.push(args),
    })
    const window = Object.assign(new EventEmitter(), { webContents: contents })
    const core = fakeCore()
    serveWindow(
      window as unknown as Electron.BrowserWindow,
      core,
      {} as unknown as Electron.NativeImage,
    )
    const settle = () => new Promise((resolve) => setImmediate(resolve))
    return { sent, contents, window, core, settle }
  }
  const call = { t: 'call', i: 1, name: 'app.info', input: {} }
  const { ipcMain } = double

  const foreign: readonly (readonly [string, (contents: unknown) => unknown])[] = [
    ['another window', () => ({ sender: { id: 6 }, senderFrame: ours })],
    ['a frame that is gone', (sender) => ({ sender, senderFrame: null })],
    ['a frame inside the page', (sender) => ({ sender, senderFrame: { ...ours, parent: ours } })],
    [
      'another site in our window',
      (sender) => ({ sender, senderFrame: { ...ours, url: 'https://evil.example/' } }),
    ],
    [
      'a host that begins like ours',
      (sender) => ({ sender, senderFrame: { ...ours, url: 'app://cipherbucket.evil.example/' } }),
    ],
    ['a blank page', (sender) => ({ sender, senderFrame: { ...ours, url: 'about:blank' } })],
  ]
  for (const [name, eventFrom] of foreign) {
    it(`${name} is not heard`, async () => {
      const { sent, contents, window, core, settle } = open()
      const event = eventFrom(contents)
      ipcMain.emit('core:begin', event)
      expect(core.listeners()).toBe(0)
      ipcMain.emit('core:begin', { sender: contents, senderFrame: ours })
      ipcMain.emit('core:message', event, call)
      await settle()
      expect(sent).toEqual([])
      for (const channel of channels)
        expect(await ipcMain.answer(channel, event, [['/etc/passwd']])).toEqual({
          error: 'refused',
        })
      expect(core.granted).toEqual([])
      window.emit('closed')
    })
  }

  it('the page is heard after it began, and a reload ends what came before', async () => {
    const { sent, contents, window, core, settle } = open()
    const event = { sender: contents, senderFrame: ours }
    ipcMain.emit('core:message', event, call)
    await settle()
    expect(sent).toEqual([])

    ipcMain.emit('core:begin', event)
    ipcMain.emit('core:message', event, call)
    await settle()
    expect(sent).toEqual([
      [
        'core:message',
        { t: 'result', i: 1, result: expect.objectContaining({ ok: true }) as unknown },
      ],
    ])
    const attached = core.listeners()
    expect(attached).toBeGreaterThan(0)

    // Asked by the old page, answered after the new one began: nobody hears it.
    ipcMain.emit('core:message', event, { ...call, i: 2 })
    ipcMain.emit('core:begin', event)
    await settle()
    expect(sent).toHaveLength(1)
    expect(core.listeners()).toBe(attached)

    contents.emit('render-process-gone', {}, { reason: 'crashed' })
    expect(core.listeners()).toBe(0)
    window.emit('closed')
  })

  it('nothing is left when the window is closed', () => {
    const { contents, window, core } = open()
    ipcMain.emit('core:begin', { sender: contents, senderFrame: ours })
    window.emit('closed')
    expect(core.listeners()).toBe(0)
    expect([...ipcMain.handlers.keys()]).toEqual([])
    expect(ipcMain.listenerCount('core:message') + ipcMain.listenerCount('core:begin')).toBe(0)
  })

  it('dropped paths become grants; what is no path is left out', async () => {
    const { contents, window, core } = open()
    const event = { sender: contents, senderFrame: ours }
    const folder = await mkdtemp(join(tmpdir(), 'dropped-'))
    for (const input of [undefined, null, 'x', 7, {}, [''], [1, null, {}]])
      expect(await ipcMain.answer('files:dropped', event, [input])).toEqual({ value: [] })
    expect(await ipcMain.answer('files:dropped', event, [[folder, '']])).toMatchObject({
      value: [{ kind: 'folder' }],
    })
    expect(core.granted).toEqual([{ how: 'read', path: folder }])
    await rm(folder, { recursive: true })
    window.emit('closed')
  })

  it('only what the core wrote is shown in the file manager', async () => {
    const { contents, window, core } = open()
    const event = { sender: contents, senderFrame: ours }
    ipcMain.emit('core:begin', event)
    core.emit('transfers.changed', [
      { outcome: { savedAs: '/target/a' } },
      { outcome: { savedAs: null } },
      { outcome: null },
    ] as never)
    double.shell.shown.length = 0
    for (const path of ['/target/a', '/target', '/etc/passwd', null, ['/target/a'], 'null'])
      await ipcMain.answer('files:reveal', event, [path])
    expect(double.shell.shown).toEqual(['/target/a'])
    window.emit('closed')
  })
})

describe('the window remembers where it was', () => {
  const place = { x: 100, y: 50, width: 900, height: 600 }
  const rows: readonly (readonly [string, string, object | null])[] = [
    ['a place on a screen', JSON.stringify({ bounds: place, maximized: false }), place],
    [
      'a screen that is gone',
      JSON.stringify({ bounds: { ...place, x: 5000 }, maximized: false }),
      null,
    ],
    ['above the screen', JSON.stringify({ bounds: { ...place, y: -300 }, maximized: false }), null],
    ['no size', JSON.stringify({ bounds: { ...place, width: 0 }, maximized: false }), null],
    ['no numbers', JSON.stringify({ bounds: { x: 'a' } }), null],
    [
      'extra options',
      JSON.stringify({
        bounds: { ...place, webPreferences: { sandbox: false } },
        maximized: false,
      }),
      place,
    ],
    ['no JSON', '{', null],
  ]
  for (const [name, text, expected] of rows) {
    it(name, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'state-'))
      const stateFile = join(folder, 'window.json')
      await writeFile(stateFile, text)
      const opened = vi
        .spyOn(
          double.BrowserWindow.prototype as unknown as { begin: () => Promise<unknown> },
          'begin',
        )
        .mockReturnValue(new Promise(() => undefined))
      const window = openWindow({
        preload: '/p',
        icon: '/icon.png',
        stateFile,
        inspect: false,
        dark: false,
        beside: null,
      }) as unknown as InstanceType<typeof double.BrowserWindow>
      const { x, y, width, height } = window.options as Electron.Rectangle
      expect({ x, y, width, height }).toEqual(
        expected ?? { x: undefined, y: undefined, width: 1280, height: 800 },
      )
      expect(window.options).toMatchObject({
        icon: '/icon.png',
        minWidth: 880,
        minHeight: 560,
        webPreferences: { sandbox: true },
      })
      opened.mockRestore()
      await rm(folder, { recursive: true })
    })
  }
})

describe('no window is larger than its screen', () => {
  const area = (x: number, y: number, width: number, height: number) => ({
    workArea: { x, y, width, height },
  })
  const first = area(0, 30, 1400, 870)
  const rows: readonly (readonly [
    string,
    readonly ReturnType<typeof area>[],
    Electron.Rectangle | null,
    Partial<Electron.BrowserWindowConstructorOptions>,
  ])[] = [
    [
      'it was on a larger one',
      [first],
      { x: 0, y: 30, width: 3800, height: 2000 },
      { x: 0, y: 30, width: 1400, height: 870 },
    ],
    [
      'it begins at the edge that it would reach over',
      [first],
      { x: 200, y: 40, width: 1500, height: 700 },
      { x: 0, y: 40, width: 1400, height: 700 },
    ],
    [
      'only too high',
      [first],
      { x: 200, y: 100, width: 900, height: 871 },
      { x: 200, y: 30, width: 900, height: 870 },
    ],
    [
      'as large as the screen',
      [first],
      { x: 0, y: 30, width: 1400, height: 870 },
      { x: 0, y: 30, width: 1400, height: 870 },
    ],
    [
      'on the second screen',
      [first, area(1400, 0, 1024, 700)],
      { x: 1500, y: 50, width: 1300, height: 900 },
      { x: 1400, y: 0, width: 1024, height: 700 },
    ],
    [
      'the first time, on a small screen',
      [area(0, 0, 1024, 560)],
      null,
      { width: 1024, height: 560, minWidth: 880, minHeight: 560 },
    ],
    [
      'smaller than the least size',
      [area(0, 0, 800, 450)],
      null,
      { width: 800, height: 450, minWidth: 800, minHeight: 450 },
    ],
  ]
  for (const [name, displays, bounds, expected] of rows) {
    it(name, async () => {
      const folder = await mkdtemp(join(tmpdir(), 'screen-'))
      const stateFile = join(folder, 'window.json')
      if (bounds !== null) await writeFile(stateFile, JSON.stringify({ bounds, maximized: false }))
      const before = double.screen.displays
      double.screen.displays = displays
      const opened = vi
        .spyOn(
          double.BrowserWindow.prototype as unknown as { begin: () => Promise<unknown> },
          'begin',
        )
        .mockReturnValue(new Promise(() => undefined))
      const window = openWindow({
        preload: '/p',
        icon: '/i',
        stateFile,
        inspect: false,
        dark: false,
        beside: null,
      }) as unknown as InstanceType<typeof double.BrowserWindow>
      expect(window.options).toMatchObject(expected)
      if (bounds === null) expect(window.options).not.toHaveProperty('x')
      opened.mockRestore()
      double.screen.displays = before
      await rm(folder, { recursive: true })
    })
  }
})
