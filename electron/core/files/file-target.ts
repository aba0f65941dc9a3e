import { close, closeSync, constants, fdatasync, open, openSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import { fileCalls, type FileCalls } from './file-calls.ts'
import { BUFFER_BYTES, forFiles } from './spare-buffers.ts'

/**
 * Written at once where the disk is quick, from one multiple of it to the next. For larger pieces
 * Linux looks for larger pieces of memory and takes four times as long; pieces that begin anywhere,
 * or are as small as the records of TLS, take half as long again or twice as long.
 */
const PIECE_BYTES = 64 * 1024
/**
 * After so many bytes all of the file that was written is brought to the disk, by a thread of the
 * pool: what other jobs wrote above all.
 */
const SYNCED_BYTES = 4 * 1024 * 1024

/** A file that is there, written to from one place on. Errors are those of the system. */
export interface OpenTarget {
  /**
   * Null: taken. Else they are taken, and may be used again, when the promise is kept; nothing else
   * may be done until then.
   */
  append(bytes: Uint8Array): Promise<void> | null
  /**
   * Writes what was taken and not yet written. Much of the file is on the disk then, so that nobody
   * has to wait for all of it at its end.
   */
  finish(): Promise<void>
  close(): Promise<void>
}

/**
 * A hidden file that somebody put a link in the place of is not written to. Windows has no such
 * flag.
 */
const NO_LINK = constants.O_RDWR | (constants.O_NOFOLLOW ?? 0)
/** The same calls through Node's pool of threads. */
const pool = {
  open: promisify(open),
  write: promisify(write),
  sync: promisify(fdatasync),
  close: promisify(close),
}

/**
 * `path`: of a file that exists; `at`: bytes from its start. Unless told otherwise for a thread
 * that may stand still for as long as a quick disk takes.
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
   * Runs beside the writing: waiting for it at the end of every part would leave a place for parts
   * idle.
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
    // A nearly full disk takes part of it; the next call then says why.
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
    // Told by finish.
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
      // Whose body broke off may close while a thread of the pool still works: the number of the
      // file would soon be another file's.
      await Promise.allSettled([pending, syncing])
      forFiles.giveBack(stage)
      await call(
        () => closeSync(file),
        () => pool.close(file),
      )
    },
  }
}
