import { rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Copies of dropped files. Each copy is removed when its last holder releases it. */
export interface SpoolHolds {
  /** Holds these paths until the returned function is called. A second call has no effect. */
  hold(paths: readonly string[]): () => void
  /**
   * Removes one held file soon, because nothing reads it any more. The removal waits until the
   * queue's notes about the file are on the disk.
   */
  finished(path: string): void
  /** Calls `gone` when the last hold on this path ends, before the removal. */
  onGone(path: string, gone: () => void): void
  /** Returns the held paths. */
  held(): ReadonlySet<string>
  /** Resolves when all released copies are removed. */
  settled(): Promise<void>
}

/** Files are removed together, so that the app waits for the disk once. */
const REMOVE_EVERY_MS = 1000
const AT_ONCE = 64

/**
 * Opens the holds. `noted` resolves when all notes of the queue are on the disk, so no file is
 * removed before its end is stored.
 */
export function openSpoolHolds(noted: () => Promise<void> = async () => undefined): SpoolHolds {
  const holders = new Map<string, number>()
  const listeners = new Map<string, () => void>()
  let done: string[] = []
  let timer: NodeJS.Timeout | null = null
  const removeDone = async (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const paths = done
    done = []
    if (paths.length === 0) return
    await noted()
    for (let at = 0; at < paths.length; at += AT_ONCE)
      await Promise.all(paths.slice(at, at + AT_ONCE).map((path) => rm(path, { force: true })))
  }
  // A file that cannot be removed now is removed with its folder.
  const sweep = (): Promise<void> => removeDone().catch(() => undefined)
  const removing = new Set<Promise<void>>()
  const drop = (path: string): void => {
    listeners.get(path)?.()
    listeners.delete(path)
    // The folder of the drop is removed with the last item in it.
    const gone = rm(path, { recursive: true, force: true })
      .then(() => rmdir(dirname(path)))
      .catch(() => undefined)
      .then(() => void removing.delete(gone))
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
    finished(path) {
      done.push(path)
      timer ??= setTimeout(() => void sweep(), REMOVE_EVERY_MS).unref()
    },
    onGone: (path, gone) => void listeners.set(path, gone),
    held: () => new Set(holders.keys()),
    async settled() {
      await sweep()
      await Promise.all(removing)
    },
  }
}
