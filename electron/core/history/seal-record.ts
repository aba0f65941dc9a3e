import { createHash } from 'node:crypto'
import type { SealMemory } from '../seals/memory.ts'
import { readSealText, writeSealText } from '../seals/seal-text.ts'
import type { RecordLengths } from './record-table.ts'

const NAME_BYTES = 16
const SEAL_BYTES = 148
const TIME_BYTES = 6
const PLACE_BYTES = 8
const MOST_EARLIER = 16
const CHECK_BYTES = 4

const STATE = NAME_BYTES
const SEAL = STATE + 1
const NEWEST = SEAL + SEAL_BYTES
const COUNT = NEWEST + TIME_BYTES
const EARLIER = COUNT + 1
const CHECK = EARLIER + MOST_EARLIER * PLACE_BYTES
/** Zeros fill the place of a torn record, so no state is 0. */
const KNOWN = 1
const FORGOTTEN = 2

/** The lengths of the records of the memory of seals: 304 bytes, named by the first 16. */
export const SEAL_RECORD: RecordLengths = { record: CHECK + CHECK_BYTES, name: NAME_BYTES }

const hashOf = (data: string | Uint8Array, bytes: number): Buffer =>
  createHash('sha256').update(data).digest().subarray(0, bytes)

/** Returns the hash of server, bucket and key. A list of names would outlive the objects. */
export const sealNameOf = (server: string, bucket: string, key: string): Buffer =>
  hashOf(`${server}\0${bucket}\0${key}`, NAME_BYTES)

/**
 * Writes the memory of one name: name 16, state 1, seal 148, newest time 6 (little-endian), number
 * of earlier places 1, earlier places 8 each, checksum 4. `memory` null: the name is forgotten.
 */
export function writeSealRecord(name: Buffer, memory: SealMemory | null): Buffer {
  const record = Buffer.alloc(SEAL_RECORD.record)
  name.copy(record)
  record[STATE] = memory === null ? FORGOTTEN : KNOWN
  if (memory !== null) {
    record.write(writeSealText(memory.last), SEAL, SEAL_BYTES, 'base64url')
    record.writeUIntLE(memory.newest, NEWEST, TIME_BYTES)
    record[COUNT] = memory.earlier.length
    for (const [i, place] of memory.earlier.entries()) record.set(place, EARLIER + i * PLACE_BYTES)
  }
  hashOf(record.subarray(0, CHECK), CHECK_BYTES).copy(record, CHECK)
  return record
}

/**
 * Reads the memory of one name. Null for a forgotten name, and for a record that a crash tore: a
 * damaged memory must call no object changed.
 */
export function readSealRecord(record: Buffer): SealMemory | null {
  const isWhole = hashOf(record.subarray(0, CHECK), CHECK_BYTES).equals(record.subarray(CHECK))
  if (!isWhole || record[STATE] !== KNOWN) return null
  const reading = readSealText(record.toString('base64url', SEAL, NEWEST))
  if (reading.kind !== 'seal') return null
  const place = (i: number): Uint8Array =>
    Uint8Array.from(record.subarray(EARLIER + i * PLACE_BYTES, EARLIER + (i + 1) * PLACE_BYTES))
  return {
    last: reading.seal,
    earlier: Array.from({ length: record[COUNT] ?? 0 }, (_, i) => place(i)),
    newest: record.readUIntLE(NEWEST, TIME_BYTES),
  }
}
