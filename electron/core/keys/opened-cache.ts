import { DataKey } from '../cipher/data-key.ts'
import type { Opened } from './keyring.ts'

/**
 * Data keys of objects opened last, so that the next range of one does not ask KMS, or a program,
 * once more. Memory only.
 */
export interface OpenedCache {
  /**
   * What was kept under this name, with a data key of its own that the caller disposes of; null
   * when there is nothing.
   */
  take(name: string): Opened | null
  /** Counts the times it was emptied: to be asked before opening, and handed to `keep`. */
  era(): number
  /**
   * Keeps a copy, unless the cache was emptied since `era`. Keys that are here open at once, and
   * are not kept.
   */
  keep(name: string, opened: Opened, era: number): void
  /** Wipes everything. */
  clear(): void
}

const MOST = 512

/** The least recently used goes first. The cache owns its copies, and wipes whatever leaves it. */
export function openedCache(most = MOST): OpenedCache {
  const kept = new Map<string, Opened>()
  let era = 0
  const drop = (name: string): void => {
    kept.get(name)?.dataKey[Symbol.dispose]()
    kept.delete(name)
  }
  const copyOf = (opened: Opened): Opened => ({
    ...opened,
    dataKey: new DataKey(opened.dataKey.bytes),
    counter: Uint8Array.from(opened.counter),
  })
  return {
    take(name) {
      const found = kept.get(name)
      if (found === undefined) return null
      kept.delete(name)
      kept.set(name, found)
      return copyOf(found)
    },
    era: () => era,
    keep(name, opened, since) {
      if (opened.keyKind === 'rsa' || since !== era) return
      drop(name)
      kept.set(name, copyOf(opened))
      if (kept.size > most) drop(kept.keys().next().value as string)
    },
    clear() {
      era += 1
      for (const name of kept.keys()) drop(name)
    },
  }
}
