import { homedir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  app,
  dialog,
  Menu,
  nativeImage,
  nativeTheme,
  session,
  shell,
  type BrowserWindow,
} from 'electron'
import { Failure, valueOf } from '../../shared/contract/errors.ts'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { sentence } from '../../shared/contract/sentences/sentences.ts'
import { compose } from '../core/app/compose.ts'
import type { Core } from '../core/app/core.ts'
import { dataDirectory, secretsPlace } from '../host/data-directory.ts'
import { takeInstance } from '../host/instance.ts'
import { startPractice } from '../practice/start.ts'
import { drawAttention } from './attention.ts'
import { hardenContents, hardenSession } from './harden.ts'
import { serveWindow } from './ipc.ts'
import { spoken, desktopLanguage } from './language.ts'
import { askBeforeLeaving } from './leave.ts'
import { appMenu } from './menu.ts'
import { registerScheme, servePage } from './protocol.ts'
import { openWayOut, type WayOut } from './quit.ts'
import { stayAwake } from './stay-awake.ts'
import { keepOffTheNetwork, refuseDebugging } from './switches.ts'
import { offerTextMenu } from './text-menu.ts'
import { openWindow } from './window.ts'

/** Cipherbucket in a window of its own. */

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const directory = dataDirectory({
  platform: process.platform,
  environment: process.env,
  home: homedir(),
})
const RELOAD_PAUSE_MS = 10_000
const DRAG_ICON_PX = 48
const APP_ID = 'io.github.cipherbucket'
/** Sentences for moments without a window. */
const WORDS = {
  en: {
    noStart: 'Cipherbucket cannot start',
    gone: (reason: string) =>
      `The window stopped working (${reason}). Please start Cipherbucket again.`,
  },
  'zh-CN': {
    noStart: 'Cipherbucket 无法启动',
    gone: (reason: string) => `窗口已停止工作（${reason}）。请重新启动 Cipherbucket。`,
  },
} as const
/** The open windows. The one that had the focus last is the last one. */
const windows: BrowserWindow[] = []
const current = (): BrowserWindow | null => windows.at(-1) ?? null
let core: Core | null = null
/** Brings the window to the front. A start that is under way shows the window by itself. */
let front = (): void => undefined

refuseDebugging()
keepOffTheNetwork()
app.setPath('userData', join(directory, 'window'))
app.enableSandbox()
// Windows shows notifications only for an app whose id is that of its package.
app.setAppUserModelId(APP_ID)
registerScheme()
app.on('web-contents-created', (_event, contents) => hardenContents(contents))

if (app.requestSingleInstanceLock()) {
  const masked = (cause: unknown): void => void core?.masked(cause)
  const way = openWayOut({ platform: process.platform, started: () => started, masked })
  app.on('second-instance', () => {
    // The window is closed, and this process still holds the lock. The new window opens when this
    // process has ended.
    if (way.leaving()) app.relaunch()
    else front()
  })
  const started = app
    .whenReady()
    .then(() => start(way))
    .catch((cause: unknown) => {
      if (way.leaving()) return
      // The app cannot start, and has no window for a better message.
      const language = desktopLanguage()
      dialog.showErrorBox(
        WORDS[language].noStart,
        cause instanceof Failure
          ? sentence(cause.error, language)
          : cause instanceof Error
            ? cause.message
            : String(cause),
      )
      app.exit(1)
    })
} else {
  app.quit()
}

/** Starts the app. Returns early, without a window, when the user quits meanwhile. */
async function start(way: WayOut): Promise<void> {
  const inspect = !app.isPackaged
  // The browser shell may be open on the same data folder.
  const instance = await takeInstance(directory)
  way.closes(() => instance.release())
  hardenSession(session.defaultSession)
  servePage(session.defaultSession, beside('../renderer/'), inspect, () => core?.previews ?? null)
  if (way.leaving()) return
  const practice = await startPractice({ directory: join(directory, 'practice'), logged: 100 })
  way.closes(() => practice.close())
  if (way.leaving()) return
  const opened = await compose({
    shell: 'desktop',
    language: desktopLanguage(),
    version: app.getVersion(),
    dataDirectory: directory,
    workerUrl: new URL('../core/part-worker.mjs', import.meta.url),
    practice,
    environment: process.env,
    home: homedir(),
    secretsPlace: secretsPlace(process.env),
    openFile: (path) => shell.openPath(path),
  })
  core = opened
  way.closes(() => opened.close())
  way.ask(() => askBeforeLeaving(opened))

  const wear = (settings: Settings): void => {
    nativeTheme.themeSource = settings.theme
    Menu.setApplicationMenu(
      appMenu({
        platform: process.platform,
        language: spoken(settings),
        inspect,
        window: current,
        newWindow: () => show(current()),
      }),
    )
    chosen = settings
  }
  let chosen = valueOf(await opened.handlers['settings.get']({}, new AbortController().signal))
  wear(chosen)
  opened.events.on('settings.changed', wear)
  drawAttention({ core: opened, windows: () => windows, settings: () => chosen })
  stayAwake(opened)

  const show = (nextTo: BrowserWindow | null): void => {
    if (way.leaving()) return
    let reloaded = 0
    const [preload, icon, stateFile] = [
      beside('./preload.cjs'),
      beside('./icon.png'),
      join(directory, 'window.json'),
    ]
    const window = openWindow({
      preload,
      icon,
      stateFile,
      inspect,
      dark: nativeTheme.shouldUseDarkColors,
      beside: nextTo,
    })
    const toEnd = (): void => {
      windows.splice(windows.indexOf(window), 1)
      windows.push(window)
    }
    windows.push(window)
    window.on('focus', toEnd)
    const { webContents } = window
    way.guard(window)
    serveWindow(window, opened, nativeImage.createFromPath(icon).resize({ width: DRAG_ICON_PX }))
    offerTextMenu(webContents, () => chosen.language)
    window.once('closed', () => windows.splice(windows.indexOf(window), 1))
    webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return
      opened.masked(new Error(`the page ended: ${reason}`))
      // Transfers run in the core and continue. The page loads everything again. A page that
      // crashes again at once is not reloaded.
      if (Date.now() - reloaded < RELOAD_PAUSE_MS)
        return dialog.showErrorBox('Cipherbucket', WORDS[spoken(chosen)].gone(reason))
      reloaded = Date.now()
      webContents.reload()
    })
  }
  front = () => {
    const window = current()
    if (window === null) return show(null)
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
  }
  show(null)
  app.on('activate', () => {
    if (windows.length === 0) show(null)
  })
}
