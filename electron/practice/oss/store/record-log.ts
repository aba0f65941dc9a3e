import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs'

/** The place of one record in the file. */
export interface RecordSpot {
  readonly offset: number
  readonly bytes: number
}

const READ_BYTES = 1024 * 1024
const NEWLINE = 0x0a
/** A longer log is written again at the start when less than half of it is still needed. */
const COMPACT_BYTES = 1024 * 1024

/**
 * JSON records, one a line, in a file that only grows while it is open. After a crash a record is
 * there in full or not at all. One file costs far less to write and to read than a file a record.
 */
export class RecordLog<T> {
  readonly #file: number
  #end: number

  private constructor(file: number, end: number) {
    this.#file = file
    this.#end = end
  }

  /**
   * Opens or creates the file and calls `each` with every record in order. A torn last line is cut
   * off. A line that is not JSON is passed over.
   */
  static open<T>(path: string, each: (record: T, spot: RecordSpot) => void): RecordLog<T> {
    const file = openSync(path, 'a+', 0o600)
    const end = scan(file, (line, spot) => {
      try {
        each(JSON.parse(line.toString('utf8')) as T, spot)
      } catch (cause) {
        if (!(cause instanceof SyntaxError)) throw cause
      }
    })
    ftruncateSync(file, end)
    return new RecordLog<T>(file, end)
  }

  append(record: T): RecordSpot {
    const line = Buffer.from(`${JSON.stringify(record)}\n`)
    const spot = { offset: this.#end, bytes: line.length }
    try {
      writeAll(this.#file, line)
    } catch (cause) {
      // A full disk may have taken the beginning of the line.
      ftruncateSync(this.#file, this.#end)
      throw cause
    }
    this.#end += line.length
    return spot
  }

  read({ offset, bytes }: RecordSpot): T {
    const line = Buffer.allocUnsafe(bytes)
    readSync(this.#file, line, 0, bytes, offset)
    return JSON.parse(line.toString('utf8')) as T
  }

  /** Returns true when the records at `spots` are less than half of a file of some size. */
  isSparse(spots: Iterable<RecordSpot>): boolean {
    let live = 0
    for (const { bytes } of spots) live += bytes
    return this.#end > COMPACT_BYTES && live < this.#end / 2
  }

  /** Puts a file of only these records in place of `path`, and closes this log. */
  compactInto(path: string, spots: Iterable<RecordSpot>): void {
    const draft = openSync(`${path}.new`, 'w', 0o600)
    for (const { offset, bytes } of spots) {
      const line = Buffer.allocUnsafe(bytes)
      readSync(this.#file, line, 0, bytes, offset)
      writeAll(draft, line)
    }
    closeSync(draft)
    this.close()
    renameSync(`${path}.new`, path)
  }

  close(): void {
    closeSync(this.#file)
  }
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done)
}

/** Calls `each` with every whole line and returns the place where the last one ends. */
function scan(file: number, each: (line: Buffer, spot: RecordSpot) => void): number {
  const size = fstatSync(file).size
  let rest = Buffer.alloc(0)
  let lineStart = 0
  for (let offset = 0; offset < size;) {
    const chunk = Buffer.allocUnsafe(Math.min(READ_BYTES, size - offset))
    const bytes = readSync(file, chunk, 0, chunk.length, offset)
    if (bytes === 0) break
    offset += bytes
    rest = Buffer.concat([rest, chunk.subarray(0, bytes)])
    let from = 0
    for (let newline = rest.indexOf(NEWLINE); newline >= 0; newline = rest.indexOf(NEWLINE, from)) {
      each(rest.subarray(from, newline), { offset: lineStart, bytes: newline + 1 - from })
      lineStart += newline + 1 - from
      from = newline + 1
    }
    rest = rest.subarray(from)
  }
  return lineStart
}
