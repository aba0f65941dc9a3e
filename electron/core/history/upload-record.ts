import { createHash } from 'node:crypto'
import type { RecordLengths } from './record-table.ts'

/** Bytes of one record, in the file and in memory. */
export const UPLOAD_RECORD_BYTES = 48

/** The facts of one successful upload. */
export interface UploadFacts {
  /** Bytes of the file. */
  readonly size: number
  /** The modification time of the file, in whole milliseconds since 1970. */
  readonly mtimeMs: number
  /** Bytes of the object. */
  readonly storedSize: number
  /** The CRC-64 of the object, decimal. */
  readonly crc64: string
  /** The ETag without quotes. */
  readonly etag: string
}

/** The facts as they are read back. Only a hash of the ETag is stored. */
export interface Uploaded extends Omit<UploadFacts, 'etag'> {
  isEtag(etag: string): boolean
}

const NAME_BYTES = 14
/** The lengths of the records of the history. */
export const UPLOAD_RECORD: RecordLengths = { record: UPLOAD_RECORD_BYTES, name: NAME_BYTES }
const NUMBER_BYTES = 6
const MTIME = NAME_BYTES
const SIZE = MTIME + NUMBER_BYTES
const STORED = SIZE + NUMBER_BYTES
const CRC = STORED + NUMBER_BYTES
const ETAG = CRC + 8
/** The latest time, in the year 6429. Times outside are stored as the nearest and prove nothing. */
const MOST = 2 ** 47 - 1

const hashOf = (text: string, bytes: number): Buffer =>
  createHash('sha256').update(text).digest().subarray(0, bytes)

/**
 * Returns the hash of bucket and key, 14 bytes. A list of names would outlive the objects. No
 * profile is part of it: a bucket has one name for everyone, and the command line often has no
 * profile. With 112 bits, two among a million are the same with a chance of 10⁻²².
 */
export const uploadNameOf = (bucket: string, key: string): Buffer =>
  hashOf(`${bucket}\0${key}`, NAME_BYTES)

/**
 * Writes one upload as 48 bytes: name 14, time 6, size 6, stored size 6, CRC-64 8, hash of the ETag
 * 8; numbers are little-endian. Half a record of a crash does no harm: it names nothing or proves
 * nothing, and the file is uploaded again.
 */
export function writeUploadRecord(
  name: Buffer,
  { mtimeMs, size, storedSize, crc64, etag }: UploadFacts,
): Buffer {
  const record = Buffer.alloc(UPLOAD_RECORD_BYTES)
  name.copy(record)
  record.writeIntLE(Math.max(0, Math.min(MOST, Math.floor(mtimeMs))), MTIME, NUMBER_BYTES)
  record.writeIntLE(size, SIZE, NUMBER_BYTES)
  record.writeIntLE(storedSize, STORED, NUMBER_BYTES)
  record.writeBigUInt64LE(BigInt(crc64), CRC)
  hashOf(etag, 8).copy(record, ETAG)
  return record
}

export function readUploadRecord(record: Buffer): Uploaded {
  const etag = Buffer.from(record.subarray(ETAG, UPLOAD_RECORD_BYTES))
  return {
    mtimeMs: record.readIntLE(MTIME, NUMBER_BYTES),
    size: record.readIntLE(SIZE, NUMBER_BYTES),
    storedSize: record.readIntLE(STORED, NUMBER_BYTES),
    crc64: record.readBigUInt64LE(CRC).toString(),
    isEtag: (other) => hashOf(other, 8).equals(etag),
  }
}
