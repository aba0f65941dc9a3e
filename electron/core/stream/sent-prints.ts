import { createCipheriv, randomBytes, timingSafeEqual } from 'node:crypto'
import { closeSync, constants, openSync, rmSync, writeSync } from 'node:fs'
import { Failure } from '../../../shared/contract/errors.ts'
import { fileFailure } from './file-failure.ts'

/** Bytes of a key for prints. */
export const PRINT_KEY_BYTES = 32
/** One record: part number 4, bytes 4, print 16; numbers little-endian. */
export const RECORD_BYTES = 24
const PRINT = 8
const NONCE = new Uint8Array(12)
/** It is never made here: one that was removed says that something is missing. */
const ADDING = constants.O_WRONLY | constants.O_APPEND

/** A new key. It never leaves this computer, and no print does: so one nonce serves for all of them. */
export const freshPrintKey = (): Uint8Array => randomBytes(PRINT_KEY_BYTES)

/** What earlier attempts at a part read and may have sent, for the next one. Records are those of this part, in their order. */
export interface JobPrints {
  readonly key: Uint8Array
  readonly part: number
  readonly records: Uint8Array
  /**
   * New records are added to this file before their bytes leave. One that cannot be written to is removed: without it, what was sent never goes
   * on after a restart. Null: nothing of them outlives the app.
   */
  readonly path: string | null
}

/** Holds one attempt to what attempts before it sent of the same part. */
export interface Prints {
  /** Bytes of the next batch, where an earlier attempt read one here. Null: as many as is right. */
  next(): number | null
  /** To be called before anything of a batch leaves. Throws Failure 'source-changed' where an earlier attempt sent other bytes. */
  pass(batch: Uint8Array): void
  /** All records, those of earlier attempts among them. */
  records(): Uint8Array
  close(): void
}

/**
 * GMAC of the plaintext of each batch, under a key that nobody knows. Size and times of a file do not tell of every write: not of those
 * through memory (mmap), nor of a second one within a tick of a coarse clock. Two texts under one key stream give each other away, so
 * bytes that differ from those of an earlier attempt must not leave, not even once.
 *
 * `path`: of the file that is read, for the error. Throws Failure 'disk-full', 'target-unwritable' for a file of prints that can be neither written nor removed.
 * Source NIST SP 800-38D section 6.4: two texts of a batch have one print with a chance below 2^-104. Poly1305 would do, but Electron's
 * BoringSSL has no cipher of that name for Node.
 */
export function openPrints(job: JobPrints, path: string): Prints {
  const { key, part } = job
  const kept: Uint8Array[] = [job.records]
  let file: number | null = null
  let lost = false
  let at = 0
  const write = (into: string, record: Uint8Array): void => {
    if (lost) return
    try {
      file ??= openSync(into, ADDING)
      if (writeSync(file, record) === record.length) return
    } catch {
      // Gone, or no room for it.
    }
    lost = true
    try {
      rmSync(into, { force: true })
    } catch (cause) {
      throw fileFailure(cause, into, RECORD_BYTES)
    }
  }
  return {
    next: () => (at < job.records.length ? viewOf(job.records).getUint32(at + 4, true) : null),
    pass(batch) {
      const print = printOf(key, batch)
      if (at < job.records.length) {
        const same = timingSafeEqual(job.records.subarray(at + PRINT, at + RECORD_BYTES), print) && viewOf(job.records).getUint32(at + 4, true) === batch.length
        if (!same) throw new Failure({ code: 'source-changed', path })
        at += RECORD_BYTES
        return
      }
      const record = recordOf(part, batch.length, print)
      if (job.path !== null) write(job.path, record)
      kept.push(record)
    },
    records: () => Buffer.concat(kept),
    close() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}

/** Records of each part, out of a file of them. A torn one at the end is left out: its bytes did not leave. */
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

function recordOf(part: number, bytes: number, print: Uint8Array): Uint8Array {
  const record = new Uint8Array(RECORD_BYTES)
  viewOf(record).setUint32(0, part, true)
  viewOf(record).setUint32(4, bytes, true)
  record.set(print, PRINT)
  return record
}

function printOf(key: Uint8Array, batch: Uint8Array): Uint8Array {
  const mac = createCipheriv('aes-256-gcm', key, NONCE, { authTagLength: RECORD_BYTES - PRINT })
  mac.setAAD(batch, { plaintextLength: 0 })
  mac.final()
  return mac.getAuthTag()
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
