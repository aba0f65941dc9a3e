import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import type { BrowserContext, Frame, Page, Route } from 'playwright'
import { toShell } from './addresses.ts'
import { BINDING, pageScript } from './page-side.ts'
import { say } from './native-event.ts'
import { defaultSession, protocol } from './session.ts'
import { WebContents } from './web-contents.ts'

export interface WindowOptions {
  readonly show?: boolean
  readonly webPreferences?: Readonly<Record<string, unknown>>
}

/** Permissions that Chromium knows by these names and a page might ask for. */
const PERMISSIONS = [
  'geolocation',
  'notifications',
  'camera',
  'microphone',
  'clipboard-read',
  'midi',
]

let context: BrowserContext | null = null
let created: (contents: WebContents) => void = () => undefined
const windows: BrowserWindow[] = []

export class BrowserWindow extends EventEmitter {
  readonly webContents = new WebContents()
  readonly options: WindowOptions
  private readonly ready: Promise<Page>
  private visible: boolean
  /** Were the listeners of `close` asked already? */
  private asked = false
  static allClosed: () => void = () => undefined
  static closeRefused: () => void = () => undefined

  constructor(options: WindowOptions) {
    super()
    this.options = options
    this.visible = options.show !== false
    windows.push(this)
    created(this.webContents)
    this.ready = this.begin()
  }

  static getAllWindows(): readonly BrowserWindow[] {
    return [...windows]
  }
  /** Once, when the app is ready. */
  static async attach(
    to: BrowserContext,
    onCreated: (contents: WebContents) => void,
  ): Promise<void> {
    context = to
    created = onCreated
    await to.route('**/*', (route) => answer(route))
    to.on('page', (page) => {
      // No window of ours: a popup that the shell was asked about when its address was requested.
      if (!opening && !windows.some(({ webContents }) => webContents.page === page))
        void page.close()
    })
  }

  async loadURL(url: string): Promise<void> {
    await this.ready
    await this.webContents.load(url)
    this.emit('ready-to-show')
  }
  close(): void {
    void this.closing()
  }
  show(): void {
    this.visible = true
  }
  isVisible(): boolean {
    return this.visible
  }
  focus(): void {
    void this.webContents.page?.bringToFront()
  }
  /** Every value, for tests. */
  readonly progress: number[] = []
  setProgressBar(progress: number): void {
    this.progress.push(progress)
  }
  isFocused(): boolean {
    return true
  }
  maximize(): void {}
  isMaximized(): boolean {
    return false
  }
  isMinimized(): boolean {
    return false
  }
  restore(): void {}
  getNormalBounds() {
    return { x: 20, y: 30, width: 1200, height: 760 }
  }

  private async closing(): Promise<void> {
    this.asked = true
    if (say(this, 'close')) await (await this.ready).close()
    else BrowserWindow.closeRefused()
    this.asked = false
  }
  private async begin(): Promise<Page> {
    if (context === null) throw new Error('a window was opened before the app was ready')
    const page = await pageFor(context)
    this.webContents.page = page
    const { webPreferences = {} } = this.options
    const isolated =
      webPreferences['sandbox'] === true &&
      webPreferences['contextIsolation'] === true &&
      webPreferences['nodeIntegration'] === false
    await page.exposeBinding(
      BINDING,
      ({ frame }, kind: string, channel: string, args: readonly unknown[]) =>
        this.webContents.heard(frame, kind, channel, args),
    )
    await page.addInitScript({
      content: pageScript({
        preload: readFileSync(String(webPreferences['preload']), 'utf8'),
        platform: process.platform,
        isolated,
      }),
    })
    for (const permission of PERMISSIONS)
      if (await defaultSession.grants(permission)) await context.grantPermissions([permission])
    page.on('close', () => {
      // A page that went by itself: too late to refuse.
      if (!this.asked) this.emit('close', { preventDefault: () => undefined })
      windows.splice(windows.indexOf(this), 1)
      this.emit('closed')
      if (windows.length === 0) BrowserWindow.allClosed()
    })
    page.on('crash', () => this.webContents.emit('render-process-gone', {}, { reason: 'crashed' }))
    return page
  }
}

let opening = false

/** Chromium starts with a page; later windows get new ones. */
async function pageFor(from: BrowserContext): Promise<Page> {
  const free = from
    .pages()
    .find((page) => !windows.some(({ webContents }) => webContents.page === page))
  if (free !== undefined) return free
  opening = true
  const page = await from.newPage()
  opening = false
  return page
}

function frameOf(route: Route): Frame | null {
  try {
    return route.request().frame()
  } catch {
    // The first navigation of a popup belongs to no frame yet.
    return null
  }
}

/**
 * Answers every request of every page: by the shell's own rules first, then with its own answers. A
 * request that passes both finds a page too.
 */
async function answer(route: Route): Promise<void> {
  const request = route.request()
  const url = toShell(request.url())
  const frame = frameOf(route)
  const window = windows.find(
    ({ webContents }) => frame !== null && webContents.page === frame.page(),
  )
  if (request.isNavigationRequest()) {
    if (window === undefined || frame === null) {
      const allowed = windows.some(({ webContents }) => webContents.opens(url))
      return allowed ? outside(route) : route.abort('aborted')
    }
    if (!window.webContents.navigates(frame, url)) return route.abort('aborted')
  }
  if (!(await defaultSession.allows(url))) return route.abort('blockedbyclient')
  const scheme = new URL(url).protocol.slice(0, -1)
  const handler = defaultSession.handlers.get(scheme)
  if (handler === undefined || !protocol.isOrigin(scheme)) return outside(route)
  const headers = request.headers()
  const response = await handler(new Request(url, { method: request.method(), headers }))
  await route.fulfill({
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: Buffer.from(await response.arrayBuffer()),
  })
}

const outside = (route: Route): Promise<void> =>
  route.fulfill({ status: 200, contentType: 'text/html', body: '<title>outside</title>' })
