import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright'
import { BrowserWindow } from './browser-window.ts'
import { defaultSession, protocol } from './session.ts'

/**
 * A double of the `electron` module: enough to run the bundled main process and preload unmodified, with a page of the real
 * Chromium behind each window. What it does without a handler is what Electron does: it allows. A setting that is missing shows.
 */

export { BrowserWindow } from './browser-window.ts'
export { ipcMain } from './ipc-main.ts'
export { protocol } from './session.ts'
export const session = { defaultSession }

class App extends EventEmitter {
  readonly isPackaged = false
  /** What was called before the app was ready, for tests. */
  readonly early: string[] = []
  private readonly paths = new Map<string, string>()
  private context: BrowserContext | null = null
  private quitting = false

  setPath(name: string, path: string): void {
    this.paths.set(name, path)
  }
  getPath(name: string): string {
    return this.paths.get(name) ?? ''
  }
  getVersion(): string {
    return (JSON.parse(readFileSync(join(process.argv[1] ?? '', '../../../package.json'), 'utf8')) as { version: string }).version
  }
  getPreferredSystemLanguages(): string[] {
    return ['en-US']
  }
  getLocale(): string {
    return 'en-US'
  }
  enableSandbox(): void {
    this.early.push('sandbox')
  }
  setAppUserModelId(id: string): void {
    this.early.push(id)
  }
  requestSingleInstanceLock(): boolean {
    this.early.push('single instance')
    return true
  }
  async whenReady(): Promise<void> {
    this.context = await chromium.launchPersistentContext(this.getPath('userData'), {
      executablePath: process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium',
      viewport: null,
      // The test looks at the same page through this port.
      args: ['--remote-debugging-port=0', '--window-size=1200,760'],
    })
    protocol.freeze()
    await BrowserWindow.attach(this.context, (contents) => this.emit('web-contents-created', {}, contents))
    this.emit('ready')
  }
  quit(): void {
    void this.end()
  }
  exit(code: number): void {
    void (this.context?.close() ?? Promise.resolve()).finally(() => process.exit(code))
  }
  private async end(): Promise<void> {
    if (!this.quitting) {
      let refused = false
      this.emit('before-quit', { preventDefault: () => (refused = true) })
      if (refused) return
      this.quitting = true
      for (const window of BrowserWindow.getAllWindows()) await window.close()
    }
    let prevented = false
    this.emit('will-quit', { preventDefault: () => (prevented = true) })
    if (!prevented) this.exit(0)
  }
}

export const app = new App()
BrowserWindow.allClosed = () => {
  if (!app.emit('window-all-closed')) app.quit()
}

export const nativeTheme = { themeSource: 'system', shouldUseDarkColors: false }
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] }

/** Tests replace the answers, as they would in Electron. */
export const dialog = {
  errors: [] as string[],
  showOpenDialog: (_window: unknown, _options: unknown) => Promise.resolve({ canceled: true, filePaths: [] as string[] }),
  asked: [] as unknown[],
  /** The first button, unless a test answers otherwise. */
  showMessageBox(options: unknown) {
    this.asked.push(options)
    return Promise.resolve({ response: 0, checkboxChecked: false })
  },
  showErrorBox(title: string, text: string) {
    this.errors.push(`${title}: ${text}`)
    console.error(title, text)
  },
}
export const shell = {
  opened: [] as string[],
  shown: [] as string[],
  openExternal(url: string) {
    this.opened.push(url)
    return Promise.resolve()
  },
  showItemInFolder(path: string) {
    this.shown.push(path)
  },
}

/** What was shown, oldest first. A test clicks one with `emit('click')`. */
export class Notification extends EventEmitter {
  static readonly shown: Notification[] = []
  static isSupported = (): boolean => true
  readonly title: string
  readonly body: string
  closed = false
  constructor({ title = '', body = '' }: { readonly title?: string; readonly body?: string }) {
    super()
    this.title = title
    this.body = body
  }
  show(): void {
    Notification.shown.push(this)
  }
  close(): void {
    this.closed = true
  }
}

export interface MenuItem {
  readonly label?: string
  readonly role?: string
  readonly accelerator?: string
  readonly registerAccelerator?: boolean
  readonly submenu?: readonly MenuItem[]
  readonly click?: (item: unknown, window: unknown, event: { readonly triggeredByAccelerator?: boolean }) => void
}
export const Menu = {
  current: null as { readonly template: readonly MenuItem[] } | null,
  buildFromTemplate: (template: readonly MenuItem[]) => ({ template }),
  setApplicationMenu(menu: { readonly template: readonly MenuItem[] }) {
    this.current = menu
  },
}
