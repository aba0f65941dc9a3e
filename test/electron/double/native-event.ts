import type { EventEmitter } from 'node:events'

let telling = 0

/**
 * Tells listeners of an event as Electron's native side does: what their promises do at once still belongs to the event, because
 * Node runs all microtasks before it goes back to native code. Timers and `setImmediate` come later. One event within another
 * is told at once, as a call from JavaScript is. Answers whether nobody refused.
 * Source: shell/common/gin_helper/event_emitter_caller.cc, node::MakeCallback.
 */
export async function tell(emitter: EventEmitter, name: string): Promise<boolean> {
  let refused = false
  const event = { preventDefault: () => void (refused = true) }
  if (telling > 0) {
    emitter.emit(name, event)
    return !refused
  }
  // Two steps of one phase: between them run microtasks, and nothing else.
  setImmediate(() => {
    telling += 1
    emitter.emit(name, event)
  })
  await new Promise<void>((resolve) => setImmediate(() => {
    telling -= 1
    resolve()
  }))
  return !refused
}
