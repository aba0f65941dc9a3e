import { homedir } from 'node:os'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { app, BrowserWindow, dialog, Menu, nativeTheme, session } from 'electron'
import { Failure, valueOf } from '../../shared/contract/errors.ts'
import type { Settings } from '../../shared/contract/models-settings.ts'
import { sentence } from '../../shared/contract/sentences.ts'
import { compose } from '../core/app/compose.ts'
import type { Core } from '../core/app/core.ts'
import { dataDirectory, secretsPlace } from '../core/app/data-directory.ts'
import { takeInstance } from '../core/app/instance.ts'
import { startPractice } from '../practice/start.ts'
import { drawAttention } from './attention.ts'
import { hardenContents, hardenSession } from './harden.ts'
import { serveWindow } from './ipc.ts'
import { spoken, systemLanguage } from './language.ts'
import { askBeforeLeaving } from './leave.ts'
import { appMenu } from './menu.ts'
import { registerScheme, servePage } from './protocol.ts'
import { openWindow } from './window.ts'

/** Cipherbucket in a window of its own. */

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
const directory = dataDirectory({ platform: process.platform, environment: process.env, home: homedir() })
const RELOAD_PAUSE_MS = 10_000
const APP_ID = 'io.github.cipherbucket'
let window: BrowserWindow | null = null

app.setPath('userData', join(directory, 'window'))
app.enableSandbox()
// Windows shows notifications only of an app it knows by the name of its packages.
app.setAppUserModelId(APP_ID)
registerScheme()
app.on('web-contents-created', (_event, contents) => hardenContents(contents))

if (app.requestSingleInstanceLock()) {
  app.on('second-instance', () => {
    if (window?.isMinimized() === true) window.restore()
    window?.focus()
  })
  app.whenReady().then(start).catch((cause: unknown) => {
    // Nothing is open yet that could say it better, and nothing to go on with.
    dialog.showErrorBox('Cipherbucket cannot start', cause instanceof Failure ? sentence(cause.error, systemLanguage()) : cause instanceof Error ? cause.message : String(cause))
    app.exit(1)
  })
} else {
  app.quit()
}

async function start(): Promise<void> {
  // The browser shell may be open on the same folder.
  const instance = await takeInstance(directory)
  hardenSession(session.defaultSession)
  servePage(session.defaultSession, beside('../renderer/'))
  const practice = await startPractice({ directory: join(directory, 'practice'), logged: 100 })
  const core = await compose({
    shell: 'desktop',
    language: systemLanguage(),
    version: app.getVersion(),
    dataDirectory: directory,
    workerUrl: workerUrl(),
    practice,
    environment: process.env,
    home: homedir(),
    secretsPlace: secretsPlace(process.env),
  })
  const guard = askBeforeLeaving(core, process.platform)
  closeAtTheEnd(core, () => practice.close().then(() => instance.release()))

  const wear = (settings: Settings): void => {
    nativeTheme.themeSource = settings.theme
    Menu.setApplicationMenu(appMenu({ platform: process.platform, language: spoken(settings), window: () => window }))
    chosen = settings
  }
  let chosen = valueOf(await core.handlers['settings.get']({}, new AbortController().signal))
  wear(chosen)
  core.events.on('settings.changed', wear)
  drawAttention({ core, window: () => window, settings: () => chosen })

  let reloaded = 0
  const show = (): void => {
    window = openWindow({ preload: beside('./preload.cjs'), stateFile: join(directory, 'window.json'), inspect: !app.isPackaged, dark: nativeTheme.shouldUseDarkColors })
    const { webContents } = window
    guard(window)
    serveWindow(window, core)
    window.once('closed', () => (window = null))
    webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return
      core.masked(new Error(`the page ended: ${reason}`))
      // Transfers run in the core and go on; the page asks for everything anew. A page that ends again at once stays ended.
      if (Date.now() - reloaded < RELOAD_PAUSE_MS) return dialog.showErrorBox('Cipherbucket', `The window stopped working (${reason}). Please start Cipherbucket again.`)
      reloaded = Date.now()
      webContents.reload()
    })
  }
  show()
  app.on('activate', () => {
    if (BrowserWindow.getAllWindows().length === 0) show()
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
}

/** A thread reads its program from a real file, which the archive keeps beside itself. */
function workerUrl(): URL {
  return pathToFileURL(beside('../core/part-worker.mjs').replace(`app.asar${sep}`, `app.asar.unpacked${sep}`))
}

/** Holds the exit until transfers are stopped, keys wiped and files closed. */
function closeAtTheEnd(core: Core, closePractice: () => Promise<void>): void {
  let state: 'open' | 'closing' | 'closed' = 'open'
  app.on('will-quit', (event) => {
    if (state === 'closed') return
    event.preventDefault()
    // Quitting once more does not cut it short: half an upload would stay in the bucket.
    if (state === 'closing') return
    state = 'closing'
    void core.close().then(closePractice).catch(core.masked).finally(() => {
      state = 'closed'
      app.quit()
    })
  })
}
