import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { crc32 } from 'node:zlib'
import type { AppError } from '../../../shared/contract/errors.ts'
import { keptCopy } from './set-aside.ts'
import { replaceOpenFile, syncFolderNow } from '../base/replace-file.ts'
import { onOwnFile, ownFileFailure } from '../base/system-failure.ts'

const sync = promisify(fdatasync)
const READ_BYTES = 256 * 1024
const COMPACT_BYTES = 1024 * 1024

/**
 * A file of records that grows only at its end, so that a crash costs at most the last record. A
 * line is the CRC-32 of its JSON in 8 hexadecimal digits, a space, and the JSON.
 */
export interface Journal {
  /**
   * Adds a record. When it returns, the record is with the system: it survives the end of this
   * process, and a power cut may lose it. Throws Failure 'disk-full', 'target-unwritable'; nothing
   * of the record is in the file then.
   */
  append(record: unknown): void
  /** Resolves when all earlier records are on the disk. Calls at the same time share one wait. */
  durable(): Promise<void>
  /** Tells whether the file has doubled since it was last written as a whole. */
  isLong(): boolean
  /** Replaces the whole file with `records`, or changes nothing. Throws as `append`. */
  compact(records: Iterable<unknown>): void
  close(): Promise<void>
}

/**
 * Opens or makes a journal and passes every whole record to `read`, in order. A torn last line is
 * cut off. A damaged line among others is skipped and counted, and the original file is copied: see
 * `kept`. `longFrom`: bytes below which the file is never rewritten.
 * Throws Failure 'source-unreadable', 'target-unwritable'.
 */
export function openJournal(
  path: string,
  read: (record: unknown) => void,
  longFrom = COMPACT_BYTES,
): { readonly journal: Journal; readonly damaged: number; readonly kept: AppError | null } {
  let file = onOwnFile(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'a+', 0o600)
  })
  const found = readAll(file, read)
  const kept = found.damaged > 0 || !found.torn ? keptCopy(path) : null
  // Half a line must not become the beginning of the next line.
  if (found.end < found.size) onOwnFile(path, () => ftruncateSync(file, found.end))
  let size = found.end
  let compacted = size
  let syncing: Promise<void> | null = null
  let next: Promise<void> | null = null

  const flush = async (): Promise<void> => {
    await syncing?.catch(() => undefined)
    next = null
    syncing = sync(file).catch((cause: unknown) => {
      throw ownFileFailure(cause, path)
    })
    return syncing
  }
  /**
   * A running sync still needs the old file. Its number could belong to another file after a close.
   */
  const closeLater = (old: number): void =>
    void (syncing ?? Promise.resolve()).catch(() => undefined).finally(() => closeSync(old))

  return {
    damaged: found.damaged,
    kept,
    journal: {
      append(record) {
        const line = lineOf(record)
        try {
          writeWhole(file, line)
          size += line.length
        } catch (cause) {
          // Half a line in the middle would cost one more record.
          ftruncateSync(file, size)
          throw ownFileFailure(cause, path)
        }
      },
      durable: () => (next ??= flush()),
      isLong: () => size > longFrom && size > 2 * compacted,
      compact(records) {
        onOwnFile(path, () => {
          let bytes = 0
          const fresh = replaceOpenFile(path, `${path}.new`, (draft) => {
            for (const record of records) {
              const line = lineOf(record)
              writeWhole(draft, line)
              bytes += line.length
            }
          })
          closeLater(file)
          file = fresh
          size = compacted = bytes
          syncFolderNow(dirname(path))
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

/** Reads a line, and returns null for one that is damaged. */
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

/** The beginning of a line of this format, or nothing. */
const TORN = /^([0-9a-f]{0,8}|[0-9a-f]{8} (\{.*)?)$/s

/**
 * Reads all whole records. `torn`: at most the beginning of a line follows the last whole line.
 * `end`: bytes up to the end of the last whole line.
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
      // Damage before a whole line is not a torn end.
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
