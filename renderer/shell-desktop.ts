import { bridgeOver, type Port } from '../shared/contract/bridge.ts'
import type { HostFiles } from '../shared/contract/host.ts'
import type { Grant } from '../shared/contract/models-transfers.ts'
import type { Shell } from './shell.ts'

/** What the preload puts on the window. */
export interface DesktopApi {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): unknown
  pickFiles(): Promise<readonly Grant[] | null>
  pickFolders(): Promise<readonly Grant[] | null>
  pickTarget(): Promise<Grant | null>
  dropped(files: readonly File[]): Promise<readonly Grant[]>
  reveal(path: string): Promise<void>
  readonly platform: string
}

/** The window of the desktop app. The wire lives as long as the page, so it is never lost. */
export function desktopShell(api: DesktopApi): Shell {
  const listeners = new Set<(message: unknown) => void>()
  api.onMessage((message) => {
    for (const listener of listeners) listener(message)
  })
  const port: Port = {
    send: (message) => api.send(message),
    on: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    onClose: () => () => undefined,
    close: () => listeners.clear(),
  }
  const files: HostFiles = {
    pickFiles: () => api.pickFiles(),
    pickFolders: () => api.pickFolders(),
    pickTarget: () => api.pickTarget(),
    dropped: (transfer) => api.dropped(Array.from((transfer as globalThis.DataTransfer).files)),
    dropping(transfer) {
      const grants = api.dropped(Array.from((transfer as globalThis.DataTransfer).files))
      return { grants, arrived: grants.then(() => undefined) }
    },
    reveal: (path) => api.reveal(path),
  }
  return { bridge: bridgeOver(port), files, onLost: () => undefined }
}
