import { DataKey } from '../cipher/data-key.ts'
import type { Opened } from './keyring.ts'

/**
 * The data keys of recently opened objects, in memory only. With it, the next range of an object
 * needs no further call of KMS or of a program.
 */
export interface OpenedCache {
  /**
   * Returns the entry of this name with a copy of the data key, which the caller disposes of; null
   * without such an entry.
   */
  take(name: string): Opened | null
  /**
   * Counts how often the cache was cleared. The caller reads it before opening and passes it to
   * `keep`.
   */
  era(): number
  /**
   * Stores a copy, unless the cache was cleared since `era`. RSA keys open at once and are not
   * stored.
   */
  keep(name: string, opened: Opened, era: number): void
  /** Wipes and removes all entries. */
  clear(): void
}

const MOST = 512

/**
 * Makes a cache of at most `most` entries. The least recently used entry leaves first. The cache
 * owns its copies and wipes every copy that leaves.
 */
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
