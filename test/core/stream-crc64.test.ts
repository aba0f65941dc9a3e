import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { createCRC64 } from 'hash-wasm'
import { describe, expect, test } from 'vitest'
import {
  FOLD_BYTES,
  STEP_BYTES,
  TAPS,
  WINDOW_BYTES,
} from '../../electron/core/cipher/crc64-fold.ts'
import { takeCrc64 } from '../../electron/core/cipher/crc64-sum.ts'
import { combineCrc64, crc64FromHex } from '../../shared/format/crc64.ts'

const reference = await createCRC64()
const expected = (bytes: Uint8Array): bigint =>
  crc64FromHex(reference.init().update(bytes).digest('hex'))

async function sumOf(...pieces: readonly Uint8Array[]): Promise<bigint> {
  const crc = await takeCrc64()
  for (const piece of pieces) crc.update(piece)
  const value = crc.value()
  crc.release()
  return value
}

/** `bytes` cut at `cuts`, which are taken modulo its length and may be the same. */
function split(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const places = [
    0,
    ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b),
    bytes.length,
  ]
  return places.slice(1).map((place, i) => bytes.subarray(places[i], place))
}

test('the taps are a multiple of the polynomial, and none of them too near or too far', () => {
  // x^(8 n) modulo the polynomial, lowest power in the highest bit, by its definition.
  const power = (bytes: number): bigint => {
    let value = 1n << 63n
    for (let bit = 0; bit < 8 * bytes; bit++)
      value = (value & 1n) === 1n ? (value >> 1n) ^ 0xc96c_5795_d787_0f42n : value >> 1n
    return value
  }
  const reach = Math.max(...TAPS)
  expect([0, ...TAPS].reduce((sum, tap) => sum ^ power(reach - tap), 0n)).toBe(0n)
  expect(Math.min(...TAPS)).toBeGreaterThanOrEqual(STEP_BYTES)
  expect(reach).toBeLessThanOrEqual(WINDOW_BYTES)
})

describe('CRC-64', () => {
  test('has the check value of CRC-64/XZ, and none for nothing', async () => {
    expect(await sumOf(Buffer.from('123456789'))).toBe(0x995d_c9bb_df19_39fan)
    expect(await sumOf()).toBe(0n)
  })

  const edges = [
    0,
    WINDOW_BYTES,
    FOLD_BYTES,
    FOLD_BYTES + STEP_BYTES,
    FOLD_BYTES + WINDOW_BYTES,
    2 * FOLD_BYTES,
    3 * FOLD_BYTES + WINDOW_BYTES,
  ]
  test.each(
    edges
      .flatMap((edge) => [-9, -1, 0, 1, 8, 15, 16, 63, 64, 65].map((more) => edge + more))
      .filter((length) => length > 0),
  )('of %i bytes', async (length) => {
    const bytes = randomBytes(length)
    expect(await sumOf(bytes)).toBe(expected(bytes))
    expect(await sumOf(new Uint8Array(length))).toBe(expected(new Uint8Array(length)))
    expect(await sumOf(new Uint8Array(length).fill(255))).toBe(
      expected(new Uint8Array(length).fill(255)),
    )
  })

  test('is the same however the bytes come, and joins with that of others', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(5 * FOLD_BYTES),
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.nat(),
        async (length, cuts, cut) => {
          const bytes = randomBytes(length)
          expect(await sumOf(...split(bytes, cuts))).toBe(expected(bytes))
          const [first = bytes, second = bytes] = split(bytes, [cut])
          expect(combineCrc64(await sumOf(first), await sumOf(second), second.length)).toBe(
            expected(bytes),
          )
        },
      ),
      { numRuns: 60 },
    )
  })

  test('may be asked for on the way, and is the same afterwards', async () => {
    const bytes = randomBytes(3 * FOLD_BYTES + WINDOW_BYTES)
    const crc = await takeCrc64()
    let at = 0
    for (const more of [
      0,
      5,
      0,
      STEP_BYTES,
      FOLD_BYTES - STEP_BYTES - 5,
      1,
      WINDOW_BYTES,
      STEP_BYTES + 3,
      FOLD_BYTES,
      2,
      FOLD_BYTES - 1,
    ]) {
      crc.update(bytes.subarray(at, at + more))
      at += more
      expect(crc.value(), `after ${at}`).toBe(expected(bytes.subarray(0, at)))
    }
    crc.release()
  })

  test('byte by byte over the edge of a block', async () => {
    const bytes = randomBytes(FOLD_BYTES + 100)
    expect(await sumOf(...Array.from(bytes, (_, at) => bytes.subarray(at, at + 1)))).toBe(
      expected(bytes),
    )
  })

  test('is that of every single bit that is flipped', async () => {
    const bytes = new Uint8Array(FOLD_BYTES + 2 * WINDOW_BYTES)
    for (const at of [
      0,
      7,
      8,
      STEP_BYTES,
      ...TAPS,
      WINDOW_BYTES,
      FOLD_BYTES - 1,
      FOLD_BYTES,
      FOLD_BYTES + WINDOW_BYTES - 1,
      bytes.length - 1,
    ]) {
      bytes[at] = 0x10
      expect(await sumOf(bytes), `at ${at}`).toBe(expected(bytes))
      bytes[at] = 0
    }
  })

  test('two at a time do not disturb one another, and nothing of a sum is left for the next', async () => {
    const [a, b] = [randomBytes(3 * FOLD_BYTES + 5), randomBytes(2 * FOLD_BYTES + 77)]
    for (let round = 0; round < 3; round++) {
      const [one, other] = [await takeCrc64(), await takeCrc64()]
      for (let at = 0; at < a.length; at += 1000) {
        one.update(a.subarray(at, at + 1000))
        other.update(b.subarray(at, at + 1000))
      }
      if (round < 2) expect([one.value(), other.value()]).toEqual([expected(a), expected(b)])
      one.release()
      other.release()
      expect(() => one.update(a)).toThrow('after it was released')
    }
    expect(await sumOf(Buffer.from('123456789'))).toBe(0x995d_c9bb_df19_39fan)
    expect(await sumOf(a)).toBe(expected(a))
  })
})
