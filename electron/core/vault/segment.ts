import {
  createCipheriv,
  createDecipheriv,
  createHash,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto'
import { writerIdOf } from '../seals/writer.ts'

/**
 * Segments of the envelope vault: bytes in, bytes out. A segment is encrypted under the writer
 * secret of a master key, and stands alone. Source  FORMAT.md 14.
 */

const MAGIC = Buffer.from('CBVAULT1')
const ID_END = 16
const SALT_END = 48
/** Bytes before the ciphertext: magic, id of the writer secret, salt, commitment. */
const HEAD_BYTES = 80
const TAG_BYTES = 16
const NONCE = Buffer.alloc(12)

/** Bytes of the largest segment that is read. Ours have a few MiB at most. */
export const MOST_SEGMENT_BYTES = 64 * 1024 * 1024

/** Makes a segment of lines. `salt`: 32 bytes, which are never used again. */
export function writeSegment(
  secret: Uint8Array,
  lines: string,
  salt: Uint8Array = randomBytes(SALT_END - ID_END),
): Buffer {
  const keys = keysOf(secret, salt)
  try {
    const head = Buffer.concat([MAGIC, writerIdOf(secret), salt, keys.subarray(32)])
    const cipher = createCipheriv('aes-256-gcm', keys.subarray(0, 32), NONCE)
    cipher.setAAD(head)
    return Buffer.concat([head, cipher.update(lines, 'utf8'), cipher.final(), cipher.getAuthTag()])
  } finally {
    keys.fill(0)
  }
}

/** Returns the lines of a segment; null where it is damaged, or of another writer secret. */
export function readSegment(secret: Uint8Array, segment: Uint8Array): string | null {
  if (writerOfSegment(segment) === null) return null
  const head = segment.subarray(0, HEAD_BYTES)
  const keys = keysOf(secret, head.subarray(ID_END, SALT_END))
  try {
    // The commitment first: so no segment opens under two secrets.
    if (!timingSafeEqual(keys.subarray(32), head.subarray(SALT_END))) return null
    const decipher = createDecipheriv('aes-256-gcm', keys.subarray(0, 32), NONCE)
    decipher.setAAD(head)
    decipher.setAuthTag(segment.subarray(segment.length - TAG_BYTES))
    const box = segment.subarray(HEAD_BYTES, segment.length - TAG_BYTES)
    return Buffer.concat([decipher.update(box), decipher.final()]).toString('utf8')
  } catch {
    return null
  } finally {
    keys.fill(0)
  }
}

/** Returns the id of the writer secret of a segment, in hex; null for bytes that are no segment. */
export function writerOfSegment(segment: Uint8Array): string | null {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.length)
  return bytes.length >= HEAD_BYTES + TAG_BYTES && bytes.subarray(0, 8).equals(MAGIC)
    ? bytes.toString('hex', 8, ID_END)
    : null
}

/** Returns the name of a segment: 32 hexadecimal digits. */
export const segmentName = (segment: Uint8Array): string =>
  createHash('sha256').update(segment).digest('hex').slice(0, 32)

export const isSegmentName = (name: string): boolean => /^[0-9a-f]{32}$/.test(name)

const keysOf = (secret: Uint8Array, salt: Uint8Array): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, salt, 'vault 1', 64))
