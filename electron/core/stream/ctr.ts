import { createCipheriv } from 'node:crypto'
import { BLOCK_BYTES, counterAt } from '../../../shared/format/counter.ts'

/** Larger outputs are fresh memory maps and cost three times as much (feasibility 9). */
export const SLICE_BYTES = 256 * 1024

/** Bytes in, as many bytes out; encrypts and decrypts alike. */
export interface CtrCipher {
  update(bytes: Uint8Array): Uint8Array
}

/**
 * AES-256-CTR over object bytes from `offset` on.
 *
 * Shape  `dataKey` 32 bytes, `initialCounter` 16 bytes; both are copied into the cipher.
 * Units  `offset`: bytes from the start of the object, anywhere in a block.
 * Source NIST SP 800-38A 6.5.
 */
export function ctrCipher(dataKey: Uint8Array, initialCounter: Uint8Array, offset: number): CtrCipher {
  const discard = offset % BLOCK_BYTES
  const cipher = createCipheriv('aes-256-ctr', dataKey, counterAt(initialCounter, offset - discard))
  cipher.update(new Uint8Array(discard)) // step into the middle of the first block
  return cipher
}

/** `bytes` in views of at most {@link SLICE_BYTES}. */
export function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES)
}
