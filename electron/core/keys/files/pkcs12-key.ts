import { createHash } from 'node:crypto'
import { refuse } from './der.ts'

/**
 * What reading one file may cost: a file that asks for more rounds is refused before it can hold up
 * the app.
 */
export interface Work {
  /** Errors Failure 'key-import' too-large. */
  spend(rounds: number): void
}

/** Some seconds of hashing; common files ask for a thousandth of it. */
const MAX_ROUNDS = 10_000_000

export function allowedWork(): Work {
  let left = MAX_ROUNDS
  return {
    spend(rounds) {
      left -= rounds
      if (!(left >= 0)) refuse('too-large')
    },
  }
}

const PURPOSES = { key: 1, iv: 2, mac: 3 } as const
/**
 * Bytes of a salt; files have 8 to 64. Each block of it is added to once for each block of output.
 */
const MAX_SALT_BYTES = 4096
/** Rounds between two breaths: other work of this thread goes on meanwhile. */
const BREATH = 10_000

/**
 * The key derivation of PKCS#12.
 *
 * Shape  `passphrase`: text, taken as UTF-16BE with a final zero; null for "no passphrase at all",
 * which differs from ''.
 * Errors Failure 'key-import' too-large for more work than `work` has left, or a salt that is none.
 * Source RFC 7292 appendix B.2.
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
  if (salt.length > MAX_SALT_BYTES) refuse('too-large')
  const blockBytes = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  const secret =
    passphrase === null ? Buffer.alloc(0) : Buffer.from(`${passphrase}\0`, 'utf16le').swap16()
  const diversifier = Buffer.alloc(blockBytes, PURPOSES[purpose])
  let input = Buffer.concat([stretched(salt, blockBytes), stretched(secret, blockBytes)])
  let output = Buffer.alloc(0)
  while (output.length < length) {
    // A round in JavaScript costs about as much as four in OpenSSL.
    work.spend(Math.max(1, rounds) * 4)
    let digest = createHash(hash).update(diversifier).update(input).digest()
    for (let round = 1; round < rounds; round++) {
      digest = createHash(hash).update(digest).digest()
      if (round % BREATH === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    output = Buffer.concat([output, digest])
    input = Buffer.concat(
      blocks(input, blockBytes).map((block) => addedOne(block, stretchedTo(digest, blockBytes))),
    )
  }
  return output.subarray(0, length)
}

/** Repeated to a whole number of blocks; nothing stays nothing. */
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

/** Block + other + 1, as big-endian numbers, without the carry out. */
function addedOne(block: Buffer, other: Buffer): Buffer {
  const sum = Buffer.alloc(block.length)
  let carry = 1
  for (let i = block.length - 1; i >= 0; i--) {
    carry += (block[i] ?? 0) + (other[i] ?? 0)
    sum[i] = carry & 0xff
    carry >>= 8
  }
  return sum
}
