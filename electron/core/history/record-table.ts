/** The lengths of the records of one file, in bytes. */
export interface RecordLengths {
  readonly record: number
  /** The name is the beginning of a record, and a hash. At least 4 bytes. */
  readonly name: number
}

/** Records in one piece of memory. Growing adds pieces and copies nothing. */
const PIECE = 65_536
/** The largest share of its slots that a table fills. */
const FULL = 0.6

/** The newest record of each name, in the order in which the names first came. */
export interface RecordTable {
  /** Stores a copy of a record. */
  put(record: Buffer): void
  /** Returns a view of the record, or null. The caller does not change it. */
  get(name: Buffer): Buffer | null
  size(): number
  /** Returns all records, piece by piece, as views. */
  pieces(): Generator<Buffer>
}

/**
 * Makes a table with open addressing. A slot of 4 bytes holds the number of the record plus one. A
 * name is a hash, so the name itself says where to look first.
 */
export function recordTable(lengths: RecordLengths): RecordTable {
  const pieces: Buffer[] = []
  let slots = new Uint32Array(1024)
  let size = 0

  const pieceOf = (number: number): Buffer => pieces[Math.floor(number / PIECE)] as Buffer
  const placeIn = (number: number): number => (number % PIECE) * lengths.record
  const hasName = (number: number, name: Buffer): boolean => {
    const at = placeIn(number)
    return pieceOf(number).compare(name, 0, lengths.name, at, at + lengths.name) === 0
  }
  /** Returns the slot of this name, or the free slot where it belongs. */
  const slotOf = (name: Buffer): number => {
    for (let slot = name.readUInt32LE(0) % slots.length; ; slot = (slot + 1) % slots.length) {
      const number = (slots[slot] as number) - 1
      if (number === -1 || hasName(number, name)) return slot
    }
  }
  const grow = (): void => {
    slots = new Uint32Array(slots.length * 2)
    for (let number = 0; number < size; number++) slots[slotOf(recordAt(number))] = number + 1
  }
  const recordAt = (number: number): Buffer =>
    pieceOf(number).subarray(placeIn(number), placeIn(number) + lengths.record)

  return {
    put(record) {
      const slot = slotOf(record)
      const known = (slots[slot] as number) - 1
      if (known !== -1) return void record.copy(pieceOf(known), placeIn(known))
      if (size % PIECE === 0) pieces.push(Buffer.alloc(PIECE * lengths.record))
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
        yield piece.subarray(0, Math.min(PIECE, size - i * PIECE) * lengths.record)
    },
  }
}
