import { oneAtATime } from '../base/turns.ts'
import {
  appendRecords,
  MOST_RECORDS,
  readRecords,
  rewriteRecords,
  type ReadEnd,
} from './record-file.ts'
import { recordTable, type RecordLengths, type RecordTable } from './record-table.ts'

/** A file is rewritten when it has more than twice the needed records and this many more. */
const SPARE_RECORDS = 65_536
const WRITE_AFTER_MS = 1000
const WRITE_AT_RECORDS = 1024
/** The most records that wait for a disk that takes none. The oldest are dropped first. */
const MOST_WAITING = 65_536
/** Milliseconds between two looks for the records of other processes. */
const LOOK_EVERY_MS = 1000

/**
 * Records of one length in a file. The newest record of a name counts. No call fails: a file that
 * cannot be read has no records, and a record that cannot be written is tried again later.
 */
export interface HashedRecords {
  /** Adds a record. It is on the disk a second later, or after `close`. */
  put(record: Buffer): void
  /**
   * Returns a copy of the newest record of a name, or null. The first call reads the file; the
   * others take microseconds, and once a second read what other processes appended.
   */
  find(name: Buffer): Promise<Buffer | null>
  close(): Promise<void>
}

/**
 * Opens the records at `path`. App and command line can use one file at the same time. `most`: the
 * most names. Memory and file hold up to twice as many, and then the newest records stay.
 */
export function openHashedRecords(
  path: string,
  lengths: RecordLengths,
  most = MOST_RECORDS,
): HashedRecords {
  const inTurn = oneAtATime()
  /** The records that are not on the disk yet, in order. */
  const waiting: Buffer[] = []
  let timer: NodeJS.Timeout | null = null
  let isWriting = false
  let table: RecordTable | null = null
  let end: ReadEnd | null = null
  let looked = Number.NEGATIVE_INFINITY
  let loading: Promise<RecordTable> | null = null

  const writeNow = async (): Promise<void> => {
    const some = waiting.slice()
    if (some.length === 0) return
    try {
      await appendRecords(path, lengths.record, Buffer.concat(some))
      waiting.splice(0, some.length)
    } catch {
      waiting.splice(0, Math.max(0, waiting.length - MOST_WAITING))
    }
  }
  const write = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    isWriting = true
    return inTurn(writeNow).finally(() => {
      isWriting = false
    })
  }
  /** Reads what other processes appended. The records that wait are newer. */
  const look = (): Promise<RecordTable> =>
    inTurn(async () => {
      if (table !== null && table.size() > 2 * most) [table, end] = [null, null]
      const known = table ?? recordTable(lengths)
      const isFirst = table === null
      looked = performance.now()
      if (isFirst) await writeNow()
      try {
        const read = await readRecords(path, lengths.record, { from: end, most }, (record) =>
          known.put(record),
        )
        end = read.end
        if (isFirst && read.whole > 2 * known.size() + SPARE_RECORDS) {
          await rewriteRecords(path, known.pieces())
          end = null
        }
      } catch {
        // A file that is missing or cannot be read has no records.
      }
      for (const record of waiting) known.put(record)
      table = known
      return known
    })
  const load = (): Promise<RecordTable> => {
    const isOld = performance.now() - looked > LOOK_EVERY_MS
    if (table !== null && !isOld) return Promise.resolve(table)
    loading ??= look().finally(() => {
      loading = null
    })
    return loading
  }
  return {
    put(record) {
      waiting.push(record)
      table?.put(record)
      if (waiting.length >= WRITE_AT_RECORDS && !isWriting) void write()
      else timer ??= setTimeout(() => void write(), WRITE_AFTER_MS).unref()
    },
    async find(name) {
      const found = (await load()).get(name)
      return found === null ? null : Buffer.from(found)
    },
    close: write,
  }
}
