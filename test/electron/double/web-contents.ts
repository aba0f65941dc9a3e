import { EventEmitter } from 'node:events'
import type { Frame, Page } from 'playwright'
import { toBrowser, toShell } from './addresses.ts'
import { ipcMain } from './ipc-main.ts'
import { FILE_MARK } from './page-side.ts'

type OpenHandler = (details: { readonly url: string }) => { readonly action: 'allow' | 'deny' }
interface Key {
  readonly type: string
  readonly keyCode: string
  readonly modifiers?: readonly string[]
}

/** Paths of files that a test drops, by name: only Electron could ask a `File` for its path. */
export const droppedPaths = new Map<string, string>()

const KEYS: Readonly<Record<string, string>> = {
  meta: 'Meta',
  control: 'Control',
  shift: 'Shift',
  alt: 'Alt',
}
let ids = 0

export class WebContents extends EventEmitter {
  readonly id = ++ids
  page: Page | null = null
  /** The address this side is loading; every other navigation began in the page. */
  private loading = ''
  private openHandler: OpenHandler | null = null
  private waiting: [string, unknown[]][] = []
  private wake: ((batch: [string, unknown[]][]) => void) | null = null

  async load(url: string): Promise<void> {
    this.loading = url
    await this.page?.goto(toBrowser(url)).catch((cause: unknown) => {
      // A window may close while it loads.
      if (this.page?.isClosed() !== true) throw cause
    })
    this.loading = ''
  }
  reload(): void {
    void this.page?.reload()
  }
  getURL(): string {
    return toShell(this.page?.url() ?? '')
  }
  isDestroyed(): boolean {
    return this.page?.isClosed() ?? false
  }
  setWindowOpenHandler(handler: OpenHandler): void {
    this.openHandler = handler
  }
  send(channel: string, ...args: unknown[]): void {
    this.waiting.push([channel, structuredClone(args)])
    this.deliver()
  }
  sendInputEvent({ type, keyCode, modifiers = [] }: Key): void {
    if (type === 'keyDown')
      void this.page?.keyboard.press(
        [...modifiers.map((name) => KEYS[name] ?? name), keyCode].join('+'),
      )
  }

  /** For the double: what comes in over the binding, from any frame of the page. */
  async heard(
    frame: Frame,
    kind: string,
    channel: string,
    args: readonly unknown[],
  ): Promise<unknown> {
    if (kind === 'next') {
      return new Promise((resolve) => {
        this.wake = resolve
        this.deliver()
      })
    }
    const event = { sender: this, senderFrame: frameFacts(frame) }
    if (kind === 'invoke') return ipcMain.answer(channel, event, args.map(withPaths))
    ipcMain.emit(channel, event, ...args)
    return null
  }
  /**
   * For the double: may the page navigate there? A load or a reload is no navigation elsewhere; its
   * request does not name the place in the page.
   */
  navigates(frame: Frame, url: string): boolean {
    const main = frame.parentFrame() === null
    if (main && [this.loading, this.getURL()].some((own) => own.split('#')[0] === url)) return true
    let prevented = false
    const event = { url, isMainFrame: main, preventDefault: () => (prevented = true) }
    if (main) this.emit('will-navigate', event)
    this.emit('will-frame-navigate', event)
    return !prevented
  }
  /** For the double: may the page open a window there? */
  opens(url: string): boolean {
    return this.openHandler?.({ url }).action !== 'deny'
  }

  private deliver(): void {
    if (this.wake === null || this.waiting.length === 0) return
    const [wake, batch] = [this.wake, this.waiting]
    this.wake = null
    this.waiting = []
    wake(batch)
  }
}

interface FrameFacts {
  readonly url: string
  readonly parent: FrameFacts | null
}

function frameFacts(frame: Frame): FrameFacts {
  const parent = frame.parentFrame()
  return { url: toShell(frame.url()), parent: parent === null ? null : frameFacts(parent) }
}

function withPaths(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withPaths)
  return typeof value === 'string' && value.startsWith(FILE_MARK)
    ? (droppedPaths.get(value.slice(FILE_MARK.length)) ?? '')
    : value
}
