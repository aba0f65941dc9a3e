import { join } from 'node:path'
import { Failure, type AppError } from '../../../../shared/contract/errors.ts'
import { openFileList, type FileListReader, type ListedFile } from '../../store/file-list.ts'

/** How long what came may wait before it is told of: thousands come a second. */
const TELL_EVERY_MS = 50
/** People read a few names. */
const MOST_UNREADABLE = 1000

/** Files that are still being copied in, as those see it who count them. */
export interface Arrival {
  /** From the first on; `root` of a file is the number of the thing in the drop. */
  reader(): FileListReader
  /** Folders of this thing so far. */
  folders(thing: number): number
  /** Files that the page could not read: the first of them. */
  unreadable(): readonly { readonly thing: number; readonly path: string }[]
  /** Null while more may come. `error`: why not all came. */
  ended(): { readonly error: AppError | null } | null
  /** Resolves when there is something new, the end above all, or when the signal aborts. */
  more(signal: AbortSignal): Promise<void>
}

/** The same, as the one sees it who copies. */
export interface Arriving extends Arrival {
  /** It is wholly on the disk. Throws Failure 'disk-full', 'target-unwritable'. */
  arrived(file: ListedFile): void
  folder(thing: number): void
  left(thing: number, path: string): void
  /** Nothing more comes. The first end counts. */
  end(error: AppError | null): void
  /** Files so far. */
  count(): number
  /** Forgets it; the list goes with its folder. */
  close(): void
}

/**
 * `folder`: where the list of what came lies, on the disk and not in memory. Throws Failure
 * 'disk-full', 'target-unwritable'.
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
      // What could not be listed is lost to those who count.
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
