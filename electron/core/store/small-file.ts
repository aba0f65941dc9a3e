import { constants } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { Failure } from '../../../shared/contract/errors.ts'

/** Between two looks at a pipe that has nothing yet. */
const LOOK_MS = 20
/**
 * So long a pipe that nobody writes to is waited for, and one that somebody has open and is silent.
 */
const NOBODY_MS = 3_000
const SILENCE_MS = 120_000

/**
 * The bytes of a small file: a key, a passphrase, an envelope. Everything that is read whole is
 * read here, because a name can stand for a pipe, a device, a folder or a file without end.
 *
 * Shape  `limit`: bytes. `pipe`: the user named the file, and may have named a pipe, as
 * `<(command)` of a shell is one.
 * Errors Failure 'source-unreadable', with NOT_A_FILE for what is no regular file; 'too-large'
 * above the limit.
 */
export async function readSmallFile(path: string, limit: number, pipe = false): Promise<Buffer> {
  let file: FileHandle | null = null
  try {
    // Looked at before it is opened: to open a device can do something.
    const kind = await stat(path)
    if (!kind.isFile() && !(pipe && kind.isFIFO()))
      throw new Failure({ code: 'source-unreadable', path, reason: 'NOT_A_FILE' })
    // Without O_NONBLOCK, a pipe that took the file's place would wait for a writer for ever.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const now = await file.stat()
    if (!now.isFile() && !(pipe && now.isFIFO()))
      throw new Failure({ code: 'source-unreadable', path, reason: 'NOT_A_FILE' })
    // Known before anything is read: not of a file that says 0 and has content, and not of one that
    // grows.
    if (now.size > limit) throw new Failure({ code: 'too-large', limit })
    return await readToEnd(file, limit, now.isFIFO())
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code
    if (cause instanceof Failure || typeof reason !== 'string') throw cause
    throw new Failure({ code: 'source-unreadable', path, reason })
  } finally {
    await file?.close()
  }
}

/**
 * One byte more than the limit is enough to know. What was read of a secret is wiped when it is not
 * handed over.
 */
async function readToEnd(file: FileHandle, limit: number, isPipe: boolean): Promise<Buffer> {
  const pieces: Buffer[] = []
  let total = 0
  const wipe = (): void => pieces.forEach((piece) => piece.fill(0))
  try {
    for (let started = Date.now(); total <= limit;) {
      const into = Buffer.alloc(Math.min(64 * 1024, limit + 1 - total))
      const count = await readOnce(file, into)
      if (count !== null && count > 0) {
        pieces.push(into.subarray(0, count))
        total += count
        started = Date.now()
        continue
      }
      // A pipe is at its end when nobody writes to it any more; or nobody does yet.
      const ended = count === 0 && (!isPipe || total > 0)
      if (ended || Date.now() - started > (count === 0 ? NOBODY_MS : SILENCE_MS)) break
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
    }
    if (total > limit) throw new Failure({ code: 'too-large', limit })
    return Buffer.concat(pieces, total)
  } finally {
    wipe()
  }
}

/** Bytes that were read, 0 at the end, null when there are none yet. */
async function readOnce(file: FileHandle, into: Buffer): Promise<number | null> {
  try {
    return (await file.read(into, 0, into.length, null)).bytesRead
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EAGAIN') return null
    throw cause
  }
}
