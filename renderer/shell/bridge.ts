import type { Shell } from './shell.ts'
import { desktopShell, type DesktopApi } from './shell-desktop.ts'
import { loopbackShell } from './shell-loopback.ts'

declare global {
  interface Window {
    /** Set by the desktop shell's preload; absent in a browser. */
    readonly cipherbucket?: DesktopApi
  }
}

/** The one place that knows there is more than one shell. */
export function openShell(window: Window): Shell {
  return window.cipherbucket === undefined
    ? loopbackShell(window.location)
    : desktopShell(window.cipherbucket)
}
