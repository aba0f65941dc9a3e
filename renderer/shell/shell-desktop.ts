import { bridgeOver, type Port } from '../../shared/contract/routes/bridge.ts'
import { Failure } from '../../shared/contract/errors.ts'
import type { DataTransfer, HostFiles } from '../../shared/contract/routes/host.ts'
import type { Grant } from '../../shared/contract/models-transfers.ts'
import type { Shell } from './shell.ts'

/** The object that the preload puts on the window. */
export interface DesktopApi {
  send(message: unknown): void
  onMessage(listener: (message: unknown) => void): unknown
  pickFiles(): Promise<readonly Grant[] | null>
  pickFolders(): Promise<readonly Grant[] | null>
  pickTarget(): Promise<Grant | null>
  dropped(files: readonly File[]): Promise<readonly Grant[]>
  reveal(path: string): Promise<void>
  dragOut(ids: readonly string[]): Promise<boolean>
  readonly platform: string
}

/**
 * Opens the shell of the desktop app. Its connection lives as long as the page and is never lost.
 */
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
    async dropped(transfer) {
      const files = filesOf(transfer)
      const grants = await api.dropped(files)
      await refuseWithoutPath(api, files, grants)
      return grants
    },
    dropping(transfer) {
      const files = filesOf(transfer)
      const grants = api.dropped(files)
      return { grants, arrived: grants.then((taken) => refuseWithoutPath(api, files, taken)) }
    },
    reveal: (path) => api.reveal(path),
    dragOut: (ids) => api.dragOut(ids),
  }
  return { bridge: bridgeOver(port), files, onLost: () => undefined }
}

const filesOf = (transfer: DataTransfer): readonly File[] =>
  Array.from((transfer as globalThis.DataTransfer).files)

/** Most names in a sentence. */
const NAMED = 3

/**
 * Throws Failure 'not-on-disk' if the preload took fewer files than came. Only the preload sees
 * paths, so each file is asked for alone to find those without one.
 */
async function refuseWithoutPath(
  api: DesktopApi,
  files: readonly File[],
  taken: readonly Grant[],
): Promise<void> {
  if (taken.length >= files.length) return
  const names: string[] = []
  for (const file of files) {
    if (taken.length === 0 || (await api.dropped([file])).length === 0) names.push(file.name)
    if (names.length === NAMED) break
  }
  throw new Failure({ code: 'not-on-disk', names })
}
