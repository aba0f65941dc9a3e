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
import { writing } from '../base/write-failure.ts'

/**
 * One file of a folder that is uploaded. `root`: which of the things the user chose it was found
 * in; `path`: below that, '' for itself.
 */
export interface ListedFile {
  readonly root: number
  /** With '/' between the names. Ends in '/' for a folder that holds nothing. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly modified: number
}

/**
 * Files to upload, on the disk and not in memory: there may be millions. Read while it is still
 * written.
 */
export interface FileList {
  /** Seen by readers after the next `flush`, or on its own before long. */
  add(file: ListedFile): void
  flush(): void
  /** Nothing more comes. */
  end(totals: ListTotals): void
  /** What `end` said; null: it was never called. */
  totals(): ListTotals | null
  /** Not null once a reader met a line that is none: nothing that follows it is read. */
  damage(): AppError | null
  /**
   * From the beginning, in the order they were added; numbered from 0. A reader of a closed list
   * throws.
   */
  reader(): FileListReader
  /** Once is enough; more does nothing. */
  close(): void
}

export interface ListTotals {
  readonly files: number
  readonly bytes: number
  /** What was wanted and is not in the list; null: nothing is missing. */
  readonly missing: Extract<AppError, { readonly code: 'left-out' }> | null
}

export interface FileListReader {
  /**
   * Null: none for now. Files whose number `skip` is true for are passed over, which costs next to
   * nothing.
   */
  next(
    skip?: (index: number) => boolean,
  ): { readonly index: number; readonly file: ListedFile } | null
}

const BUFFER_BYTES = 64 * 1024
const LINE_FEED = 10
/** Stands where a file has the number of its root. */
const END = -1
type Line = readonly [
  root: number,
  path: string,
  size: number,
  modified: number,
  missing?: ListTotals['missing'],
]

/**
 * Opens the list at `path`, or begins one. A torn last line is cut off. It and writing throw
 * Failure 'disk-full', 'target-unwritable'.
 */
export function openFileList(path: string): FileList {
  const file = writing(path, () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    return openSync(path, 'a+', 0o600)
  })
  let totals = lastTotals(file)
  let damaged = false
  let waiting: string[] = []
  let bytes = 0
  let closed = false
  /** Its number may be another file's by now. */
  const opened = (): number => {
    if (closed) throw new Error('the list of files is closed')
    return file
  }
  const flush = (): void => {
    const text = Buffer.from(waiting.join(''))
    waiting = []
    bytes = 0
    writing(path, () => {
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
      // The end stays where it is, however often somebody asks; and what is no line is an end too.
      if (read === null) return (damaged(), null)
      const [root, path, size, modified] = read
      if (root === END) return null
      from = line + 1
      return { index: index++, file: { root, path, size, modified } }
    },
  }
}

/** Reads the last line, and cuts off what comes after the last line feed: it was never whole. */
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

/** Null for what none of ours wrote. */
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
