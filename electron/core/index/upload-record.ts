import { createHash } from 'node:crypto'

/** Bytes of one record, in the file and in memory. */
export const RECORD_BYTES = 48

/** What is remembered of one upload that ended well. */
export interface UploadFacts {
  /** Bytes of the file. */
  readonly size: number
  /** Of the file, whole milliseconds since 1970. */
  readonly mtimeMs: number
  /** Bytes of the object. */
  readonly storedSize: number
  /** CRC-64 of the object, decimal. */
  readonly crc64: string
  /** Without quotes. */
  readonly etag: string
}

/** The same as it is read back: of the ETag only a hash was kept. */
export interface Uploaded extends Omit<UploadFacts, 'etag'> {
  isEtag(etag: string): boolean
}

const NAME_BYTES = 14
const NUMBER_BYTES = 6
const MTIME = NAME_BYTES
const SIZE = MTIME + NUMBER_BYTES
const STORED = SIZE + NUMBER_BYTES
const CRC = STORED + NUMBER_BYTES
const ETAG = CRC + 8
/** Times before 1970 and after the year 6429 are kept as the nearest, and then prove nothing. */
const MOST = 2 ** 47 - 1

const hashOf = (text: string, bytes: number): Buffer =>
  createHash('sha256').update(text).digest().subarray(0, bytes)

/**
 * Hash of bucket and key: a list of names would outlive the objects. No profile: a bucket has one
 * name for all who may write to it, and the command line often has no profile at all.
 *
 * Shape  the first 14 bytes of a record. 112 bits: among a million, two are the same with a chance
 * of 10⁻²².
 */
export const nameOf = (bucket: string, key: string): Buffer =>
  hashOf(`${bucket}\0${key}`, NAME_BYTES)

/**
 * One upload as 48 bytes: name 14, time 6, size 6, stored size 6, CRC-64 8, hash of the ETag 8;
 * numbers little-endian. Half a record of a crash does no harm: it names nothing, or proves
 * nothing, and the file is uploaded once more.
 */
export function writeRecord(
  name: Buffer,
  { mtimeMs, size, storedSize, crc64, etag }: UploadFacts,
): Buffer {
  const record = Buffer.alloc(RECORD_BYTES)
  name.copy(record)
  record.writeIntLE(Math.max(0, Math.min(MOST, Math.floor(mtimeMs))), MTIME, NUMBER_BYTES)
  record.writeIntLE(size, SIZE, NUMBER_BYTES)
  record.writeIntLE(storedSize, STORED, NUMBER_BYTES)
  record.writeBigUInt64LE(BigInt(crc64), CRC)
  hashOf(etag, 8).copy(record, ETAG)
  return record
}

export function readRecord(record: Buffer): Uploaded {
  const etag = Buffer.from(record.subarray(ETAG, RECORD_BYTES))
  return {
    mtimeMs: record.readIntLE(MTIME, NUMBER_BYTES),
    size: record.readIntLE(SIZE, NUMBER_BYTES),
    storedSize: record.readIntLE(STORED, NUMBER_BYTES),
    crc64: record.readBigUInt64LE(CRC).toString(),
    isEtag: (other) => hashOf(other, 8).equals(etag),
  }
}

/** Does a record in `records` at `at` have this name? */
export const hasName = (records: Buffer, at: number, name: Buffer): boolean =>
  records.compare(name, 0, NAME_BYTES, at, at + NAME_BYTES) === 0
