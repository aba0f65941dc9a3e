import { mkdir, open, rm, statfs, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { Failure } from '../../../shared/contract/errors.ts'
import { fileFailure, numbered, placeNew, placeOver, syncFolder, temporaryBeside } from './place-file.ts'

/** What to do when the target's name is taken. */
export type ExistingRule = 'fail' | 'rename' | 'replace' | 'skip'

/** A file that gets its real name only when it is whole. Written through `temporary`, at any offset, in any order. */
export interface FileSink {
  readonly temporary: string
  /** All of it at once, for small texts. */
  write(bytes: Uint8Array): Promise<void>
  /** Bytes on the disk, then the real name. Answers with the path, or null when the rule is 'skip' and the name was taken. */
  place(rule: ExistingRule): Promise<string | null>
  /** Only the first half of `place`: the bytes are on the disk. */
  sync(): Promise<void>
  /** Removes what was written, unless it has its real name. Never fails. */
  abort(): Promise<void>
}

/**
 * Makes the folders above `path` and an empty sparse file of `size` bytes beside it.
 * `mode`: as for open(), the user's umask applies. `temporary`: its name, where that had to be known before. Errors Failure 'disk-full' before a byte is written when `size` cannot
 * fit; 'target-unwritable'.
 */
export async function openSink(path: string, size: number, mode = 0o666, temporary = temporaryBeside(path)): Promise<FileSink> {
  await ensureFolder(dirname(path))
  await roomFor(path, size)
  try {
    const file = await open(temporary, 'wx', mode)
    await file.truncate(size).finally(() => file.close())
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined)
    throw fileFailure(cause, path, size)
  }
  return sinkAt(temporary, path, size)
}

/** The sink whose hidden file is there already. */
export function sinkAt(temporary: string, path: string, size: number): FileSink {
  const opened = async (use: (file: FileHandle) => Promise<void>): Promise<void> => {
    try {
      const file = await open(temporary, 'r+')
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
      if (placed !== null) await syncFolder(dirname(path))
      else await rm(temporary, { force: true })
      return placed
    },
    abort: () => rm(temporary, { force: true }).catch(() => undefined),
  }
}

async function placeBy(rule: ExistingRule, temporary: string, path: string): Promise<string | null> {
  if (rule === 'replace') {
    await placeOver(temporary, path)
    return path
  }
  for (let n = 1; n === 1 || rule === 'rename'; n++) {
    const candidate = numbered(path, n)
    if (await placeNew(temporary, candidate)) return candidate
  }
  if (rule === 'skip') return null
  throw new Failure({ code: 'target-exists', path })
}

/** A small text under its real name, whole, readable by its owner alone. Never over another file: `name (2).ext` instead. Answers with the path. */
export async function saveText(path: string, text: string): Promise<string> {
  const bytes = Buffer.from(text)
  const sink = await openSink(path, bytes.length, 0o600)
  try {
    await sink.write(bytes)
    return (await sink.place('rename')) ?? path
  } finally {
    await sink.abort()
  }
}

/** Makes a folder and those above it, where they are missing. Errors Failure 'target-unwritable', 'disk-full'. */
export async function ensureFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true })
  } catch (cause) {
    throw fileFailure(cause, path, 0)
  }
}

async function roomFor(path: string, size: number): Promise<void> {
  const { bavail, bsize, blocks } = await statfs(dirname(path)).catch((cause: unknown) => {
    throw fileFailure(cause, path, size)
  })
  // Some network file systems tell nothing and say zero blocks in all.
  if (blocks > 0 && bavail * bsize < size) throw new Failure({ code: 'disk-full', path, needed: size })
}
