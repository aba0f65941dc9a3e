import { foldModule, type FoldExports } from './crc64-wasm.ts'

/**
 * Distances in bytes. A byte, and the same byte at each of these distances behind it, together are
 * a multiple of the polynomial of CRC-64/XZ: so a byte may be taken out of a text where it is added
 * (XOR) to the seven places behind it, and the sum stays what it was. Found by a birthday search
 * among multiples of eight terms; the test proves that this is one.
 */
export const TAPS = [1618, 1856, 2299, 2846, 2865, 2934, 3512] as const
/** Folded at once; whatever is folded is a multiple of it long. */
export const STEP_BYTES = 64
/** What stays of a text, however long it is: no tap reaches further. Whole steps. */
export const WINDOW_BYTES = 56 * STEP_BYTES
/** Folded in one go, between two moves of the window. */
export const BLOCK_BYTES = 64 * 1024
const PAGE_BYTES = 64 * 1024

/**
 * A text that is folded into its last bytes as it comes: those have, at that place of a text, the
 * same CRC-64.
 */
export interface Fold {
  /**
   * Where the next bytes of the text are put, {@link BLOCK_BYTES} of them; in memory that
   * {@link Fold.fold} works on.
   */
  readonly block: Uint8Array
  /** Takes the first `length` bytes of `block` in; whole steps. Their place is free then. */
  fold(length: number): void
  /**
   * What all that was taken in is folded into: {@link WINDOW_BYTES}, good until the next call. Can
   * be asked at any time.
   */
  window(): Uint8Array
  /** As if nothing had been taken in. */
  clear(): void
}

/** What a host for WebAssembly has, and no library of types that fits here tells of. */
interface Host {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: FoldExports }
}
const { WebAssembly: host } = globalThis as unknown as { readonly WebAssembly: Host }

/** One for all instances of a thread. Null where the processor has no vectors of 128 bits. */
const compiled = ((): object | null => {
  const bytes = foldModule(
    Math.ceil((3 * WINDOW_BYTES + BLOCK_BYTES) / PAGE_BYTES),
    WINDOW_BYTES,
    TAPS,
    STEP_BYTES,
  )
  return host.validate(bytes) ? new host.Module(bytes) : null
})()

/**
 * Null where this computer cannot. Memory: zeros, then the window as it was left, then the block,
 * then the window as it is answered with.
 */
export function openFold(): Fold | null {
  if (compiled === null) return null
  const { memory, fold } = new host.Instance(compiled).exports
  const bytes = new Uint8Array(memory.buffer)
  const [left, block, answer] = [WINDOW_BYTES, 2 * WINDOW_BYTES, 2 * WINDOW_BYTES + BLOCK_BYTES]
  return {
    block: bytes.subarray(block, answer),
    fold(length) {
      // In place: those before a byte are taken out when it is its turn. The first tap is longer
      // than a step.
      fold(left, left + length, block)
      bytes.copyWithin(left, left + length, block + length)
    },
    window() {
      // Taken out were those of the window too; behind zeros, the same again gives them back.
      fold(0, WINDOW_BYTES, answer)
      return bytes.subarray(answer, answer + WINDOW_BYTES)
    },
    clear: () => void bytes.fill(0, left, block),
  }
}
