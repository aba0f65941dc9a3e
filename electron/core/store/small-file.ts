import { constants, type Stats } from 'node:fs'
import { open, stat, type FileHandle } from 'node:fs/promises'
import { Failure } from '../../../shared/contract/errors.ts'

const PIECE_BYTES = 64 * 1024
/** The pause between two reads of an empty pipe. */
const LOOK_MS = 20
/** The wait for the first writer of a pipe, and for the next bytes of a silent writer. */
const NOBODY_MS = 3_000
const SILENCE_MS = 120_000

/**
 * Reads a small file as a whole: a key, a passphrase, an envelope. Every whole file is read by this
 * function, because a name can stand for a pipe, a device, a folder or an endless file.
 *
 * `limit`: bytes. `pipe`: the user named the file and may have named a pipe, such as `<(command)`
 * of a shell.
 * Errors  Failure 'source-unreadable', with NOT_A_FILE for anything but a regular file; 'too-large'
 * above the limit.
 */
export async function readSmallFile(path: string, limit: number, pipe = false): Promise<Buffer> {
  let file: FileHandle | null = null
  try {
    // The check comes before the open, because opening a device can have an effect.
    const kind = await stat(path)
    if (!kind.isFile() && !(pipe && kind.isFIFO()))
      throw new Failure({ code: 'source-unreadable', path, reason: 'NOT_A_FILE' })
    // Without O_NONBLOCK, a pipe in the place of the file would wait for a writer forever.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
    const now = await file.stat()
    if (!now.isFile() && !(pipe && now.isFIFO()))
      throw new Failure({ code: 'source-unreadable', path, reason: 'NOT_A_FILE' })
    // The size is known before anything is read. It does not help with a file that says 0 and has
    // content, or with one that grows.
    if (now.size > limit) throw new Failure({ code: 'too-large', limit })
    return await readToEnd(file, limit, now)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code
    if (cause instanceof Failure || typeof reason !== 'string') throw cause
    throw new Failure({ code: 'source-unreadable', path, reason })
  } finally {
    await file?.close()
  }
}

/**
 * Reads up to one byte more than the limit, which is enough to refuse. The pieces are wiped,
 * because they may be a secret. A piece has the size that the file claims, and one byte more. The
 * secrets are read for each request, and wiping 64 KiB costs more than reading 300 bytes.
 */
async function readToEnd(file: FileHandle, limit: number, claimed: Stats): Promise<Buffer> {
  const isPipe = claimed.isFIFO()
  const likely = isPipe || claimed.size === 0 ? PIECE_BYTES : claimed.size + 1
  const pieces: Buffer[] = []
  let total = 0
  const wipe = (): void => pieces.forEach((piece) => piece.fill(0))
  try {
    for (let started = Date.now(); total <= limit;) {
      const into = Buffer.alloc(Math.min(PIECE_BYTES, likely, limit + 1 - total))
      const count = await readOnce(file, into)
      if (count !== null && count > 0) {
        pieces.push(into.subarray(0, count))
        total += count
        started = Date.now()
        continue
      }
      // A pipe ends when its last writer is gone. Without a byte so far, the first writer may still
      // come.
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

/** Returns the bytes that were read, 0 at the end, and null when there are none yet. */
async function readOnce(file: FileHandle, into: Buffer): Promise<number | null> {
  try {
    return (await file.read(into, 0, into.length, null)).bytesRead
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EAGAIN') return null
    throw cause
  }
}
