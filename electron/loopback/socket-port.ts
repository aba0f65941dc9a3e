import type { WebSocket } from 'ws'
import type { Port } from '../../shared/contract/routes/bridge.ts'

/**
 * The most bytes that wait for a page that does not read. A page that sleeps longer is
 * disconnected, and loads everything again.
 */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

/**
 * Opens a port over one WebSocket: one JSON text a message. Any other message closes the socket.
 */
export function socketPort(socket: WebSocket): Port {
  return {
    send(message) {
      if (socket.readyState !== socket.OPEN) return
      if (socket.bufferedAmount > MAX_WAITING_BYTES) socket.terminate()
      else socket.send(JSON.stringify(message))
    },
    on(listener) {
      const heard = (data: Buffer, isBinary: boolean): void => {
        const message = isBinary ? undefined : parsed(data.toString('utf8'))
        if (message === undefined) socket.close(1003, 'JSON text only')
        else listener(message)
      }
      socket.on('message', heard)
      return () => void socket.off('message', heard)
    },
    onClose(listener) {
      socket.once('close', listener)
      return () => void socket.off('close', listener)
    },
    close: () => socket.close(1001),
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
