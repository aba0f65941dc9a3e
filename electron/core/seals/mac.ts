import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

/** Returns the HMAC-SHA-256 of the joined parts: 32 bytes. */
export function macOf(key: Uint8Array, ...parts: readonly Uint8Array[]): Uint8Array {
  const mac = createHmac('sha256', key)
  for (const part of parts) mac.update(part)
  return Uint8Array.from(mac.digest())
}

/** Derives `length` bytes by HKDF-SHA-256 with the salt of this app. Source RFC 5869. */
export function derived(secret: Uint8Array, info: string, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, 'cipherbucket', info, length))
}

/** Compares two MACs. The time does not depend on the bytes, only on the lengths. */
export function isSameMac(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

/** Writes eight bytes, the highest first. `value`: a whole number from 0 to 2^53 - 1. */
export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(value))
  return bytes
}
