import { createCipheriv, type CipherGCM } from 'node:crypto'
import { u32 } from '../../../shared/format/bytes.ts'
import { chunkCount } from './chunks.ts'
import { macOf, u64 } from './mac.ts'
import type { SealKeys } from './seal-keys.ts'

/** Bytes of one leaf. */
export const LEAF_BYTES = 16
const LEAF = Buffer.of(1)
const ROOT = Buffer.of(2)
/** Every chunk has the same one. The sum of a chunk stays in this file for that reason. */
const NONCE = Buffer.alloc(12)

/** The chunks that one {@link LeafSum} covers. */
export interface LeafStart {
  readonly sealId: Uint8Array
  /** A chunk has `2 ** exponent` bytes. */
  readonly exponent: number
  /** The index of the first chunk in the object, from 0. */
  readonly firstIndex: number
}

/**
 * Sums stored bytes into one leaf a chunk. The bytes begin where a chunk begins, and come in any
 * splits. Only the last chunk of an object may be short.
 */
export class LeafSum {
  readonly #keys: SealKeys
  readonly #start: LeafStart
  readonly #chunkBytes: number
  #cipher: CipherGCM | null = null
  /** Bytes of the open chunk so far. */
  #filled = 0
  #count = 0
  #leaves: Buffer<ArrayBuffer> = Buffer.alloc(LEAF_BYTES)
  #hasEnded = false

  /** `keys` must stay until {@link leaves}; the caller wipes them. */
  constructor(keys: SealKeys, start: LeafStart) {
    this.#keys = keys
    this.#start = start
    this.#chunkBytes = 2 ** start.exponent
  }

  /** Takes the next stored bytes. They are not kept. */
  update(bytes: Uint8Array): void {
    if (this.#hasEnded) throw new Error('a leaf sum was continued after its end')
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + this.#chunkBytes - this.#filled)
      this.#cipher ??= createCipheriv('aes-256-gcm', this.#keys.chunk, NONCE)
      // Additional data in several calls counts as joined, in OpenSSL and in BoringSSL. So no chunk
      // is held in memory. Pieces of 64 KiB were as quick as whole chunks.
      this.#cipher.setAAD(piece)
      this.#filled += piece.length
      at += piece.length
      if (this.#filled === this.#chunkBytes) this.#endChunk(this.#cipher)
    }
  }

  /** Ends the sum and returns its leaves, joined. A last chunk that is not full counts. */
  leaves(): Uint8Array {
    if (this.#cipher !== null) this.#endChunk(this.#cipher)
    this.#hasEnded = true
    return Uint8Array.from(this.#leaves.subarray(0, this.#count * LEAF_BYTES))
  }

  #endChunk(cipher: CipherGCM): void {
    cipher.final()
    const sum = cipher.getAuthTag()
    const { sealId, firstIndex } = this.#start
    const index = u64(firstIndex + this.#count)
    const leaf = macOf(this.#keys.mac, LEAF, sealId, index, u32(this.#filled), sum)
    // Two sums that anybody sees would give the key of GHASH away.
    sum.fill(0)
    const at = this.#count * LEAF_BYTES
    if (at === this.#leaves.length) this.#leaves = Buffer.concat([this.#leaves], at * 2)
    this.#leaves.set(leaf.subarray(0, LEAF_BYTES), at)
    this.#count++
    this.#filled = 0
    this.#cipher = null
  }
}

/** The facts of a root. `leaves`: 16 bytes a chunk, joined in order. */
export interface RootFacts {
  readonly sealId: Uint8Array
  readonly exponent: number
  /** Stored bytes of the object. */
  readonly length: number
  readonly leaves: Uint8Array
}

/** Returns the root of a seal: 32 bytes. Throws a RangeError for another number of leaves. */
export function rootOf(keys: SealKeys, facts: RootFacts): Uint8Array {
  const { sealId, exponent, length, leaves } = facts
  const count = chunkCount(length, exponent)
  if (leaves.length !== count * LEAF_BYTES)
    throw new RangeError(`${count} leaves have not ${leaves.length} bytes`)
  return macOf(keys.mac, ROOT, sealId, Buffer.of(exponent), u64(length), leaves)
}
