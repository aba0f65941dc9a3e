import { createDecipheriv } from 'node:crypto'
import { rejectKeyFile } from './refuse.ts'

/** Bytes of a block of DES and RC2. */
const BLOCK_BYTES = 8
const TAG_BYTES = 16

/**
 * Decrypts AES, 3DES or DES in CBC mode and removes the PKCS#7 padding. `cipher`: Node's name, and
 * 'des-cbc'. Throws Failure 'key-import': wrong-passphrase when the padding does not fit, not-a-key
 * for an initial vector of another length.
 */
export function cbcDecrypted(
  cipher: string,
  key: Uint8Array,
  iv: Uint8Array,
  bytes: Uint8Array,
): Buffer {
  if (iv.length !== (cipher.startsWith('aes') ? 16 : BLOCK_BYTES)) rejectKeyFile('not-a-key')
  // OpenSSL 3 has no single DES. 3DES with the same key three times computes the same.
  const decipher =
    cipher === 'des-cbc'
      ? createDecipheriv('des-ede3-cbc', Buffer.concat([key, key, key]), iv)
      : createDecipheriv(cipher, key, iv)
  const head = decipher.update(bytes)
  try {
    return Buffer.concat([head, decipher.final()])
  } catch {
    return rejectKeyFile('wrong-passphrase')
  } finally {
    head.fill(0)
  }
}

/**
 * Decrypts AES in GCM mode. The last 16 of `bytes` are the tag. Throws Failure 'key-import':
 * wrong-passphrase when the tag does not fit, not-a-key without a nonce or a tag.
 */
export function gcmDecrypted(
  cipher: string,
  key: Uint8Array,
  nonce: Uint8Array,
  bytes: Uint8Array,
): Buffer {
  if (nonce.length === 0 || bytes.length < TAG_BYTES) rejectKeyFile('not-a-key')
  const decipher = createDecipheriv(cipher as 'aes-256-gcm', key, nonce, {
    authTagLength: TAG_BYTES,
  }).setAuthTag(bytes.subarray(-TAG_BYTES))
  const plain = decipher.update(bytes.subarray(0, -TAG_BYTES))
  try {
    decipher.final()
    return plain
  } catch {
    plain.fill(0)
    return rejectKeyFile('wrong-passphrase')
  }
}

/**
 * Decrypts RC2 in CBC mode and removes the PKCS#7 padding. OpenSSL 3 and Electron's library have no
 * RC2. PKCS#12 files from before about 2022 use it for their certificates, and node-forge is loaded
 * only for such a file. Throws Failure 'key-import' wrong-passphrase when the padding does not fit.
 *
 * Units  `bits`: the effective key bits, which can differ from the length of the key.
 * Source  RFC 2268.
 */
export async function rc2Decrypted(
  key: Uint8Array,
  bits: number,
  iv: Uint8Array,
  bytes: Uint8Array,
): Promise<Buffer> {
  const { rc2, util } = await loadForge()
  const input = (of: Uint8Array) => util.createBuffer(Buffer.from(of).toString('latin1'))
  const decipher = rc2.createDecryptionCipher(input(key), bits)
  decipher.start(input(iv))
  decipher.update(input(bytes))
  // node-forge would look at the last byte of the padding only, so it leaves the padding in place.
  const isWhole = decipher.finish(() => true)
  const plain = isWhole ? unpadded(Buffer.from(decipher.output.getBytes(), 'latin1')) : null
  return plain ?? rejectKeyFile('wrong-passphrase')
}

async function loadForge() {
  const module = await import('node-forge')
  // CommonJS: Node puts all exports into the default export. A bundler may not.
  return (module as unknown as { readonly default?: typeof module }).default ?? module
}

/** Removes PKCS#7 padding, and returns null when it does not fit. Source RFC 8018 §6.1.1 step 4. */
function unpadded(bytes: Buffer): Buffer | null {
  const count = bytes.at(-1) ?? 0
  const padding = bytes.subarray(-count)
  const fits =
    bytes.length % BLOCK_BYTES === 0 &&
    count >= 1 &&
    count <= BLOCK_BYTES &&
    padding.every((byte) => byte === count)
  return fits ? bytes.subarray(0, -count) : null
}
