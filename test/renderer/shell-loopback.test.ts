import { expect, test, vi } from 'vitest'
import { loopbackShell } from '../../renderer/shell/shell-loopback.ts'

/** A socket that ends as in a browser: all microtasks are over between two listeners. */
class EndingSocket {
  readonly CONNECTING = 0
  readonly OPEN = 1
  readonly readyState = 1
  readonly #closing: (() => void)[] = []
  static last: EndingSocket | null = null
  constructor() {
    EndingSocket.last = this
  }
  addEventListener(type: string, listener: () => void): void {
    if (type === 'close') this.#closing.push(listener)
  }
  send(): void {
    // Nobody answers.
  }
  async end(): Promise<void> {
    for (const listener of this.#closing) {
      listener()
      await new Promise(setImmediate)
    }
  }
}

test('the page hears that its app is gone before a call fails because of that', async () => {
  vi.stubGlobal('WebSocket', EndingSocket)
  try {
    const heard: string[] = []
    const shell = loopbackShell({ protocol: 'http:', host: '127.0.0.1:1' } as Location)
    const pending = shell.bridge.call('app.info', {}).then(() => heard.push('failed'))
    shell.onLost(() => heard.push('lost'))
    await EndingSocket.last?.end()
    await pending
    expect(heard).toEqual(['lost', 'failed'])
  } finally {
    vi.unstubAllGlobals()
  }
})
