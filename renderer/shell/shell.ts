import type { Bridge } from '../../shared/contract/routes/bridge.ts'
import type { HostFiles } from '../../shared/contract/routes/host.ts'

/** The shell of a page: the bridge to the core, and ways to choose files. */
export interface Shell {
  readonly bridge: Bridge
  readonly files: HostFiles
  /** Calls the listener once, when the core is gone. */
  readonly onLost: (listener: () => void) => void
}
