const BLOCK_BYTES = 8

/**
 * RC2 in CBC mode, which OpenSSL 3 and Electron's library no longer have, and PKCS#12 files from
 * before about 2022 still use for their certificates. node-forge is loaded only when such a file
 * turns up. Null when the padding is wrong.
 *
 * Units  `bits`: effective key bits, which in RC2 need not be those of the key.
 * Source RFC 2268.
 */
export async function rc2Cbc(
  key: Uint8Array,
  bits: number,
  iv: Uint8Array,
  bytes: Uint8Array,
): Promise<Buffer | null> {
  const { rc2, util } = await loadForge()
  const input = (of: Uint8Array) => util.createBuffer(Buffer.from(of).toString('latin1'))
  const decipher = rc2.createDecryptionCipher(input(key), bits)
  decipher.start(input(iv))
  decipher.update(input(bytes))
  // Takes the padding as it is; node-forge would look at its last byte only.
  return decipher.finish(() => true)
    ? unpadded(Buffer.from(decipher.output.getBytes(), 'latin1'))
    : null
}

async function loadForge() {
  const module = await import('node-forge')
  // CommonJS: Node puts it all into the default export, a bundler may not.
  return (module as unknown as { readonly default?: typeof module }).default ?? module
}

/** Source RFC 8018 §6.1.1 step 4 (PKCS#7 padding). */
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
