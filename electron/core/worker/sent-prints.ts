import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs'
import { Failure } from '../../../shared/contract/errors.ts'
import { fileFailure } from '../base/system-failure.ts'

/** A record: part number 4 bytes, size of the batch 4, print 8; numbers little-endian. */
export const RECORD_BYTES = 16
const BYTES = 4
const PRINT = 8
/** The file is never made here: a file that is gone says that records are missing. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND

/**
 * The prints of a part for its next attempt: earlier attempts read these bytes and may have sent
 * them. `records`: of this part, in their order.
 */
export interface JobPrints {
  readonly part: number
  readonly records: Uint8Array
  /**
   * New records are appended to this file before their bytes leave. A file that cannot be written
   * to is removed: without it, the upload does not continue after a restart. Null: the records end
   * with the app.
   */
  readonly path: string | null
}

/** Compares one attempt at a part with the attempts before it. */
export interface Prints {
  /** Bytes of the batch that an earlier attempt read here. Null: none did, any size is right. */
  next(): number | null
  /**
   * Compares or records a batch; to be called before any of it leaves. `bytes`: of the batch.
   * `sum`: CRC-64 of the part's ciphertext up to the end of the batch. Throws Failure
   * 'source-changed' where an earlier attempt sent other bytes.
   */
  pass(bytes: number, sum: bigint): void
  /** All records, including those of earlier attempts. */
  records(): Uint8Array
  close(): void
}

/**
 * Opens the prints of one attempt. A print is the running CRC-64 of the ciphertext at the end of a
 * batch. `path`: of the file that is read, for the error. Throws Failure 'disk-full' and
 * 'target-unwritable' for a file of prints that can be neither written nor removed.
 *
 * The size and the times of a file do not tell of every write. They miss a write through memory
 * (mmap), and a second write within one tick of a coarse clock. Two texts under one key stream give
 * each other away, so bytes that differ from those of an earlier attempt must never leave. Under
 * one key stream the same ciphertext is the same plaintext. A change by accident is missed with a
 * chance of 2^-64. Only somebody who chooses the difference of two texts can choose one that is
 * missed, and two ciphertexts tell no more than that difference. A sum of ciphertext tells nothing
 * of the file.
 */
export function openPrints({ part, records, path: into }: JobPrints, path: string): Prints {
  const all: Uint8Array[] = [records]
  const earlier = viewOf(records)
  let file: number | null = null
  let lost = false
  let at = 0
  const write = (where: string, record: Uint8Array): void => {
    if (lost) return
    try {
      file ??= openSync(where, APPENDING)
      if (writeSync(file, record) === record.length) return
    } catch {
      // The file is gone, or the disk is full.
    }
    lost = true
    try {
      rmSync(where, { force: true })
    } catch (cause) {
      throw fileFailure(cause, where, RECORD_BYTES)
    }
  }
  return {
    next: () => (at < records.length ? earlier.getUint32(at + BYTES, true) : null),
    pass(bytes, sum) {
      if (at < records.length) {
        const isSame =
          earlier.getUint32(at + BYTES, true) === bytes &&
          earlier.getBigUint64(at + PRINT, true) === sum
        if (!isSame) throw new Failure({ code: 'source-changed', path })
        at += RECORD_BYTES
        return
      }
      const record = recordOf(part, bytes, sum)
      if (into !== null) write(into, record)
      all.push(record)
    },
    records: () => Buffer.concat(all),
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}

/**
 * Sorts the records of a file by their parts. A torn record at the end is left out: its bytes did
 * not leave.
 */
export function recordsByPart(bytes: Uint8Array): Map<number, Uint8Array> {
  const lists = new Map<number, Uint8Array[]>()
  for (let at = 0; at + RECORD_BYTES <= bytes.length; at += RECORD_BYTES) {
    const part = viewOf(bytes).getUint32(at, true)
    const list = lists.get(part) ?? []
    lists.set(part, list)
    list.push(bytes.subarray(at, at + RECORD_BYTES))
  }
  return new Map([...lists].map(([part, list]) => [part, Buffer.concat(list)]))
}

function recordOf(part: number, bytes: number, sum: bigint): Uint8Array {
  const record = new Uint8Array(RECORD_BYTES)
  const view = viewOf(record)
  view.setUint32(0, part, true)
  view.setUint32(BYTES, bytes, true)
  view.setBigUint64(PRINT, sum, true)
  return record
}

const viewOf = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
