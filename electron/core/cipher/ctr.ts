import { createCipheriv } from 'node:crypto'
import { BLOCK_BYTES, counterAt } from '../../../shared/format/counter.ts'
import { keystreamPieces, type Resplit } from '../../../shared/format/message/resplit.ts'

/**
 * Given to the cipher at once. Node lets it write into memory for one byte more, and copies that
 * into other memory of the right size, mostly the next in line. Were this a multiple of 4 KiB, the
 * two would lie so that some processors copy ten times as slowly (Zen 3 and 4, `rep movsb`): at 64
 * KiB the copy took twice as long as AES. Much larger outputs are fresh memory maps and cost three
 * times as much (feasibility 9).
 */
export const SLICE_BYTES = 62 * 1024

/** Bytes in, as many bytes out; encrypts and decrypts alike. */
export interface CtrCipher {
  update(bytes: Uint8Array): Uint8Array
}

/**
 * AES-CTR over the content of an object from `offset` on: AES-128 or AES-256, by the key.
 *
 * Shape  `dataKey` 16 or 32 bytes, `initialCounter` 16 bytes; both are copied into the cipher.
 * Units  `offset`: bytes from the start of the content, anywhere in a block.
 * Source NIST SP 800-38A 6.5.
 */
export function ctrCipher(
  dataKey: Uint8Array,
  initialCounter: Uint8Array,
  offset: number,
): CtrCipher {
  const discard = offset % BLOCK_BYTES
  const cipher = createCipheriv(
    `aes-${dataKey.length * 8}-ctr`,
    dataKey,
    counterAt(initialCounter, offset - discard),
  )
  cipher.update(new Uint8Array(discard)) // step into the middle of the first block
  return cipher
}

/** The same for an object that a Java SDK split anew: the keystream jumps where its parts meet. */
export function resplitCipher(
  dataKey: Uint8Array,
  initialCounter: Uint8Array,
  offset: number,
  resplit: Resplit,
): CtrCipher {
  let at = offset
  let cipher: CtrCipher | null = null
  return {
    update(bytes) {
      const done: Uint8Array[] = []
      for (const piece of keystreamPieces(at, bytes.length, resplit)) {
        // A piece that begins inside a part goes on with what the call before it began.
        if (cipher === null || piece.offset % resplit.actual === 0)
          cipher = ctrCipher(dataKey, initialCounter, piece.keystream)
        done.push(
          cipher.update(bytes.subarray(piece.offset - at, piece.offset - at + piece.length)),
        )
      }
      at += bytes.length
      return Buffer.concat(done)
    },
  }
}

/** `bytes` in views of at most {@link SLICE_BYTES}. */
export function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES)
}
