import { constants } from 'node:fs'
import { open, rm, statfs, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../../shared/contract/errors.ts'
import { fileFailure } from '../base/system-failure.ts'
import { numbered, placeNew, placeOver, trySyncFolder, temporaryBeside } from './place-file.ts'
import { checkFolder, ensureFolder, takenFailure } from './target-path.ts'

/** What to do when the target's name is taken. */
export type ExistingRule = 'fail' | 'rename' | 'replace' | 'skip'

/**
 * A file that gets its real name only when it is whole. Written through `temporary`, at any offset,
 * in any order.
 */
export interface FileSink {
  readonly temporary: string
  /** All of it at once, for small texts. */
  write(bytes: Uint8Array): Promise<void>
  /**
   * Bytes on the disk, then the real name. Answers with the path, or null when the rule is 'skip'
   * and the name was taken.
   */
  place(rule: ExistingRule): Promise<string | null>
  /** Only the first half of `place`: the bytes are on the disk. */
  sync(): Promise<void>
  /** Removes what was written, unless it has its real name. Never fails. */
  abort(): Promise<void>
}

interface SinkOptions {
  /** As for open(), the user's umask applies. */
  readonly mode?: number
  /** Its hidden name, where that had to be known before. */
  readonly temporary?: string
  /** The folder that the user chose: below it no link is followed. Null: the file's own. */
  readonly root?: string | null
}

/**
 * A hidden file that somebody put a link in the place of is not written to. Windows has no such
 * flag.
 */
const NO_LINK = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)

/**
 * Makes the folders above `path` and an empty sparse file of `size` bytes beside it.
 * Errors Failure 'disk-full' before a byte is written when `size` cannot fit; 'target-blocked',
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

/** The sink whose hidden file is there already. */
export function sinkAt(
  temporary: string,
  path: string,
  size: number,
  root: string | null = null,
): FileSink {
  const opened = async (use: (file: FileHandle) => Promise<void>): Promise<void> => {
    // It may have become a link since it was made, and one that was taken away is not made again.
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
  rule: ExistingRule,
  temporary: string,
  path: string,
): Promise<string | null> {
  if (rule === 'replace') {
    await placeOver(temporary, path)
    return path
  }
  for (let n = 1; n === 1 || rule === 'rename'; n++) {
    const candidate = numbered(path, n)
    if (await placeNew(temporary, candidate)) return candidate
  }
  if (rule === 'skip') return null
  throw await takenFailure(path)
}

/**
 * A small text under its real name, whole, readable by its owner alone. Never over another file
 * unless told: `name (2).ext` instead. Answers with the path.
 */
export async function saveText(
  path: string,
  text: string,
  rule: 'fail' | 'rename' | 'replace' = 'rename',
): Promise<string> {
  const bytes = Buffer.from(text)
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
  // Some network file systems tell nothing and say zero blocks in all.
  if (blocks > 0 && bavail * bsize < size)
    throw new Failure({ code: 'disk-full', path, needed: size })
}
