import {
  closeSync,
  fdatasync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import type { AppError } from '../../../shared/contract/errors.ts'
import { keptCopy } from './set-aside.ts'
import { writeFailure, writing } from '../base/write-failure.ts'

const sync = promisify(fdatasync)
const READ_BYTES = 256 * 1024
const COMPACT_BYTES = 1024 * 1024

/**
 * Records that are only ever added at the end of a file, so that a crash at any moment costs at
 * most the last of them. A line is the CRC-32 of its JSON in 8 hex digits, a space, the JSON.
 */
export interface Journal {
  /**
   * With the system when it returns: the death of this process loses nothing of it, a power cut
   * may. Throws Failure 'disk-full', 'target-unwritable'; then nothing of it is there.
   */
  append(record: unknown): void
  /**
   * Resolves when all that was appended before is on the disk; calls at the same time share one
   * wait for it.
   */
  durable(): Promise<void>
  /** Has it grown to twice what it was when it was last written anew? */
  isLong(): boolean
  /**
   * Writes the whole file anew from `records`, at once or not at all. Throws as `append`; the old
   * file is still there then.
   */
  compact(records: Iterable<unknown>): void
  close(): Promise<void>
}

/**
 * Opens or makes a journal, and hands every whole record to `read`, in order. A torn last line is
 * cut off; a damaged one among others is passed over and counted; then the file as it was is `kept`
 * beside. `longFrom`: bytes below which it is never worth writing anew. Throws Failure
 * 'source-unreadable', 'target-unwritable'.
 */
export function openJournal(
  path: string,
  read: (record: unknown) => void,
  longFrom = COMPACT_BYTES,
): { readonly journal: Journal; readonly damaged: number; readonly kept: AppError | null } {
  let file = writing(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'a+', 0o600)
  })
  const found = readAll(file, read)
  const kept = found.damaged > 0 || !found.torn ? keptCopy(path) : null
  // What a crash left half written must not become the beginning of the next line.
  if (found.end < found.size) writing(path, () => ftruncateSync(file, found.end))
  let size = found.end
  let compacted = size
  let syncing: Promise<void> | null = null
  let next: Promise<void> | null = null
  /** Half a line may stand behind `size`, because the disk refused the rest of it. */
  let torn = false

  const flush = async (): Promise<void> => {
    await syncing?.catch(() => undefined)
    next = null
    syncing = sync(file).catch((cause: unknown) => {
      throw writeFailure(path, 0, cause)
    })
    return syncing
  }
  /** Not under a sync that runs: by then the number may be another file's. */
  const closeLater = (old: number): void =>
    void (syncing ?? Promise.resolve()).catch(() => undefined).finally(() => closeSync(old))

  return {
    damaged: found.damaged,
    kept,
    journal: {
      append(record) {
        const line = lineOf(record)
        writing(path, () => {
          // The next line would continue half a line, and two records would be lost. A disk that
          // became read-only refuses the cut too, so the next record makes it.
          if (torn) ftruncateSync(file, size)
          torn = true
          writeWhole(file, line)
          torn = false
        })
        size += line.length
      },
      durable: () => (next ??= flush()),
      isLong: () => size > longFrom && size > 2 * compacted,
      compact(records) {
        const draft = `${path}.new`
        writing(path, () => {
          // One handle before and after the new name: nothing is opened once the old journal is
          // gone, so nothing can fail there.
          const fresh = openSync(draft, 'a+', 0o600)
          let bytes = 0
          try {
            // A crash may have left one.
            ftruncateSync(fresh, 0)
            for (const record of records) {
              const line = lineOf(record)
              writeWhole(fresh, line)
              bytes += line.length
            }
            fsyncSync(fresh)
            renameSync(draft, path)
          } catch (cause) {
            closeSync(fresh)
            throw cause
          }
          closeLater(file)
          file = fresh
          size = compacted = bytes
          torn = false
          syncFolder(dirname(path))
        })
      },
      async close() {
        await next?.catch(() => undefined)
        await syncing?.catch(() => undefined)
        closeSync(file)
      },
    },
  }
}

function lineOf(record: unknown): Buffer {
  const json = JSON.stringify(record)
  return Buffer.from(`${crc32(json).toString(16).padStart(8, '0')} ${json}\n`)
}

/** Null for a line that is not whole. */
function recordOf(line: Buffer): { readonly record: unknown } | null {
  if (line.length < 10 || line[8] !== 0x20) return null
  const json = line.subarray(9)
  if (crc32(json).toString(16).padStart(8, '0') !== line.toString('latin1', 0, 8)) return null
  try {
    return { record: JSON.parse(json.toString('utf8')) }
  } catch {
    return null
  }
}

/** The beginning of a line of ours, or nothing. */
const TORN = /^([0-9a-f]{0,8}|[0-9a-f]{8} (\{.*)?)$/s

/**
 * `torn`: what comes after the last whole line is at most the beginning of one. `end`: bytes up to
 * the end of the last whole line.
 */
function readAll(
  file: number,
  read: (record: unknown) => void,
): {
  readonly end: number
  readonly size: number
  readonly damaged: number
  readonly torn: boolean
} {
  const { size } = fstatSync(file)
  const buffer = Buffer.alloc(READ_BYTES)
  let [rest, at, end, damaged, since]: [Buffer, number, number, number, number] = [
    Buffer.alloc(0),
    0,
    0,
    0,
    0,
  ]
  for (;;) {
    const got = readSync(file, buffer, 0, buffer.length, at)
    if (got === 0) break
    at += got
    rest = Buffer.concat([rest, buffer.subarray(0, got)])
    for (let line = rest.indexOf(10); line !== -1; line = rest.indexOf(10)) {
      const whole = recordOf(rest.subarray(0, line))
      rest = rest.subarray(line + 1)
      if (whole === null) {
        since += 1
        continue
      }
      // Damage that something whole comes after was no torn end.
      damaged += since
      since = 0
      end = at - rest.length
      read(whole.record)
    }
  }
  return { end, size, damaged, torn: since === 0 && TORN.test(rest.toString('latin1')) }
}

function writeWhole(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
}

/** Makes a rename last through a power cut. Windows opens no folders and does not need it. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}
