import { createCipheriv } from 'node:crypto'
import type { Random } from '../fuzz/random.ts'

/** Bytes that are the same again for the same seed, made faster than one by one. */
export function seededBytes(random: Random, length: number): Buffer {
  return createCipheriv('aes-128-ctr', random.bytes(16), new Uint8Array(16)).update(
    Buffer.alloc(length),
  )
}
