import { constants, privateDecrypt, publicEncrypt, type KeyObject } from 'node:crypto'
import { Failure } from '../../../shared/contract/errors.ts'
import type { MasterKeyId } from '../../../shared/contract/models.ts'
import { RSA_WRAP } from '../../../shared/format/envelope.ts'
import type { MasterKeyHandle } from './master-key.ts'

export interface RsaParts {
  readonly id: MasterKeyId
  readonly name: string
  readonly description: string
  readonly publicKey: KeyObject
  /** Null: only the public half is here. */
  readonly privateKey: KeyObject | null
}

/**
 * RSA with PKCS#1 v1.5 padding, what every OSS SDK writes as `RSA/NONE/PKCS1Padding`.
 *
 * Unwrapping is the raw private operation and our own unpadding: Node 20 refuses PKCS#1 v1.5 decryption, newer OpenSSL
 * answers a wrong key with random bytes, and Electron's library differs from both.
 * Source RFC 8017 §7.2.
 */
export function rsaMasterKey({ id, name, description, publicKey, privateKey }: RsaParts): MasterKeyHandle {
  let halves: { readonly publicKey: KeyObject; readonly privateKey: KeyObject | null } | null = { publicKey, privateKey }
  const open = () => {
    if (halves === null) throw new Error('master key used after it was closed')
    return halves
  }
  return {
    id,
    name,
    wrapAlgorithm: RSA_WRAP,
    description,
    canWrap: true,
    canUnwrap: privateKey !== null,
    async wrap(bytes) {
      return Uint8Array.from(publicEncrypt({ key: open().publicKey, padding: constants.RSA_PKCS1_PADDING }, bytes))
    },
    async unwrap(bytes) {
      const { privateKey: key } = open()
      if (key === null) throw new Failure({ code: 'key-not-usable', name, reason: 'public-half-only' })
      const plain = unwrapRaw(key, bytes)
      if (plain === null) throw new Failure({ code: 'wrong-master-key', tried: [name] })
      return plain
    },
    [Symbol.dispose]() {
      halves = null
    },
  }
}

function unwrapRaw(key: KeyObject, wrapped: Uint8Array): Uint8Array | null {
  // The raw operation would take a shorter number; no writer makes one.
  if (wrapped.length !== modulusBytes(key)) return null
  let block: Buffer
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped)
  } catch {
    // Not below the modulus.
    return null
  }
  try {
    return unpad(block)
  } finally {
    block.fill(0)
  }
}

/**
 * What stands after `00 02 <at least 8 bytes other than 0> 00`, or null. Every byte is looked at whatever the block holds,
 * so that the time taken does not tell where the padding ends; JavaScript promises no more than that.
 *
 * Source RFC 8017 §7.2.2 step 3.
 */
export function unpad(block: Uint8Array): Uint8Array | null {
  let end = 0
  let wrong = (block[0] ?? 1) | ((block[1] ?? 0) ^ 2)
  for (let i = 2; i < block.length; i++) {
    const isZero = (((block[i] ?? 0) - 1) >>> 31) & 1
    const isFirst = isZero & ((end - 1) >>> 31)
    end += isFirst * i
  }
  // The first zero stands at index 10 or later.
  wrong |= (end - 10) >>> 31
  return wrong === 0 ? Uint8Array.from(block.subarray(end + 1)) : null
}

/** Length of everything this key wraps, in bytes. */
export function modulusBytes(key: KeyObject): number {
  return Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8)
}
