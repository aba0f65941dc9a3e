import type { Port } from '../../shared/contract/routes/bridge.ts'

/**
 * Opens two connected ports within this process. A message sent on one port arrives at the other a
 * moment later, in order.
 */
export function portPair(): readonly [Port, Port] {
  const closers = new Set<() => void>()
  let open = true
  const close = (): void => {
    if (!open) return
    open = false
    for (const closer of closers) closer()
  }
  const end = (
    own: Set<(message: unknown) => void>,
    other: Set<(message: unknown) => void>,
  ): Port => ({
    send(message) {
      queueMicrotask(() => {
        if (open) for (const listener of other) listener(message)
      })
    },
    on(listener) {
      own.add(listener)
      return () => own.delete(listener)
    },
    onClose(listener) {
      closers.add(listener)
      return () => closers.delete(listener)
    },
    close,
  })
  const [first, second] = [
    new Set<(message: unknown) => void>(),
    new Set<(message: unknown) => void>(),
  ]
  return [end(first, second), end(second, first)]
}
