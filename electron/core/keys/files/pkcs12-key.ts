import { createHash } from 'node:crypto'
import type { Work } from './passphrase.ts'
import { rejectKeyFile } from './refuse.ts'

const PURPOSES = { key: 1, iv: 2, mac: 3 } as const
/** Bytes of a salt. Files have 8 to 64. A long salt costs work for each block of the output. */
const MAX_SALT_BYTES = 4096
/** After so many rounds the thread does its other work. */
const ROUNDS_AT_ONCE = 10_000

/**
 * Derives a key by the rules of PKCS#12. `length`: bytes of the key.
 *
 * `passphrase`: text, which is hashed as UTF-16BE with a final zero; null for no passphrase, which
 * differs from ''.
 * Errors  Failure 'key-import' too-large for more rounds than `work` has left, or an absurd salt.
 * Source  RFC 7292 appendix B.2.
 */
export async function pkcs12Key(
  hash: string,
  passphrase: string | null,
  salt: Uint8Array,
  rounds: number,
  purpose: keyof typeof PURPOSES,
  length: number,
  work: Work,
): Promise<Buffer> {
  if (salt.length > MAX_SALT_BYTES) rejectKeyFile('too-large')
  const blockBytes = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  const secret =
    passphrase === null ? Buffer.alloc(0) : Buffer.from(`${passphrase}\0`, 'utf16le').swap16()
  const diversifier = Buffer.alloc(blockBytes, PURPOSES[purpose])
  let input = Buffer.concat([stretched(salt, blockBytes), stretched(secret, blockBytes)])
  let output = Buffer.alloc(0)
  while (output.length < length) {
    // A round in JavaScript costs about as much as four rounds in OpenSSL.
    work.spend(Math.max(1, rounds) * 4)
    let digest = createHash(hash).update(diversifier).update(input).digest()
    for (let round = 1; round < rounds; round++) {
      digest = createHash(hash).update(digest).digest()
      if (round % ROUNDS_AT_ONCE === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    output = Buffer.concat([output, digest])
    input = Buffer.concat(
      blocks(input, blockBytes).map((block) => sumPlusOne(block, stretchedTo(digest, blockBytes))),
    )
  }
  return output.subarray(0, length)
}

/** Repeats bytes to a whole number of blocks. Empty bytes stay empty. */
const stretched = (bytes: Uint8Array, blockBytes: number): Buffer =>
  stretchedTo(bytes, Math.ceil(bytes.length / blockBytes) * blockBytes)

function stretchedTo(bytes: Uint8Array, length: number): Buffer {
  return bytes.length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes)
}

function blocks(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: bytes.length / size }, (_, i) =>
    bytes.subarray(i * size, (i + 1) * size),
  )
}

/** Adds `block`, `other` and 1 as big-endian numbers, and drops the carry. */
function sumPlusOne(block: Buffer, other: Buffer): Buffer {
  const sum = Buffer.alloc(block.length)
  let carry = 1
  for (let i = block.length - 1; i >= 0; i--) {
    carry += (block[i] ?? 0) + (other[i] ?? 0)
    sum[i] = carry & 0xff
    carry >>= 8
  }
  return sum
}
