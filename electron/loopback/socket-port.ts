import type { WebSocket } from 'ws'
import type { Port } from '../../shared/contract/routes/bridge.ts'

/**
 * What may wait for a page that does not read: a page asleep for longer is cut off, and asks for
 * everything anew.
 */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

/** A port over one WebSocket: one JSON text a message. Anything else ends the wire. */
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
