import type { BridgeMessage } from '../../shared/contract/routes/bridge.ts'
import type { Transfer } from '../../shared/contract/models-transfers.ts'

export interface WrittenPaths {
  /** Reads a message on its way to the page. */
  note(message: unknown): void
  has(path: string): boolean
}

/**
 * Collects the paths that the core reported to the page as written. Only these may be shown in the
 * file manager, since a page must not probe the disk.
 */
export function writtenPaths(): WrittenPaths {
  const paths = new Set<string>()
  const add = (value: { readonly savedAs?: unknown } | null): void => {
    if (typeof value?.savedAs === 'string') paths.add(value.savedAs)
  }
  const look = (value: unknown): void => {
    if (Array.isArray(value))
      for (const transfer of value as readonly Partial<Transfer>[]) add(transfer.outcome ?? null)
    else if (typeof value === 'object') add(value)
  }
  return {
    note(raw) {
      const message = raw as BridgeMessage
      if (message.t === 'event' && message.name === 'transfers.changed') look(message.value)
      if (message.t === 'result' && message.result.ok) look(message.result.value)
    },
    has: (path) => paths.has(path),
  }
}
