/**
 * CRC-64/XZ (ECMA-182, reflected): the checksum that OSS stores of stored bytes. `core/cipher`
 * computes running sums; this file joins sums.
 */
const POLYNOMIAL = 0xc96c_5795_d787_0f42n
/** x^0. Polynomials are written with the lowest power in the highest bit. */
const ONE = 1n << 63n
/** The powers x^(2^k), beginning with x. The list grows as needed. */
const SQUARES = [1n << 62n]

/** Multiplies two polynomials over GF(2) and reduces the product. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n
  for (let mask = ONE, factor = b; mask > 0n; mask >>= 1n) {
    if ((a & mask) !== 0n) product ^= factor
    factor = (factor & 1n) === 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n
  }
  return product
}

function square(k: number): bigint {
  for (let next = SQUARES.length; next <= k; next++) {
    const last = SQUARES[next - 1] ?? 0n
    SQUARES.push(multiply(last, last))
  }
  return SQUARES[k] ?? 0n
}

/** Returns x^(8 × `bytes`). Appending so many zero bytes multiplies a sum by it. */
function shift(bytes: number): bigint {
  let result = ONE
  let k = 3
  for (let rest = BigInt(bytes); rest > 0n; rest >>= 1n, k++) {
    if ((rest & 1n) === 1n) result = multiply(square(k), result)
  }
  return result
}

/**
 * The last answer. The parts of an upload have one length except the last, so the answer is usually
 * the same.
 */
let last = { bytes: 0, shift: ONE }

/**
 * Returns the CRC-64 of A followed by B, from the sums of A and B and the length of B in bytes.
 *
 * Source  the modular form of zlib's crc32_combine (powers of x modulo the polynomial), with the
 * parameters of CRC-64/XZ.
 */
export function combineCrc64(first: bigint, second: bigint, secondLength: number): bigint {
  if (!Number.isSafeInteger(secondLength) || secondLength < 0)
    throw new RangeError(`not a length in bytes: ${secondLength}`)
  if (last.bytes !== secondLength) last = { bytes: secondLength, shift: shift(secondLength) }
  return multiply(last.shift, first) ^ second
}

/** The sum of no bytes. */
export const EMPTY_CRC64 = 0n

/** Reads the 16 hexadecimal digits that hash-wasm returns. */
export function crc64FromHex(hex: string): bigint {
  if (!/^[0-9a-f]{1,16}$/i.test(hex)) throw new RangeError('not a CRC-64 in hex')
  return BigInt(`0x${hex}`)
}

/** Writes the text of OSS's `x-oss-hash-crc64ecma`: unsigned decimal. */
export function crc64ToDecimal(sum: bigint): string {
  return sum.toString(10)
}

/** Reads `x-oss-hash-crc64ecma`. Returns null for anything but an unsigned decimal of 64 bits. */
export function crc64FromDecimal(text: string): bigint | null {
  if (!/^[0-9]{1,20}$/.test(text)) return null
  const sum = BigInt(text)
  return sum < 1n << 64n ? sum : null
}
