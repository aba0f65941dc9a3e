import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium, type BrowserContext } from 'playwright'
import { BrowserWindow } from './browser-window.ts'
import { say, tell } from './native-event.ts'
import { defaultSession, protocol } from './session.ts'

/**
 * A double of the `electron` module. It runs the bundled main process and preload unmodified, with
 * a page of the real Chromium behind each window. Without a handler it does as Electron does: it
 * allows. So a missing setting shows.
 */

export { BrowserWindow } from './browser-window.ts'
export { ipcMain } from './ipc-main.ts'
export { protocol } from './session.ts'
export const session = { defaultSession }

class App extends EventEmitter {
  isPackaged = false
  /** The switches with which Chromium was started, by name. */
  readonly switches = new Map<string, string>()
  readonly commandLine = {
    hasSwitch: (name: string): boolean => this.switches.has(name),
    removeSwitch: (name: string): void => void this.switches.delete(name),
    appendSwitch: (name: string, value = ''): void => void this.switches.set(name, value),
  }
  /** The calls before the app was ready, for tests. */
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
    return (
      JSON.parse(readFileSync(join(process.argv[1] ?? '', '../../../package.json'), 'utf8')) as {
        version: string
      }
    ).version
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
    await BrowserWindow.attach(this.context, (contents) =>
      this.emit('web-contents-created', {}, contents),
    )
    this.emit('ready')
  }
  /**
   * Keeps Electron's own rules. While the app is quitting, a further call is ignored. A quit that
   * an event prevented is over, even if a call within the event started another one. Source:
   * shell/browser/browser.cc, Quit, NotifyAndShutdown, OnWindowAllClosed.
   */
  quit(): void {
    if (this.quitting) return
    this.quitting = say(this, 'before-quit')
    if (!this.quitting) return
    const windows = BrowserWindow.getAllWindows()
    if (windows.length === 0) this.shutDown(say(this, 'will-quit'))
    for (const window of windows) window.close()
  }
  exit(code: number): void {
    void (this.context?.close() ?? Promise.resolve()).finally(() => process.exit(code))
  }
  relaunch(): void {
    this.early.push('relaunch')
  }
  /** For the double: the last window is gone. */
  async windowsGone(): Promise<void> {
    if (this.quitting) return this.shutDown(await tell(this, 'will-quit'))
    if (this.listenerCount('window-all-closed') === 0) return this.quit()
    await tell(this, 'window-all-closed')
  }
  /** For the double: a window refused to close. */
  stay(): void {
    this.quitting = false
  }
  private shutDown(allowed: boolean): void {
    if (allowed) this.exit(0)
    else this.quitting = false
  }
}

export const app = new App()
BrowserWindow.allClosed = () => void app.windowsGone()
BrowserWindow.closeRefused = () => app.stay()

/** Pictures are never shown. */
export const nativeImage = {
  createFromPath: (path: string) => ({ path, resize: () => ({ path }) }),
}
export const nativeTheme = { themeSource: 'system', shouldUseDarkColors: false }
interface Display {
  readonly workArea: {
    readonly x: number
    readonly y: number
    readonly width: number
    readonly height: number
  }
}
/** One screen; the first is the primary one. Tests put others in its place. */
export const screen = {
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] as readonly Display[],
  getAllDisplays(): readonly Display[] {
    return this.displays
  },
  getPrimaryDisplay(): Display | undefined {
    return this.displays[0]
  },
  /** The one that `x`, `y` lies on, else the first. */
  getDisplayMatching({ x, y }: { readonly x: number; readonly y: number }): Display | undefined {
    return (
      this.displays.find(
        ({ workArea: a }) => x >= a.x && x < a.x + a.width && y >= a.y && y < a.y + a.height,
      ) ?? this.displays[0]
    )
  },
}

/** Blockers by number: those that are on. */
export const powerSaveBlocker = {
  on: new Map<number, string>(),
  started: 0,
  start(kind: string): number {
    this.started += 1
    this.on.set(this.started, kind)
    return this.started
  },
  stop(id: number): boolean {
    return this.on.delete(id)
  },
}

/** Tests replace the answers, as they would in Electron. */
export const dialog = {
  errors: [] as string[],
  showOpenDialog: (_window: unknown, _options: unknown) =>
    Promise.resolve({ canceled: true, filePaths: [] as string[] }),
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
  openPath(path: string) {
    this.shown.push(path)
    return Promise.resolve('')
  },
}

/** The notifications that were shown, oldest first. A test clicks one with `emit('click')`. */
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
  readonly type?: string
  readonly enabled?: boolean
  readonly submenu?: readonly MenuItem[]
  readonly click?: (
    item: unknown,
    window: unknown,
    event: { readonly triggeredByAccelerator?: boolean },
  ) => void
}
export const Menu = {
  current: null as { readonly items: readonly MenuItem[] } | null,
  /** Templates of context menus that were shown, oldest first. */
  popped: [] as (readonly MenuItem[])[],
  buildFromTemplate(template: readonly MenuItem[]) {
    return { template, items: template, popup: () => void this.popped.push(template) }
  },
  setApplicationMenu(menu: { readonly items: readonly MenuItem[] }) {
    this.current = menu
  },
  getApplicationMenu() {
    return this.current
  },
}
