import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Copies of dropped files, each of which is removed when the last that needs it lets go. */
export interface SpoolHolds {
  /** Holds these paths until the returned function is called; calling it twice is fine. */
  hold(paths: readonly string[]): () => void
  /** What is held now. */
  held(): ReadonlySet<string>
  /** Resolves when all that was let go is removed. */
  settled(): Promise<void>
}

export function openSpoolHolds(): SpoolHolds {
  const holders = new Map<string, number>()
  const removing = new Set<Promise<void>>()
  const drop = (path: string): void => {
    // The folder of the drop goes with the last thing in it.
    const gone = rm(path, { recursive: true, force: true }).then(() => rmdir(dirname(path))).catch(() => undefined).then(() => void removing.delete(gone))
    removing.add(gone)
  }
  return {
    hold(paths) {
      for (const path of paths) holders.set(path, (holders.get(path) ?? 0) + 1)
      let held = true
      return () => {
        if (!held) return
        held = false
        for (const path of paths) {
          const left = (holders.get(path) ?? 1) - 1
          if (left > 0) holders.set(path, left)
          else {
            holders.delete(path)
            drop(path)
          }
        }
      }
    },
    held: () => new Set(holders.keys()),
    settled: async () => void (await Promise.all(removing)),
  }
}
