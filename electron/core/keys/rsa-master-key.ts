import { constants, privateDecrypt, type KeyObject } from 'node:crypto'
import { Failure } from '../../../shared/contract/errors.ts'
import type { MasterKeyId, WriteFormat } from '../../../shared/contract/models.ts'
import { OAEP_WRAP, RSA_WRAP } from '../../../shared/format/envelope/envelope.ts'
import { OAEP, SECOND_OAEP, wrapRsa } from '../cipher/rsa-wrap.ts'
import { sameAlgorithm } from './key-order.ts'
import type { MasterKeyHandle, Wrapping } from './master-key.ts'
import { modulusBytes } from './public-key.ts'
import { writerSecretOf } from './rsa-writer.ts'

export interface RsaParts {
  readonly id: MasterKeyId
  readonly name: string
  readonly description: string
  readonly writes: WriteFormat
  readonly publicKey: KeyObject
  /** Null when only the public half is here. */
  readonly privateKey: KeyObject | null
}

/**
 * Makes a master key of an RSA key. It wraps with PKCS#1 v1.5 padding, which every OSS SDK writes
 * as `RSA/NONE/PKCS1Padding`. One class of the Python SDK uses OAEP with SHA-1 instead. One key
 * opens both.
 *
 * PKCS#1 v1.5 is unwrapped with the raw private operation and our own unpadding. Node 20 refuses
 * PKCS#1 v1.5 decryption, newer OpenSSL answers a wrong key with random bytes, and Electron's
 * library differs from both.
 * Source  RFC 8017 §7.1 and §7.2.
 */
export function rsaMasterKey({
  id,
  name,
  description,
  writes,
  publicKey,
  privateKey,
}: RsaParts): MasterKeyHandle {
  let halves: { readonly publicKey: KeyObject; readonly privateKey: KeyObject | null } | null = {
    publicKey,
    privateKey,
  }
  const open = () => {
    if (halves === null) throw new Error('master key used after it was closed')
    return halves
  }
  return {
    id,
    name,
    kind: 'rsa',
    writes,
    wrapAlgorithm: writes === 'v2' ? RSA_WRAP : OAEP_WRAP,
    description,
    canWrap: true,
    canUnwrap: privateKey !== null,
    publicHalf: () => open().publicKey,
    writerSecret() {
      const { privateKey: key } = open()
      return key === null ? null : writerSecretOf(key)
    },
    unwrapSecond(wrapped) {
      const { privateKey: key } = open()
      return key === null ? null : unwrapOaep(key, wrapped, SECOND_OAEP)
    },
    fits: (algorithm) => sameAlgorithm(algorithm, RSA_WRAP) || sameAlgorithm(algorithm, OAEP_WRAP),
    async wrap(bytes, how) {
      return Uint8Array.from(wrapRsa(open().publicKey, isOaep(how) ? 'oaep' : 'pkcs1', bytes))
    },
    async unwrap(bytes, how) {
      const { privateKey: key } = open()
      if (key === null)
        throw new Failure({ code: 'key-not-usable', name, reason: 'public-half-only' })
      const plain = isOaep(how) ? unwrapOaep(key, bytes) : unwrapRaw(key, bytes)
      if (plain === null) throw new Failure({ code: 'wrong-master-key', tried: [name] })
      return plain
    },
    messages: null,
    [Symbol.dispose]() {
      halves = null
    },
  }
}

const isOaep = ({ algorithm }: Wrapping): boolean => sameAlgorithm(algorithm, OAEP_WRAP)

/** Returns null for every reason, because the check of OAEP that failed must not leak. */
function unwrapOaep(
  key: KeyObject,
  wrapped: Uint8Array,
  padding: typeof OAEP | typeof SECOND_OAEP = OAEP,
): Uint8Array | null {
  if (wrapped.length !== modulusBytes(key)) return null
  try {
    return privateDecrypt({ key, ...padding }, wrapped)
  } catch {
    return null
  }
}

function unwrapRaw(key: KeyObject, wrapped: Uint8Array): Uint8Array | null {
  // The raw operation would accept a shorter number, and no writer makes one.
  if (wrapped.length !== modulusBytes(key)) return null
  let block: Buffer
  try {
    block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, wrapped)
  } catch {
    // The number is not below the modulus.
    return null
  }
  try {
    return unpad(block)
  } finally {
    block.fill(0)
  }
}

/**
 * Returns the bytes after `00 02 <at least 8 bytes other than 0> 00`, or null. The loop reads every
 * byte whatever the block holds, so that its time does not show where the padding ends. JavaScript
 * promises no more than that.
 *
 * Source  RFC 8017 §7.2.2 step 3.
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
