import { expect, test } from 'vitest'
import { bridgeOver, type Port } from '../../shared/contract/routes/bridge.ts'

test('a caller that asks again after every failure lets the other listeners hear that the port is closed', async () => {
  const listeners: (() => void)[] = []
  const port: Port = {
    send: () => undefined,
    on: () => () => undefined,
    onClose: (listener) => (listeners.push(listener), () => undefined),
    close: () => undefined,
  }
  const bridge = bridgeOver(port)
  let heard = false
  port.onClose(() => (heard = true))
  const bound = 10_000
  let calls = 0
  const caller = async (): Promise<void> => {
    while (!heard && calls++ < bound) await bridge.call('app.info', {})
  }
  const asking = caller()
  // A browser ends all microtasks between two listeners of one event.
  for (const listener of listeners) {
    listener()
    await new Promise(setImmediate)
  }
  await asking
  expect(calls).toBeLessThan(bound)
})
