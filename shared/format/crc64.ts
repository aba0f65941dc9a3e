/**
 * CRC-64/XZ (ECMA-182, reflected): the checksum OSS keeps of stored bytes. The running sum is made
 * in core/stream; this joins sums.
 */
const POLYNOMIAL = 0xc96c_5795_d787_0f42n
/** x^0: polynomials are written with the lowest power in the highest bit. */
const ONE = 1n << 63n
/** x^(2^k), grown as needed; starts with x. */
const SQUARES = [1n << 62n]

/** Product of two polynomials over GF(2), reduced. */
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

/** x^(8 × `bytes`): what appending that many zero bytes multiplies a sum by. */
function shift(bytes: number): bigint {
  let result = ONE
  let k = 3
  for (let rest = BigInt(bytes); rest > 0n; rest >>= 1n, k++) {
    if ((rest & 1n) === 1n) result = multiply(square(k), result)
  }
  return result
}

/**
 * The parts of one upload are all of one length but the last, so the last answer is nearly always
 * the next one.
 */
let last = { bytes: 0, shift: ONE }

/**
 * CRC-64 of A followed by B, from the sums of A and of B and the length of B in bytes.
 * Source  the modular form of zlib's crc32_combine (powers of x modulo the polynomial), with the
 * parameters of CRC-64/XZ.
 */
export function combineCrc64(first: bigint, second: bigint, secondLength: number): bigint {
  if (!Number.isSafeInteger(secondLength) || secondLength < 0)
    throw new RangeError(`not a length in bytes: ${secondLength}`)
  if (last.bytes !== secondLength) last = { bytes: secondLength, shift: shift(secondLength) }
  return multiply(last.shift, first) ^ second
}

/** Sum of no bytes at all. */
export const EMPTY_CRC64 = 0n

/** From the 16 hex digits hash-wasm answers with. */
export function crc64FromHex(hex: string): bigint {
  if (!/^[0-9a-f]{1,16}$/i.test(hex)) throw new RangeError('not a CRC-64 in hex')
  return BigInt(`0x${hex}`)
}

/** The text of OSS's `x-oss-hash-crc64ecma`: unsigned decimal. */
export function crc64ToDecimal(sum: bigint): string {
  return sum.toString(10)
}

/** Reads `x-oss-hash-crc64ecma`; null for anything but an unsigned 64-bit decimal. */
export function crc64FromDecimal(text: string): bigint | null {
  if (!/^[0-9]{1,20}$/.test(text)) return null
  const sum = BigInt(text)
  return sum < 1n << 64n ? sum : null
}
