import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { replaceFile } from '../base/replace-file.ts'

/** The most records that one reading takes. */
export const MOST_RECORDS = 4_000_000
/** Records that one read takes. */
const READ_RECORDS = 65_536
/** Longer than a write of a thousand records takes on a busy computer. */
const SETTLE_MS = 100

/** The end of a reading, from which the next reading continues. */
export interface ReadEnd {
  /** The number of the file on its disk. A file that was written again has another one. */
  readonly file: number
  /** Bytes from the start of the file. */
  readonly offset: number
}

/**
 * Appends records of one length to a file. Several processes can append at the same time, because
 * each append is one write. A torn record at the end is filled with zeros first.
 */
export async function appendRecords(path: string, length: number, records: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await using(path, 'a', async (file) => {
    const torn = await tornBytes(file, length)
    await file.writeFile(
      torn === 0 ? records : Buffer.concat([Buffer.alloc(length - torn), records]),
    )
  })
}

/**
 * Returns the bytes of a torn record at the end. A size that still changes belongs to the write of
 * another process, because the system shows a growing file page by page.
 */
async function tornBytes(file: FileHandle, length: number): Promise<number> {
  let { size } = await file.stat()
  for (let before = -1; size % length !== 0 && size !== before;) {
    before = size
    await sleep(SETTLE_MS)
    ;({ size } = await file.stat())
  }
  return size % length
}

/**
 * Reads the whole records behind `from`, or the newest `most` records when the file is another one.
 * `take` gets a view of each. Returns the end of the reading, and the whole records of the file.
 */
export async function readRecords(
  path: string,
  length: number,
  { from, most }: { readonly from: ReadEnd | null; readonly most: number },
  take: (record: Buffer) => void,
): Promise<{ readonly end: ReadEnd; readonly whole: number }> {
  return using(path, 'r', async (file) => {
    const { size, ino } = await file.stat()
    const whole = Math.floor(size / length)
    const isSame = from !== null && from.file === ino && from.offset <= size
    const start = isSame ? from.offset : Math.max(0, whole - most) * length
    const buffer = Buffer.allocUnsafe(
      Math.min(READ_RECORDS, Math.max(1, whole - start / length)) * length,
    )
    let at = start
    while (at < whole * length) {
      const { bytesRead } = await file.read(
        buffer,
        0,
        Math.min(buffer.length, whole * length - at),
        at,
      )
      const usable = bytesRead - (bytesRead % length)
      // The file was cut off in the meantime.
      if (usable === 0) break
      for (let i = 0; i < usable; i += length) take(buffer.subarray(i, i + length))
      at += usable
    }
    return { end: { file: ino, offset: at }, whole }
  })
}

/** Replaces a file as a whole. A record that another process appends at this moment is lost. */
export const rewriteRecords = (path: string, pieces: Iterable<Buffer>): Promise<void> =>
  replaceFile(path, `${path}.new`, async (file) => {
    for (const piece of pieces) await file.writeFile(piece)
  })

async function using<T>(
  path: string,
  flags: 'a' | 'r',
  work: (file: FileHandle) => Promise<T>,
): Promise<T> {
  const file = await open(path, flags, 0o600)
  return work(file).finally(() => file.close())
}
