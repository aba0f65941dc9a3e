/** One entry of a drop. `file` is null for a folder, and for a file that cannot be read. */
export interface WalkEntry {
  readonly path: string
  /** 'empty': a folder without entries. */
  readonly kind: 'file' | 'folder' | 'empty' | 'unreadable'
  readonly file: File | null
}

/** The dropped entries if the browser has them, else the files. */
export interface TakenItem {
  readonly entry: FileSystemEntry | null
  readonly file: File | null
}

/** Must be called before the first `await`. Later the browser has emptied the transfer. */
export function itemsOf(transfer: globalThis.DataTransfer): readonly TakenItem[] {
  const items: TakenItem[] = []
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue
    const entry = item.webkitGetAsEntry()
    // Read only if needed, because it touches the file.
    const file = entry === null ? item.getAsFile() : null
    if (entry !== null || file !== null) items.push({ entry, file })
  }
  return items
}

export const itemNameOf = ({ entry, file }: TakenItem): string => entry?.name ?? file?.name ?? ''

/** Files requested from the browser at once. Each is a call to another process. */
const AT_ONCE = 32

/**
 * Walks the dropped entries, each folder before its content. At most two batches of a folder are in
 * memory.
 */
export async function* walkItems(items: readonly TakenItem[]): AsyncGenerator<WalkEntry> {
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE)
    yield* await Promise.all(
      some
        .filter(({ entry }) => entry?.isDirectory !== true)
        .map(({ entry, file }) =>
          entry === null
            ? found(entryless(file), file)
            : fileOf(entry as FileSystemFileEntry, entry.name),
        ),
    )
    for (const { entry } of some)
      if (entry?.isDirectory === true)
        yield* walkFolder(entry as FileSystemDirectoryEntry, entry.name)
  }
}

async function* walkFolder(
  folder: FileSystemDirectoryEntry,
  path: string,
): AsyncGenerator<WalkEntry> {
  const reader = folder.createReader()
  // A reader returns at most 100 entries. The next batch is requested while these are used.
  const more = (): Promise<readonly FileSystemEntry[] | null> =>
    new Promise((resolve) => reader.readEntries(resolve, () => resolve(null)))
  const inside: FileSystemDirectoryEntry[] = []
  let batch = await more()
  if (batch === null) return yield { path, kind: 'unreadable', file: null }
  yield { path, kind: batch.length === 0 ? 'empty' : 'folder', file: null }
  while (batch !== null && batch.length > 0) {
    const next = more()
    const files = batch.filter(({ isFile }) => isFile)
    for (const entry of batch) if (entry.isDirectory) inside.push(entry as FileSystemDirectoryEntry)
    for (let at = 0; at < files.length; at += AT_ONCE)
      yield* await Promise.all(
        files
          .slice(at, at + AT_ONCE)
          .map((entry) => fileOf(entry as FileSystemFileEntry, `${path}/${entry.name}`)),
      )
    batch = await next
  }
  for (const entry of inside) yield* walkFolder(entry, `${path}/${entry.name}`)
}

const fileOf = (entry: FileSystemFileEntry, path: string): Promise<WalkEntry> =>
  new Promise((resolve) =>
    entry.file(
      (file) => resolve(found(path, file)),
      () => resolve({ path, kind: 'unreadable', file: null }),
    ),
  )
const entryless = (file: File | null): string => file?.name ?? ''
const found = (path: string, file: File | null): WalkEntry => ({ path, kind: 'file', file })
