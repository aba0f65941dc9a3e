import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { replaceFile } from '../base/replace-file.ts'
import { oneAtATime } from '../base/turns.ts'
import {
  nameOf,
  readRecord,
  RECORD_BYTES,
  writeRecord,
  type Uploaded,
  type UploadFacts,
} from './upload-record.ts'
import { uploadTable, type UploadTable } from './upload-table.ts'

/** The most records that are remembered, the newest first. */
const MOST_RECORDS = 4_000_000
/** A file is rewritten when it has more than twice the needed records and this many more. */
const SPARE_RECORDS = 65_536
const READ_BYTES = 65_536 * RECORD_BYTES
const WRITE_AFTER_MS = 1000
const WRITE_AT_RECORDS = 1024
/** Longer than a write of {@link WRITE_AT_RECORDS} takes on a busy computer. */
const SETTLE_MS = 100

/**
 * The uploads of this computer, so that a file need not be sent again: see `existing-rule.ts`. The
 * index is only an aid. A missing, damaged or unreadable record costs one unnecessary upload, so no
 * call here fails.
 */
export interface UploadIndex {
  /** Adds a successful upload. It is on the disk a second later, or after `close`. */
  record(bucket: string, key: string, facts: UploadFacts): void
  /**
   * Returns the last upload to this key. The first call reads the file; the others take
   * microseconds.
   */
  find(bucket: string, key: string): Promise<Uploaded | null>
  close(): Promise<void>
}

/**
 * Opens the index at `path`. Records of 48 bytes are appended, and the newest record of a name
 * counts. App and command line can append at the same time, because each append is one write. A
 * torn record at the end is filled with zeros before the next one.
 */
export function openUploadIndex(path: string): UploadIndex {
  const inTurn = oneAtATime()
  let pending: Buffer[] = []
  let timer: NodeJS.Timeout | null = null
  let table: Promise<UploadTable> | null = null

  const write = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer)
    timer = null
    const records = pending
    pending = []
    return inTurn(() =>
      records.length === 0 ? Promise.resolve() : append(path, Buffer.concat(records)),
    ).catch(() => undefined)
  }
  const load = async (): Promise<UploadTable> => {
    await write()
    return inTurn(async () => {
      const read = uploadTable()
      const records = await readAll(path, read).catch(() => 0)
      if (records > 2 * read.size() + SPARE_RECORDS)
        await rewrite(path, read).catch(() => undefined)
      return read
    })
  }
  return {
    record(bucket, key, facts) {
      const record = writeRecord(nameOf(bucket, key), facts)
      pending.push(record)
      void table?.then((known) => known.put(record))
      if (pending.length >= WRITE_AT_RECORDS) void write()
      else timer ??= setTimeout(() => void write(), WRITE_AFTER_MS).unref()
    },
    async find(bucket, key) {
      table ??= load()
      const record = (await table).get(nameOf(bucket, key))
      return record === null ? null : readRecord(record)
    },
    close: write,
  }
}

async function append(path: string, records: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await using(path, 'a', async (file) => {
    const torn = await tornBytes(file)
    await file.writeFile(
      torn === 0 ? records : Buffer.concat([Buffer.alloc(RECORD_BYTES - torn), records]),
    )
  })
}

/**
 * Returns the bytes of a torn record at the end. A size that still changes belongs to the write of
 * another process, because the system shows a growing file page by page.
 */
async function tornBytes(file: FileHandle): Promise<number> {
  let { size } = await file.stat()
  for (let before = -1; size % RECORD_BYTES !== 0 && size !== before;) {
    before = size
    await sleep(SETTLE_MS)
    ;({ size } = await file.stat())
  }
  return size % RECORD_BYTES
}

/** Reads all records and returns their number. */
async function readAll(path: string, into: UploadTable): Promise<number> {
  let records = 0
  await using(path, 'r', async (file) => {
    const whole = Math.floor((await file.stat()).size / RECORD_BYTES)
    const end = whole * RECORD_BYTES
    const buffer = Buffer.allocUnsafe(READ_BYTES)
    for (let at = Math.max(0, whole - MOST_RECORDS) * RECORD_BYTES; at < end;) {
      const { bytesRead } = await file.read(buffer, 0, Math.min(READ_BYTES, end - at), at)
      const usable = bytesRead - (bytesRead % RECORD_BYTES)
      // The file was cut off in the meantime.
      if (usable === 0) return
      for (let i = 0; i < usable; i += RECORD_BYTES) into.put(buffer.subarray(i, i + RECORD_BYTES))
      records += usable / RECORD_BYTES
      at += usable
    }
  })
  return records
}

/**
 * Rewrites the file with the newest record of each name. A record that another process appends at
 * this moment is lost.
 */
async function rewrite(path: string, table: UploadTable): Promise<void> {
  await replaceFile(path, `${path}.new`, async (file) => {
    for (const piece of table.pieces()) await file.writeFile(piece)
  })
}

async function using(
  path: string,
  flags: 'a' | 'r',
  work: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600)
  await work(file).finally(() => file.close())
}
