import { close, closeSync, constants, fdatasync, open, openSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { fileCalls, type FileCalls } from './file-calls.ts'
import { BUFFER_BYTES, forFiles } from './spare-buffers.ts'

/**
 * Bytes of one write on a quick disk; each write ends at a multiple of this. For larger writes
 * Linux looks for larger pieces of memory and takes four times as long. Writes that begin anywhere,
 * or are as small as TLS records, take up to twice as long.
 */
const PIECE_BYTES = 64 * 1024
/**
 * After so many bytes, a thread of the pool brings everything written so far to the disk, including
 * the bytes of other jobs.
 */
const SYNCED_BYTES = 4 * 1024 * 1024

/** An existing file that is written from one offset on. Errors are those of the system. */
export interface OpenTarget {
  /**
   * Writes bytes. Null: the bytes are taken. A promise: they are taken when it resolves, and
   * nothing else may be called until then.
   */
  append(bytes: Uint8Array): Promise<void> | null
  /**
   * Writes the bytes that were taken and not yet written. Most of the file is then on the disk, so
   * the end of the transfer is not delayed.
   */
  finish(): Promise<void>
  close(): Promise<void>
}

/** A link in the place of the hidden file is not followed. Windows has no such flag. */
const NO_LINK = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)
/** The same calls in the thread pool of Node. */
const pool = {
  open: promisify(open),
  write: promisify(write),
  sync: promisify(fdatasync),
  close: promisify(close),
}

/**
 * Opens an existing file to write from `at` on, in bytes. By default the thread may wait as long as
 * a quick disk takes.
 */
export async function openTarget(
  path: string,
  at: number,
  { call, isQuick, now }: FileCalls = fileCalls(true),
): Promise<OpenTarget> {
  const file = await call(
    () => openSync(path, NO_LINK),
    () => pool.open(path, NO_LINK),
  )
  const stage = forFiles.take(BUFFER_BYTES)
  let filled = 0
  let position = at
  /** The last slow write. */
  let pending: Promise<void> = Promise.resolve()
  /**
   * The sync runs beside the writes. A wait for it at the end of every part would leave a slot for
   * parts idle.
   */
  let syncing: Promise<void> | null = null
  let closed = false
  const batchBytes = (): number =>
    isQuick() ? PIECE_BYTES - (position % PIECE_BYTES) : BUFFER_BYTES

  const writeSlowly = async (bytes: Uint8Array): Promise<void> => {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await pool.write(file, bytes, done, bytes.length - done, position)
      done += bytesWritten
      position += bytesWritten
    }
  }
  const writeAll = (bytes: Uint8Array): Promise<void> | null => {
    // A nearly full disk takes a part of the bytes. The next call then gives the reason.
    for (let done = 0; done < bytes.length;) {
      if (!isQuick()) return (pending = writeSlowly(bytes.subarray(done)))
      const written = now(() => writeSync(file, bytes, done, bytes.length - done, position))
      done += written
      position += written
    }
    return null
  }
  const flush = (): Promise<void> | null => {
    const bytes = stage.subarray(0, filled)
    filled = 0
    return writeAll(bytes)
  }
  const syncOnce = (): void => {
    if (syncing !== null || position - at < SYNCED_BYTES) return
    syncing = pool.sync(file)
    // `finish` reports the error.
    syncing.catch(() => undefined)
  }
  const append = (bytes: Uint8Array): Promise<void> | null => {
    syncOnce()
    for (let rest = bytes; rest.length > 0 && !closed;) {
      const piece = rest.subarray(0, batchBytes() - filled)
      rest = rest.subarray(piece.length)
      const isWhole = filled === 0 && piece.length === batchBytes()
      if (!isWhole) {
        stage.set(piece, filled)
        filled += piece.length
        if (filled < batchBytes()) return null
      }
      const writing = isWhole ? writeAll(piece) : flush()
      if (writing !== null) return writing.then(() => append(rest) ?? undefined)
    }
    return null
  }
  return {
    append,
    async finish() {
      await flush()
      await syncing
    },
    async close() {
      closed = true
      // A file whose body broke off can close while a thread of the pool still works. The number of
      // the file would soon belong to another file.
      await Promise.allSettled([pending, syncing])
      forFiles.giveBack(stage)
      await call(
        () => closeSync(file),
        () => pool.close(file),
      )
    },
  }
}
