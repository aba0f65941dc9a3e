import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import type { AppError } from '../../../shared/contract/errors.ts'
import { onOwnFile } from '../base/system-failure.ts'

/**
 * One file of a folder that is uploaded. `root`: the index of the chosen file or folder that it was
 * found in. `path`: the path below that, '' for the chosen file itself.
 */
export interface ListedFile {
  readonly root: number
  /** The names with '/' between them. It ends in '/' for an empty folder. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * The files to upload, on the disk and not in memory, because there may be millions. The list can
 * be read while it is still written.
 */
export interface FileList {
  /** Adds a file. Readers see it after the next `flush`, or on their own soon. */
  add(file: ListedFile): void
  flush(): void
  /** Ends the list. No file is added after this. */
  end(totals: ListTotals): void
  /** Returns the totals that `end` wrote, and null before `end`. */
  totals(): ListTotals | null
  /** Returns an error once a reader met a damaged line. Nothing behind that line is read. */
  damage(): AppError | null
  /**
   * Reads the list from its beginning, in the order of the files, numbered from 0. The reader of a
   * closed list throws.
   */
  reader(): FileListReader
  /** Closes the file. A second call does nothing. */
  close(): void
}

export interface ListTotals {
  readonly files: number
  readonly bytes: number
  /** The files that were wanted and are not in the list; null when none is missing. */
  readonly missing: Extract<AppError, { readonly code: 'left-out' }> | null
}

export interface FileListReader {
  /**
   * Returns the next file, and null while no file is ready. Files for whose number `skip` returns
   * true are skipped at almost no cost.
   */
  next(
    skip?: (index: number) => boolean,
  ): { readonly index: number; readonly file: ListedFile } | null
}

const BUFFER_BYTES = 64 * 1024
const LINE_FEED = 10
/** Marks the last line, in the place of the number of a root. */
const END = -1
type Line = readonly [
  root: number,
  path: string,
  size: number,
  modified: number,
  missing?: ListTotals['missing'],
]

/**
 * Opens the list at `path`, or creates one. A torn last line is cut off. This function and all
 * writing throw Failure 'disk-full', 'target-unwritable'.
 */
export function openFileList(path: string): FileList {
  const file = onOwnFile(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'a+', 0o600)
  })
  let totals = lastTotals(file)
  let damaged = false
  let waiting: string[] = []
  let bytes = 0
  let closed = false
  /** The number of a closed file can belong to another file. */
  const opened = (): number => {
    if (closed) throw new Error('the list of files is closed')
    return file
  }
  const flush = (): void => {
    const text = Buffer.from(waiting.join(''))
    waiting = []
    bytes = 0
    onOwnFile(path, () => {
      for (let done = 0; done < text.length;) done += writeSync(opened(), text, done)
    })
  }
  const write = (line: Line): void => {
    const text = `${JSON.stringify(line)}\n`
    waiting.push(text)
    bytes += text.length
    if (bytes >= BUFFER_BYTES) flush()
  }
  return {
    flush,
    add: ({ root, path: below, size, modified }) => write([root, below, size, modified]),
    end(all) {
      totals = all
      write(
        all.missing === null
          ? [END, '', all.bytes, all.files]
          : [END, '', all.bytes, all.files, all.missing],
      )
      flush()
    },
    totals: () => totals,
    damage: () => (damaged ? { code: 'file-damaged', path, kept: null } : null),
    reader: () => readFrom(opened, () => void (damaged = true)),
    close() {
      if (!closed) closeSync(file)
      closed = true
    },
  }
}

function readFrom(opened: () => number, damaged: () => void): FileListReader {
  const buffer = Buffer.alloc(BUFFER_BYTES)
  let rest: Buffer = Buffer.alloc(0)
  let [at, index, from] = [0, 0, 0]
  return {
    next(skip) {
      let line = rest.indexOf(LINE_FEED, from)
      for (; line === -1 || skip?.(index) === true; line = rest.indexOf(LINE_FEED, from)) {
        if (line !== -1) {
          from = line + 1
          index += 1
          continue
        }
        const got = readSync(opened(), buffer, 0, buffer.length, at)
        if (got === 0) return null
        at += got
        rest = Buffer.concat([rest.subarray(from), buffer.subarray(0, got)])
        from = 0
      }
      const read = lineOf(rest.toString('utf8', from, line))
      // The reader stays at the end, however often it is called. A damaged line is an end too.
      if (read === null) return (damaged(), null)
      const [root, path, size, modified] = read
      if (root === END) return null
      from = line + 1
      return { index: index++, file: { root, path, size, modified } }
    },
  }
}

/** Reads the last line. Bytes behind the last line feed were never a whole line and are cut off. */
function lastTotals(file: number): ListTotals | null {
  const { size } = fstatSync(file)
  const start = Math.max(0, size - BUFFER_BYTES)
  const tail = Buffer.alloc(size - start)
  readSync(file, tail, 0, tail.length, start)
  const end = tail.lastIndexOf(LINE_FEED)
  if (start + end + 1 < size) ftruncateSync(file, start + end + 1)
  if (end === -1) return null
  const line = lineOf(tail.toString('utf8', tail.lastIndexOf(LINE_FEED, end - 1) + 1, end))
  if (line === null || line[0] !== END) return null
  const [, , bytes, files, missing = null] = line
  return { files, bytes, missing }
}

/** Returns null for a line that this program did not write. */
function lineOf(text: string): Line | null {
  try {
    const line = JSON.parse(text) as Line
    return Array.isArray(line) &&
      [line[0], line[2], line[3]].every(Number.isFinite) &&
      typeof line[1] === 'string'
      ? line
      : null
  } catch {
    return null
  }
}
