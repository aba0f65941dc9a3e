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
 * Returns the rights of a page: it can draw, and speak through the preload. `inspect`: developer
 * tools, never in a packaged app.
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
  /** The path of a PNG file. Linux shows it; Windows and macOS show the program's own icon. */
  readonly icon: string
  /** The file that stores the window's position. */
  readonly stateFile: string
  readonly inspect: boolean
  readonly dark: boolean
  /** The window beside which this one opens, at the same place of the app. Null: the first one. */
  readonly beside: BrowserWindow | null
}

/** The distance of a further window from the one beside it, in pixels. */
const STEP = 28

/** The size of the first window, and the least size for which the page is made. */
const FIRST = { width: 1280, height: 800 }
const LEAST = { width: 880, height: 560 }

/** Opens a window. It appears when its first picture is ready. */
export function openWindow({
  preload,
  icon,
  stateFile,
  inspect,
  dark,
  beside,
}: WindowOptions): BrowserWindow {
  const state = beside === null ? readState(stateFile) : stateBeside(beside)
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
    // The window closes even when its position cannot be stored.
    try {
      writeFileSync(stateFile, text, { mode: 0o600 })
    } catch {}
  })
  void window.loadURL(`${APP_ORIGIN}/index.html${beside === null ? '' : hashOf(beside)}`)
  return window
}

/** The page's own address of its place: a new window opens there. */
const hashOf = (window: BrowserWindow): string => new URL(window.webContents.getURL()).hash

function stateBeside(window: BrowserWindow): State {
  const { x, y, width, height } = window.getNormalBounds()
  return { bounds: { x: x + STEP, y: y + STEP, width, height }, maximized: false }
}

interface State {
  readonly bounds: Rectangle
  readonly maximized: boolean
}

/** Reads the stored position. Returns null for a missing file and for a file of another form. */
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
 * Returns where the window opens: at its last position, if that is on a screen. A window larger
 * than its screen fills the screen.
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

/** Tells whether a title bar at this position can be reached, since screens come and go. */
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
