import { close, closeSync, fdatasync, open, openSync, writeSync, writev } from 'node:fs'
import { promisify } from 'node:util'
import { fileCalls } from './file-calls.ts'

/** Written at once where the disk is quick: above this, Linux looks for larger pieces of memory and takes four times as long. */
const PIECE_BYTES = 64 * 1024
/** Written at once where it is slow. */
const SLOW_BATCH_BYTES = 512 * 1024

/** A file that is there, written to at any place. Errors are those of the system. */
export interface OpenTarget {
  /** Bytes that are worth a call. */
  batchBytes(): number
  /** All of them, one behind the other from `at` on. They may be used again when it is done. */
  write(buffers: readonly Uint8Array[], at: number): Promise<void>
  /** What was written is on the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** The same calls through Node's pool of threads; its own promise of writev() forgets how many bytes there were. */
const pool = { open: promisify(open), fdatasync: promisify(fdatasync), close: promisify(close) }
const writeSome = (file: number, buffers: readonly Uint8Array[], at: number): Promise<number> =>
  new Promise((resolve, reject) => writev(file, buffers, at, (cause, bytes) => (cause === null ? resolve(bytes) : reject(cause))))

/** `path`: of a file that exists. For a thread that may stand still for as long as a quick disk takes. */
export async function openTarget(path: string): Promise<OpenTarget> {
  const { call, isQuick } = fileCalls(true)
  const file = await call(() => openSync(path, 'r+'), () => pool.open(path, 'r+'))
  return {
    batchBytes: () => (isQuick() ? PIECE_BYTES : SLOW_BATCH_BYTES),
    async write(buffers, at) {
      for (let [rest, position] = [withBytes(buffers), at]; rest[0] !== undefined; ) {
        const first = rest[0].subarray(0, PIECE_BYTES)
        // A nearly full disk takes part of it; the next call then says why.
        const written = await call(() => writeSync(file, first, 0, first.length, position), () => writeSome(file, rest, position))
        position += written
        rest = after(rest, written)
      }
    },
    sync: () => pool.fdatasync(file),
    close: () => call(() => closeSync(file), () => pool.close(file)),
  }
}

const withBytes = (buffers: readonly Uint8Array[]): readonly Uint8Array[] => buffers.filter(({ length }) => length > 0)

/** What is left of the buffers behind their first `bytes`. */
function after(buffers: readonly Uint8Array[], bytes: number): readonly Uint8Array[] {
  let over = bytes
  return withBytes(buffers.map((buffer) => {
    const gone = Math.min(over, buffer.length)
    over -= gone
    return buffer.subarray(gone)
  }))
}
