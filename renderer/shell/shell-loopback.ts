import { bridgeOver, type Port } from '../../shared/contract/routes/bridge.ts'
import type { HostFiles } from '../../shared/contract/routes/host.ts'
import type { Shell } from './shell.ts'
import { openDrop } from './spool-open.ts'
import { spoolDropped } from './spool.ts'
import { choose } from './chooser.ts'

/**
 * Opens the shell of a page in a browser. Calls use a WebSocket of the same origin. Files use the
 * spool and an in-page chooser.
 */
export function loopbackShell(location: Location): Shell {
  const port = browserSocketPort(
    new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/port`),
  )
  // Before the bridge, whose calls fail when the port closes. A page that asks again after each
  // failure would otherwise never hear that its app is gone.
  const lost = new Set<() => void>()
  port.onClose(() => {
    for (const listener of lost) listener()
  })
  const files: HostFiles = {
    pickFiles: () => choose('files'),
    pickFolders: () => choose('folders'),
    pickTarget: async () => (await choose('target'))?.[0] ?? null,
    dropped: (transfer, onProgress) =>
      spoolDropped(transfer as globalThis.DataTransfer, onProgress),
    dropping: (transfer, onProgress) => openDrop(transfer as globalThis.DataTransfer, onProgress),
    reveal: null,
    dragOut: null,
  }
  return { bridge: bridgeOver(port), files, onLost: (listener) => void lost.add(listener) }
}

/** Sends JSON texts over one socket. Messages before its opening wait. */
function browserSocketPort(socket: WebSocket): Port {
  const waiting: string[] = []
  socket.addEventListener('open', () => {
    for (const text of waiting.splice(0)) socket.send(text)
  })
  return {
    send(message) {
      const text = JSON.stringify(message)
      if (socket.readyState === socket.CONNECTING) waiting.push(text)
      else if (socket.readyState === socket.OPEN) socket.send(text)
    },
    on(listener) {
      const hear = (event: MessageEvent) => listener(JSON.parse(String(event.data)) as unknown)
      socket.addEventListener('message', hear)
      return () => socket.removeEventListener('message', hear)
    },
    onClose(listener) {
      socket.addEventListener('close', listener, { once: true })
      return () => socket.removeEventListener('close', listener)
    },
    close: () => socket.close(),
  }
}
