import { createCipheriv } from 'node:crypto'
import { BLOCK_BYTES, counterAt } from '../../../shared/format/counter.ts'
import { keystreamPieces, type Resplit } from '../../../shared/format/message/resplit.ts'

/**
 * The most bytes that the cipher gets at once. Node makes output memory for one byte more and
 * copies it into memory of the right size, usually the next in line. With a multiple of 4 KiB, some
 * processors copy between the two ten times as slowly (Zen 3 and 4, `rep movsb`). At 64 KiB the
 * copy took twice as long as AES. Much larger outputs are new memory maps and cost three times as
 * much (feasibility 9).
 */
export const SLICE_BYTES = 62 * 1024

/** A cipher whose output is as long as its input. It encrypts and decrypts in the same way. */
export interface CtrCipher {
  update(bytes: Uint8Array): Uint8Array
}

/**
 * Makes an AES-CTR cipher over the content of an object from `offset` on: AES-128 or AES-256, by
 * the length of the key. `dataKey`: 16 or 32 bytes. `initialCounter`: 16 bytes. Both are copied
 * into the cipher.
 * Units  `offset`: bytes from the start of the content, anywhere in a block.
 * Source  NIST SP 800-38A 6.5.
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

/**
 * Does the same for an object that a Java SDK split again. The keystream jumps where its parts
 * meet.
 */
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
        // A piece that begins inside a part continues the keystream of the call before.
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

/** Cuts `bytes` into views of at most {@link SLICE_BYTES}. */
export function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) yield bytes.subarray(at, at + SLICE_BYTES)
}
