import { foldModule, type FoldExports } from './crc64-wasm.ts'

/**
 * Distances in bytes. A byte, together with the same byte at each of these distances behind it, is
 * a multiple of the polynomial of CRC-64/XZ. A byte can therefore be removed from a text by adding
 * it (XOR) to the seven places behind it; the sum stays the same. The distances come from a
 * birthday search among multiples of eight terms. A test proves that they are a multiple.
 */
export const TAPS = [1618, 1856, 2299, 2846, 2865, 2934, 3512] as const
/** Bytes of one step. Every folded length is a multiple of it. */
export const STEP_BYTES = 64
/** Bytes that remain of a text of any length, in whole steps. No tap reaches further. */
export const WINDOW_BYTES = 56 * STEP_BYTES
/** Bytes that are folded at once, between two moves of the window. */
export const FOLD_BYTES = 64 * 1024
const PAGE_BYTES = 64 * 1024

/**
 * A text that is folded into its last bytes as it comes. At that place of a text, those bytes have
 * the CRC-64 of the whole text.
 */
export interface Fold {
  /**
   * The place for the next bytes of the text, {@link FOLD_BYTES} of them, in the memory of {@link
   * Fold.fold}.
   */
  readonly block: Uint8Array
  /** Folds the first `length` bytes of `block`, in whole steps. Their place is free after that. */
  fold(length: number): void
  /**
   * Returns the {@link WINDOW_BYTES} that all bytes so far were folded into. Valid until the next
   * call. It can be called at any time.
   */
  window(): Uint8Array
  /** Forgets all bytes so far. */
  clear(): void
}

/**
 * The parts of a WebAssembly host that are used here. No library of types that fits describes them.
 */
interface Host {
  readonly validate: (bytes: Uint8Array) => boolean
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: FoldExports }
}
const { WebAssembly: host } = globalThis as unknown as { readonly WebAssembly: Host }

/**
 * The module for all instances of a thread; null where the processor has no vectors of 128 bits.
 */
const compiled = ((): object | null => {
  const bytes = foldModule(
    Math.ceil((3 * WINDOW_BYTES + FOLD_BYTES) / PAGE_BYTES),
    WINDOW_BYTES,
    TAPS,
    STEP_BYTES,
  )
  return host.validate(bytes) ? new host.Module(bytes) : null
})()

/**
 * Makes a fold, and returns null where this computer cannot. The memory holds zeros, then the
 * window as it was left, then the block, then the window of the answer.
 */
export function openFold(): Fold | null {
  if (compiled === null) return null
  const { memory, fold } = new host.Instance(compiled).exports
  const bytes = new Uint8Array(memory.buffer)
  const [left, block, answer] = [WINDOW_BYTES, 2 * WINDOW_BYTES, 2 * WINDOW_BYTES + FOLD_BYTES]
  return {
    block: bytes.subarray(block, answer),
    fold(length) {
      // In place: the bytes before a byte are already removed when its turn comes. The first tap is
      // longer than a step.
      fold(left, left + length, block)
      bytes.copyWithin(left, left + length, block + length)
    },
    window() {
      // The bytes of the window were removed too. The same fold behind zeros restores them.
      fold(0, WINDOW_BYTES, answer)
      return bytes.subarray(answer, answer + WINDOW_BYTES)
    },
    clear: () => void bytes.fill(0, left, block),
  }
}
