import { EventEmitter } from 'node:events'

type Handler = (event: unknown, ...args: unknown[]) => unknown

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, Handler>()

  handle(channel: string, handler: Handler): void {
    if (this.handlers.has(channel))
      throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.handlers.set(channel, handler)
  }
  removeHandler(channel: string): void {
    this.handlers.delete(channel)
  }
  /** For the double: what a renderer's `invoke` gets. */
  async answer(
    channel: string,
    event: unknown,
    args: readonly unknown[],
  ): Promise<{ readonly value?: unknown; readonly error?: string }> {
    const handler = this.handlers.get(channel)
    if (handler === undefined) return { error: `No handler registered for '${channel}'` }
    try {
      return { value: await handler(event, ...args) }
    } catch (cause) {
      return { error: cause instanceof Error ? cause.message : String(cause) }
    }
  }
}
export const ipcMain = new IpcMain()
