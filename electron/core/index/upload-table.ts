import { hasName, RECORD_BYTES } from './upload-record.ts'

/** Records are kept in pieces of so many, so that growing copies nothing. */
const PIECE = 65_536
/** Of its slots a table fills at most this share. */
const FULL = 0.6

/** Records by their names, newest of each, in the order in which the names first came. */
export interface UploadTable {
  /** The first bytes of `record` are its name. */
  put(record: Buffer): void
  /** A view, or null. Do not change it. */
  get(name: Buffer): Buffer | null
  size(): number
  /** All records, piece by piece, as views. */
  pieces(): Generator<Buffer>
}

/**
 * Open addressing: slots of 4 bytes hold the record's number and one, and a name, being a hash,
 * says where to look first.
 */
export function uploadTable(): UploadTable {
  const pieces: Buffer[] = []
  let slots = new Uint32Array(1024)
  let size = 0

  const pieceOf = (number: number): Buffer => pieces[Math.floor(number / PIECE)] as Buffer
  const placeIn = (number: number): number => (number % PIECE) * RECORD_BYTES
  /** The slot of this name, or the free one where it belongs. */
  const slotOf = (name: Buffer): number => {
    for (let slot = name.readUInt32LE(0) % slots.length; ; slot = (slot + 1) % slots.length) {
      const number = (slots[slot] as number) - 1
      if (number === -1 || hasName(pieceOf(number), placeIn(number), name)) return slot
    }
  }
  const grow = (): void => {
    slots = new Uint32Array(slots.length * 2)
    for (let number = 0; number < size; number++) slots[slotOf(recordAt(number))] = number + 1
  }
  const recordAt = (number: number): Buffer =>
    pieceOf(number).subarray(placeIn(number), placeIn(number) + RECORD_BYTES)

  return {
    put(record) {
      const slot = slotOf(record)
      const known = (slots[slot] as number) - 1
      if (known !== -1) return void record.copy(pieceOf(known), placeIn(known))
      if (size % PIECE === 0) pieces.push(Buffer.alloc(PIECE * RECORD_BYTES))
      record.copy(pieceOf(size), placeIn(size))
      size += 1
      slots[slot] = size
      if (size > slots.length * FULL) grow()
    },
    get(name) {
      const number = (slots[slotOf(name)] as number) - 1
      return number === -1 ? null : recordAt(number)
    },
    size: () => size,
    *pieces() {
      for (const [i, piece] of pieces.entries())
        yield piece.subarray(0, Math.min(PIECE, size - i * PIECE) * RECORD_BYTES)
    },
  }
}
