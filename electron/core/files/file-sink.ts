import { constants } from 'node:fs'
import { open, rm, statfs, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../../shared/contract/errors.ts'
import { fileFailure } from '../base/system-failure.ts'
import { numberedPath, placeNew, placeOver, trySyncFolder, temporaryBeside } from './place-file.ts'
import { checkFolder, ensureFolder, takenFailure } from './target-path.ts'

/** The rule for a target whose name is taken. */
export type TakenNameRule = 'fail' | 'rename' | 'replace' | 'skip'

/**
 * A file that gets its real name only when it is whole. It is written through `temporary`, at any
 * offset and in any order.
 */
export interface FileSink {
  readonly temporary: string
  /** Writes the whole content, for small texts. */
  write(bytes: Uint8Array): Promise<void>
  /**
   * Brings the bytes to the disk and gives the file its real name. Returns the path, and null when
   * the rule is 'skip' and the name was taken.
   */
  place(rule: TakenNameRule): Promise<string | null>
  /** Brings the bytes to the disk, which is the first half of `place`. */
  sync(): Promise<void>
  /** Removes the temporary file unless it has its real name. Never fails. */
  abort(): Promise<void>
}

interface SinkOptions {
  /** The mode for open(). The user's umask applies. */
  readonly mode?: number
  /** The hidden name, where it had to be known before. */
  readonly temporary?: string
  /** The folder that the user chose. No link below it is followed. Null: the folder of the file. */
  readonly root?: string | null
}

/** A link in the place of the hidden file is not followed. Windows has no such flag. */
const NO_LINK = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)

/**
 * Makes the folders above `path` and an empty sparse file of `size` bytes beside it.
 * Errors  Failure 'disk-full' before a byte is written when `size` does not fit; 'target-blocked',
 * 'target-unwritable'.
 */
export async function openSink(
  path: string,
  size: number,
  { mode = 0o666, temporary = temporaryBeside(path), root = null }: SinkOptions = {},
): Promise<FileSink> {
  await ensureFolder(dirname(path), root)
  await roomFor(path, size)
  try {
    const file = await open(temporary, 'wx', mode)
    await file.truncate(size).finally(() => file.close())
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw fileFailure(cause, path, size)
  }
  return sinkAt(temporary, path, size, root)
}

/** Returns the sink of a hidden file that exists already. */
export function sinkAt(
  temporary: string,
  path: string,
  size: number,
  root: string | null = null,
): FileSink {
  const opened = async (use: (file: FileHandle) => Promise<void>): Promise<void> => {
    // The folder may have become a link since it was made. A folder that was removed is not made
    // again.
    await checkFolder(dirname(path), root)
    try {
      const file = await open(temporary, NO_LINK)
      await use(file).finally(() => file.close())
    } catch (cause) {
      throw fileFailure(cause, path, size)
    }
  }
  const sync = (): Promise<void> => opened((file) => file.sync())
  return {
    temporary,
    write: (bytes) => opened((file) => file.writeFile(bytes)),
    sync,
    async place(rule) {
      await sync()
      const placed = await placeBy(rule, temporary, path)
      if (placed !== null) await trySyncFolder(dirname(path))
      else await rm(temporary, { force: true })
      return placed
    },
    abort: () => rm(temporary, { force: true }).catch(() => undefined),
  }
}

async function placeBy(
  rule: TakenNameRule,
  temporary: string,
  path: string,
): Promise<string | null> {
  if (rule === 'replace') {
    await placeOver(temporary, path)
    return path
  }
  for (let n = 1; n === 1 || rule === 'rename'; n++) {
    const candidate = numberedPath(path, n)
    if (await placeNew(temporary, candidate)) return candidate
  }
  if (rule === 'skip') return null
  throw await takenFailure(path)
}

/**
 * Writes a small file as a whole under its real name, readable by its owner alone. By default it
 * never replaces another file and takes the name `name (2).ext` instead. Returns the path.
 */
export async function saveSmall(
  path: string,
  content: string | Uint8Array,
  rule: 'fail' | 'rename' | 'replace' = 'rename',
): Promise<string> {
  const bytes = Buffer.from(content)
  const sink = await openSink(path, bytes.length, { mode: 0o600 })
  try {
    await sink.write(bytes)
    return (await sink.place(rule)) ?? path
  } finally {
    await sink.abort()
  }
}

async function roomFor(path: string, size: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(dirname(path)).catch((cause: unknown) => {
    throw fileFailure(cause, path, size)
  })
  // Some network file systems report zero blocks in all.
  if (blocks > 0 && bavail * bsize < size)
    throw new Failure({ code: 'disk-full', path, needed: size })
}
