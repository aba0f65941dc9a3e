import { createCRC64, type IHasher } from 'hash-wasm'
import { combineCrc64, crc64FromHex } from '../../../shared/format/crc64.ts'
import { BLOCK_BYTES, openFold, STEP_BYTES, type Fold } from './crc64-fold.ts'

/**
 * A running CRC-64 as OSS computes it. `value`: of what came so far, at any time; `release` gives
 * its memory to the next user.
 */
export interface Crc64 {
  update(bytes: Uint8Array): void
  value(): bigint
  release(): void
}

/** How a sum is made: folded first, or where that cannot be, by the table alone. */
interface Machine {
  start(): void
  update(bytes: Uint8Array): void
  value(): bigint
}

/**
 * Each machine owns WebAssembly memory, so they are used again rather than made anew for every
 * part.
 */
const idle: Machine[] = []

/** A sum that starts at nothing: CRC-64/XZ, check value 995DC9BBDF1939FA for "123456789". */
export async function takeCrc64(): Promise<Crc64> {
  let machine: Machine | null = idle.pop() ?? (await makeMachine())
  machine.start()
  const held = (): Machine => {
    if (machine === null) throw new Error('checksum used after it was released')
    return machine
  }
  return {
    update: (bytes) => held().update(bytes),
    value: () => held().value(),
    release() {
      if (machine !== null) idle.push(machine)
      machine = null
    },
  }
}

async function makeMachine(): Promise<Machine> {
  const table = await createCRC64()
  const fold = openFold()
  return fold === null ? byTable(table) : folding(fold, table)
}

function byTable(table: IHasher): Machine {
  return {
    start: () => void table.init(),
    update: (bytes) => void table.update(bytes),
    value() {
      // To be asked ends it.
      const kept = table.save()
      const value = crc64FromHex(table.digest('hex'))
      table.load(kept)
      return value
    },
  }
}

/**
 * Only what a text is folded into goes through the table, and what is too short to be folded. Five
 * times as fast as the table alone.
 */
function folding(fold: Fold, table: IHasher): Machine {
  let filled = 0
  let folded = false
  const take = (length: number): void => {
    // The sum begins with 64 ones: in the text these are, and when what it is folded into is summed
    // they come once more.
    if (!folded) flipStart(fold.block)
    folded = true
    fold.fold(length)
    filled = 0
  }
  return {
    start() {
      if (folded) fold.clear()
      filled = 0
      folded = false
    },
    update(bytes) {
      for (let at = 0; at < bytes.length;) {
        const piece = bytes.subarray(at, at + BLOCK_BYTES - filled)
        fold.block.set(piece, filled)
        at += piece.length
        filled += piece.length
        if (filled === BLOCK_BYTES) take(filled)
      }
    },
    value() {
      table.init()
      if (folded) {
        const steps = filled - (filled % STEP_BYTES)
        const rest = Uint8Array.from(fold.block.subarray(steps, filled))
        if (steps > 0) take(steps)
        // They are still to come.
        fold.block.set(rest)
        filled = rest.length
        const window = fold.window()
        flipStart(window)
        table.update(window).update(rest)
      } else table.update(fold.block.subarray(0, filled))
      return crc64FromHex(table.digest('hex'))
    },
  }
}

function flipStart(bytes: Uint8Array): void {
  for (let at = 0; at < 8; at++) bytes[at] = (bytes[at] ?? 0) ^ 0xff
}

/** Bytes of an object that are in no file: those before and after what a job reads from one. */
export interface Frame {
  readonly before: Uint8Array
  readonly after: Uint8Array
}

/** CRC-64 of all stored bytes, from that of the `length` bytes of their content. */
export async function framedSum(
  { before, after }: Frame,
  content: bigint,
  length: number,
): Promise<bigint> {
  return combineCrc64(
    combineCrc64(await sumOf(before), content, length),
    await sumOf(after),
    after.length,
  )
}

async function sumOf(bytes: Uint8Array): Promise<bigint> {
  const crc = await takeCrc64()
  crc.update(bytes)
  const sum = crc.value()
  crc.release()
  return sum
}
