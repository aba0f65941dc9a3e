import { readFileSync, writeFileSync } from 'node:fs'
import {
  BrowserWindow,
  screen,
  type BrowserWindowConstructorOptions,
  type Rectangle,
  type WebPreferences,
} from 'electron'
import { APP_ORIGIN } from './protocol.ts'

/**
 * What a page here can do: draw, and speak through the preload. `inspect`: developer tools, never
 * in a packaged app.
 */
export function pagePreferences(preload: string, inspect: boolean): WebPreferences {
  return {
    preload,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    spellcheck: false,
    devTools: inspect,
  }
}

export interface WindowOptions {
  readonly preload: string
  /** PNG file. Linux shows it; Windows and macOS show the program's own. */
  readonly icon: string
  /** File that remembers where the window was. */
  readonly stateFile: string
  readonly inspect: boolean
  readonly dark: boolean
}

/** Size of the first window, and the least that the page is made for. */
const FIRST = { width: 1280, height: 800 }
const LEAST = { width: 880, height: 560 }

/** The one window. It shows itself when its first picture is ready. */
export function openWindow({
  preload,
  icon,
  stateFile,
  inspect,
  dark,
}: WindowOptions): BrowserWindow {
  const state = readState(stateFile)
  const window = new BrowserWindow({
    ...placeOf(state?.bounds ?? null),
    show: false,
    icon,
    title: 'Cipherbucket',
    backgroundColor: dark ? '#161a1a' : '#ffffff',
    webPreferences: pagePreferences(preload, inspect),
  })
  if (state?.maximized === true) window.maximize()
  window.once('ready-to-show', () => window.show())
  window.on('close', () => {
    const text = JSON.stringify({
      bounds: window.getNormalBounds(),
      maximized: window.isMaximized(),
    })
    // A window that opens at its first size next time is no reason to keep this one from closing.
    try {
      writeFileSync(stateFile, text, { mode: 0o600 })
    } catch {}
  })
  void window.loadURL(`${APP_ORIGIN}/index.html`)
  return window
}

interface State {
  readonly bounds: Rectangle
  readonly maximized: boolean
}

/**
 * Null when the file is not there or not one of ours: whoever edits it gets a window of the first
 * size.
 */
function readState(file: string): State | null {
  try {
    const { bounds, maximized } = JSON.parse(readFileSync(file, 'utf8')) as {
      readonly bounds: Rectangle
      readonly maximized: unknown
    }
    const { x, y, width, height } = bounds
    const sound =
      [x, y, width, height].every(
        (value) => Number.isInteger(value) && Math.abs(value) < 100_000,
      ) &&
      width > 0 &&
      height > 0
    return sound ? { bounds: { x, y, width, height }, maximized: maximized === true } : null
  } catch {
    return null
  }
}

/**
 * Where the window opens: where it was, if that can be reached. One larger than its screen fills it
 * from its edge.
 */
function placeOf(bounds: Rectangle | null): BrowserWindowConstructorOptions {
  const known = bounds !== null && isOnAScreen(bounds) ? bounds : null
  const { workArea } =
    known === null ? screen.getPrimaryDisplay() : screen.getDisplayMatching(known)
  const wanted = known ?? FIRST
  const width = Math.min(wanted.width, workArea.width)
  const height = Math.min(wanted.height, workArea.height)
  return {
    width,
    height,
    ...(known !== null && {
      x: width < known.width ? workArea.x : known.x,
      y: height < known.height ? workArea.y : known.y,
    }),
    minWidth: Math.min(LEAST.width, workArea.width),
    minHeight: Math.min(LEAST.height, workArea.height),
  }
}

/** Screens come and go; a title bar that nobody can reach is a lost window. */
function isOnAScreen({ x, y, width }: Rectangle): boolean {
  return screen
    .getAllDisplays()
    .some(
      ({ workArea }) =>
        x + width > workArea.x + 80 &&
        x < workArea.x + workArea.width - 80 &&
        y >= workArea.y - 10 &&
        y < workArea.y + workArea.height - 40,
    )
}
