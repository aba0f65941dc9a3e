import { createHash } from 'node:crypto'
import { oneAtATime } from '../base/turns.ts'
import { openHashedRecords } from './hashed-records.ts'
import type { RecordLengths } from './record-table.ts'

const NAME_BYTES = 9
/** A name, and one byte: {@link ENCRYPTED} or {@link DELETED}. */
const RECORD: RecordLengths = { record: NAME_BYTES + 1, name: NAME_BYTES }
/** Zeros fill the place of a torn record, so no state is 0. */
const ENCRYPTED = 1
const DELETED = 2

/**
 * Returns the hash of bucket and key, 9 bytes. A list of names would outlive the objects. With 72
 * bits, two among a million are the same with a chance of 10⁻¹⁰, which costs one warning too many.
 */
export const encryptedNameOf = (bucket: string, key: string): Buffer =>
  createHash('sha256').update(`${bucket}/${key}`).digest().subarray(0, NAME_BYTES)

/**
 * The names under which this computer saw an encrypted object. A plain object of such a name may
 * stand in the place of the encrypted one, and is refused or warned of.
 */
export interface EncryptedNames {
  /** Adds a name; see {@link encryptedNameOf}. */
  add(name: Buffer): Promise<void>
  /** Removes the name of a deleted object. */
  remove(name: Buffer): Promise<void>
  has(name: Buffer): Promise<boolean>
  close(): Promise<void>
}

/** Opens the names at `path`. See `hashed-records.ts` for what a damaged file costs. */
export function openEncryptedNames(path: string): EncryptedNames {
  const records = openHashedRecords(path, RECORD)
  // A name that is added and removed at once ends as removed.
  const inTurn = oneAtATime()
  const stateOf = async (name: Buffer): Promise<number | null> =>
    (await records.find(name))?.at(NAME_BYTES) ?? null
  const put = (name: Buffer, state: number): void =>
    records.put(Buffer.concat([name, Buffer.of(state)]))
  return {
    add: (name) =>
      inTurn(async () => {
        if ((await stateOf(name)) !== ENCRYPTED) put(name, ENCRYPTED)
      }),
    remove: (name) =>
      inTurn(async () => {
        if ((await stateOf(name)) === ENCRYPTED) put(name, DELETED)
      }),
    has: (name) => inTurn(async () => (await stateOf(name)) === ENCRYPTED),
    close: () => inTurn(() => records.close()),
  }
}
