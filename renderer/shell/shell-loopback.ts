import { bridgeOver, type Port } from '../../shared/contract/routes/bridge.ts'
import type { HostFiles } from '../../shared/contract/routes/host.ts'
import type { Shell } from './shell.ts'
import { openDrop } from './spool-open.ts'
import { spoolDropped } from './spool.ts'
import { choose } from './chooser.ts'

/**
 * A page in a browser: calls over a WebSocket of the same origin, files through the spool and an
 * in-page chooser.
 */
export function loopbackShell(location: Location): Shell {
  const port = socketPort(
    new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/port`),
  )
  const files: HostFiles = {
    pickFiles: () => choose('files'),
    pickFolders: () => choose('folders'),
    pickTarget: async () => (await choose('target'))?.[0] ?? null,
    dropped: (transfer, onProgress) =>
      spoolDropped(transfer as globalThis.DataTransfer, onProgress),
    dropping: (transfer, onProgress) => openDrop(transfer as globalThis.DataTransfer, onProgress),
    reveal: null,
  }
  return { bridge: bridgeOver(port), files, onLost: (listener) => void port.onClose(listener) }
}

/** JSON texts over one socket. What is sent before it opens waits. */
export function socketPort(socket: WebSocket): Port {
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
