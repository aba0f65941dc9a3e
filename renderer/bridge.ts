import type { Bridge } from '../shared/contract/bridge.ts'
import type { HostFiles } from '../shared/contract/host.ts'
import { desktopShell, type DesktopApi } from './shell-desktop.ts'
import { loopbackShell } from './shell-loopback.ts'

/** What a page gets from the shell it runs in: the core's door, and ways to choose files. */
export interface Shell {
  readonly bridge: Bridge
  readonly files: HostFiles
  /** Called once when the core is gone. */
  readonly onLost: (listener: () => void) => void
}

declare global {
  interface Window {
    /** Set by the desktop shell's preload; absent in a browser. */
    readonly cipherbucket?: DesktopApi
  }
}

/** The one place that knows there is more than one shell. */
export function openShell(window: Window): Shell {
  return window.cipherbucket === undefined ? loopbackShell(window.location) : desktopShell(window.cipherbucket)
}
