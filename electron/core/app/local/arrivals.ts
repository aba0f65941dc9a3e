import { join } from 'node:path'
import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import { openFileList, type FileListReader, type ListedFile } from '../../store/file-list.ts'

/**
 * The delay before readers hear of new files, in milliseconds: thousands may arrive in a second.
 */
const TELL_EVERY_MS = 50
/** People read a few names. */
const MOST_UNREADABLE = 1000

/** Files that are still being copied in, as the counting code sees them. */
export interface Arrival {
  /**
   * Returns a reader that starts at the first file. `root` of a file is the number of its item in
   * the drop.
   */
  reader(): FileListReader
  /** Returns the number of folders of this item so far. */
  folders(thing: number): number
  /** Returns the first files that the page could not read. */
  unreadable(): readonly { readonly thing: number; readonly path: string }[]
  /** Returns null while more files may arrive. `error`: the reason why not all arrived. */
  ended(): { readonly error: AppError | null } | null
  /** Resolves when something new arrived, when the arrival ended, or when the signal aborts. */
  more(signal: AbortSignal): Promise<void>
}

/** Files that are still being copied in, as the copying code sees them. */
export interface Arriving extends Arrival {
  /** Lists a file that is wholly on the disk. Throws Failure 'disk-full', 'target-unwritable'. */
  arrived(file: ListedFile): void
  folder(thing: number): void
  left(thing: number, path: string): void
  /** Ends the arrival. The first end counts. */
  end(error: AppError | null): void
  /** Returns the number of files so far. */
  count(): number
  /** Closes the arrival. The list is removed with its folder. */
  close(): void
}

/**
 * Opens an arrival. `folder` holds the list of the arrived files, so the list is on the disk and
 * not in memory. Throws Failure 'disk-full', 'target-unwritable'.
 */
export function openArrival(folder: string): Arriving {
  const list = openFileList(join(folder, 'arrived.list'))
  const folders: number[] = []
  const unreadable: { thing: number; path: string }[] = []
  const waiting = new Set<() => void>()
  let [ended, count, open]: [{ error: AppError | null } | null, number, boolean] = [null, 0, true]
  let timer: NodeJS.Timeout | null = null
  const tell = (): void => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (!open) return
    try {
      list.flush()
    } catch {
      // The counting code never sees files that the list could not store.
      ended = { error: ended?.error ?? { code: 'drop-broken-off', files: count, why: 'disk-full' } }
    }
    for (const go of waiting) go()
  }
  const soon = (): void => void (timer ??= setTimeout(tell, TELL_EVERY_MS))
  return {
    reader: () => list.reader(),
    folders: (thing) => folders[thing] ?? 0,
    unreadable: () => unreadable,
    ended: () => ended,
    more: (signal) =>
      new Promise((resolve) => {
        const go = (): void => {
          waiting.delete(go)
          signal.removeEventListener('abort', go)
          resolve()
        }
        if (ended !== null || signal.aborted) return resolve()
        waiting.add(go)
        signal.addEventListener('abort', go)
      }),
    arrived(file) {
      if (ended?.error != null) throw new Failure(ended.error)
      list.add(file)
      if (!file.path.endsWith('/')) count += 1
      soon()
    },
    folder(thing) {
      folders[thing] = (folders[thing] ?? 0) + 1
      soon()
    },
    left(thing, path) {
      if (unreadable.length < MOST_UNREADABLE) unreadable.push({ thing, path })
      soon()
    },
    end(error) {
      if (ended !== null) return
      ended = { error }
      tell()
    },
    count: () => count,
    close() {
      if (!open) return
      if (timer !== null) clearTimeout(timer)
      open = false
      list.close()
    },
  }
}
