import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs'
import { Failure } from '../../../shared/contract/errors.ts'
import { fileFailure } from '../base/system-failure.ts'

/** One record: part number 4, bytes 4, print 8; numbers little-endian. */
export const RECORD_BYTES = 16
const BYTES = 4
const PRINT = 8
/** It is never made here: one that was removed says that something is missing. */
const ADDING = constants.O_WRONLY | constants.O_APPEND

/**
 * What earlier attempts at a part read and may have sent, for the next one. Records are those of
 * this part, in their order.
 */
export interface JobPrints {
  readonly part: number
  readonly records: Uint8Array
  /**
   * New records are added to this file before their bytes leave. One that cannot be written to is
   * removed: without it, what was sent never goes on after a restart. Null: nothing of them
   * outlives the app.
   */
  readonly path: string | null
}

/** Holds one attempt to what attempts before it sent of the same part. */
export interface Prints {
  /** Bytes of the next batch, where an earlier attempt read one here. Null: as many as is right. */
  next(): number | null
  /**
   * To be called before anything of a batch leaves. `bytes`: of the batch; `sum`: CRC-64 of the
   * part's ciphertext up to its end. Throws Failure 'source-changed' where an earlier attempt sent
   * other bytes.
   */
  pass(bytes: number, sum: bigint): void
  /** All records, those of earlier attempts among them. */
  records(): Uint8Array
  close(): void
}

/**
 * A print is the running CRC-64 of the ciphertext at the end of a batch. Size and times of a file
 * do not tell of every write: not of those through memory (mmap), nor of a second one within a tick
 * of a coarse clock. Two texts under one key stream give each other away, so bytes that differ from
 * those of an earlier attempt must not leave, not even once. Under one key stream the same
 * ciphertext is the same plaintext. A change by accident goes unseen with a chance of 2^-64. Only
 * those who choose the difference of two texts can choose one that goes unseen, and two ciphertexts
 * tell no more than that difference. A sum of ciphertext tells nothing of the file.
 *
 * `path`: of the file that is read, for the error. Throws Failure 'disk-full', 'target-unwritable'
 * for a file of prints that can be neither written nor removed.
 */
export function openPrints({ part, records, path: into }: JobPrints, path: string): Prints {
  const kept: Uint8Array[] = [records]
  const earlier = viewOf(records)
  let file: number | null = null
  let lost = false
  let at = 0
  const write = (where: string, record: Uint8Array): void => {
    if (lost) return
    try {
      file ??= openSync(where, ADDING)
      if (writeSync(file, record) === record.length) return
    } catch {
      // Gone, or no room for it.
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
      kept.push(record)
    },
    records: () => Buffer.concat(kept),
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}

/**
 * Records of each part, out of a file of them. A torn one at the end is left out: its bytes did not
 * leave.
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
