import type { Shell } from './shell.ts'
import { desktopShell, type DesktopApi } from './shell-desktop.ts'
import { loopbackShell } from './shell-loopback.ts'

declare global {
  interface Window {
    /** Set by the desktop shell's preload. A browser has none. */
    readonly cipherbucket?: DesktopApi
  }
}

/** Opens the shell of this page. Only this function knows that there are two. */
export function openShell(window: Window): Shell {
  return window.cipherbucket === undefined
    ? loopbackShell(window.location)
    : desktopShell(window.cipherbucket)
}
