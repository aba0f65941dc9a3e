import type { EventEmitter } from 'node:events'

/**
 * Tells listeners of an event that began in JavaScript, as `before-quit` does in `app.quit()`: the
 * call goes on before anything that hangs on a promise. Answers whether nobody refused.
 */
export function say(emitter: EventEmitter, name: string): boolean {
  let refused = false
  emitter.emit(name, { preventDefault: () => void (refused = true) })
  return !refused
}

/**
 * Tells listeners of an event that started in native code, as when the last window closes. Promise
 * callbacks that run at once still belong to the event, because Node runs all microtasks before it
 * returns to native code. Timers and `setImmediate` come later. Source:
 * shell/common/gin_helper/event_emitter_caller.cc, node::MakeCallback.
 */
export async function tell(emitter: EventEmitter, name: string): Promise<boolean> {
  let allowed = true
  // Two steps of one phase: between them run microtasks, and nothing else.
  setImmediate(() => void (allowed = say(emitter, name)))
  await new Promise((resolve) => setImmediate(resolve))
  return allowed
}
