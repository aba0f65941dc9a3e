import type { Bridge } from '../../shared/contract/routes/bridge.ts'
import type { HostFiles } from '../../shared/contract/routes/host.ts'

/** What a page gets from the shell it runs in: the core's door, and ways to choose files. */
export interface Shell {
  readonly bridge: Bridge
  readonly files: HostFiles
  /** Called once when the core is gone. */
  readonly onLost: (listener: () => void) => void
}
