import { createCipheriv, createDecipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { counterAt, shapeCounter } from '../../shared/format/counter.ts'
import {
  keystreamOffset,
  keystreamPieces,
  resplitOf,
  type Resplit,
} from '../../shared/format/message/resplit.ts'

/** The parts of a file as OSSUploadOperation.java, splitFile, makes them. */
function javaParts(
  fileSize: number,
  wanted: number,
): readonly { readonly offset: number; readonly size: number }[] {
  let partSize = wanted
  if (Math.floor(fileSize / partSize) >= 10_000) partSize = Math.floor(fileSize / (10_000 - 1))
  const parts = Array.from({ length: Math.floor(fileSize / partSize) }, (_, i) => ({
    offset: i * partSize,
    size: partSize,
  }))
  return fileSize % partSize > 0
    ? [...parts, { offset: parts.length * partSize, size: fileSize % partSize }]
    : parts
}

const declared = (
  partSize: number | null,
  dataSize: number | null,
  format: 'v1' | 'v2' = 'v2',
) => ({ format, partSize, dataSize })

describe('which objects', () => {
  test.each([
    ['just below', declared(102_400, 1_023_999_999), 1_023_999_999, null],
    [
      'exactly 10,000 parts: may be undamaged',
      declared(102_400, 1_024_000_000),
      1_024_000_000,
      { declared: 102_400, actual: 102_410 },
    ],
    [
      'a gigabyte and a half in parts of 100 KiB',
      declared(102_400, 1_610_612_736),
      1_610_612_736,
      { declared: 102_400, actual: 161_077 },
    ],
    ['small parts', declared(64, 1_000_003), 1_000_003, { declared: 64, actual: 100 }],
    ['the new size is the old one', declared(16, 160_000), 160_000, null],
    [
      'no data size: the object has one',
      declared(64, null),
      1_000_003,
      { declared: 64, actual: 100 },
    ],
    [
      'another length than declared: cut off, or of another object',
      declared(64, 1_000_003),
      1_000_002,
      null,
    ],
    ['no part size: one PutObject', declared(null, 1_000_003), 1_000_003, null],
    ['no SDK takes such parts', declared(65, 1_000_003), 1_000_003, null],
    ['parts of nothing', declared(0, 1_000_003), 1_000_003, null],
    ['an empty object', declared(64, 0), 0, null],
    ['the older format has no parts', declared(64, 1_000_003, 'v1'), 1_000_003, null],
  ])('%s', (_name, envelope, size, expected) => {
    expect(resplitOf(envelope, size)).toEqual(expected)
  })
})

const anyResplit = fc
  .tuple(fc.integer({ min: 1, max: 20 }), fc.nat(5_000_000))
  .map(([blocks, more]) => {
    const partSize = blocks * 16
    const size = partSize * 10_000 + more
    return { partSize, size, resplit: resplitOf(declared(partSize, size), size) }
  })
  .filter(
    (one): one is { partSize: number; size: number; resplit: Resplit } => one.resplit !== null,
  )

test('parts and counters are those of the Java SDK', () => {
  fc.assert(
    fc.property(anyResplit, ({ partSize, size, resplit }) => {
      const parts = javaParts(size, partSize)
      expect(keystreamPieces(0, size, resplit)).toEqual(
        parts.map(({ offset, size: length }, i) => ({ offset, length, keystream: i * partSize })),
      )
    }),
    { numRuns: 30 },
  )
})

test('the pieces of a range cover it once, and each runs through the keystream', () => {
  fc.assert(
    fc.property(anyResplit, fc.nat(), fc.nat(3000), ({ size, resplit }, at, wanted) => {
      const offset = at % size
      const length = Math.min(wanted, size - offset)
      const pieces = keystreamPieces(offset, length, resplit)
      let next = offset
      for (const piece of pieces) {
        expect([piece.offset, piece.length > 0]).toEqual([next, true])
        for (const inside of [0, piece.length - 1])
          expect(piece.keystream + inside).toBe(keystreamOffset(piece.offset + inside, resplit))
        next += piece.length
      }
      expect(next).toBe(offset + length)
    }),
  )
})

test('what a Java SDK would have stored decrypts, in any range', () => {
  const [key, initial] = [new Uint8Array(32).fill(5), shapeCounter(new Uint8Array(16).fill(0xc3))]
  const [partSize, size] = [16, 190_003]
  const plain = Uint8Array.from({ length: size }, (_, i) => (i * 31) & 0xff)
  const stored = Buffer.concat(
    javaParts(size, partSize).map(({ offset, size: length }, i) =>
      createCipheriv('aes-256-ctr', key, counterAt(initial, i * partSize)).update(
        plain.subarray(offset, offset + length),
      ),
    ),
  )
  const resplit = resplitOf(declared(partSize, size), size) ?? expect.fail('not recognised')
  expect(resplit).toEqual({ declared: 16, actual: 19 })

  const decrypted = (offset: number, length: number) =>
    Buffer.concat(
      keystreamPieces(offset, length, resplit).map((piece) => {
        const skip = piece.keystream % 16
        const bytes = Buffer.concat([
          Buffer.alloc(skip),
          stored.subarray(piece.offset, piece.offset + piece.length),
        ])
        return createDecipheriv('aes-256-ctr', key, counterAt(initial, piece.keystream - skip))
          .update(bytes)
          .subarray(skip)
      }),
    )
  expect(decrypted(0, size).equals(plain)).toBe(true)
  fc.assert(
    fc.property(fc.nat(size - 1), fc.nat(500), (offset, wanted) => {
      const length = Math.min(wanted, size - offset)
      expect(decrypted(offset, length).equals(plain.subarray(offset, offset + length))).toBe(true)
    }),
  )
  // Read as if it were whole, it is wrong from the second part on.
  expect(
    createDecipheriv('aes-256-ctr', key, initial)
      .update(stored)
      .subarray(0, 19)
      .equals(plain.subarray(0, 19)),
  ).toBe(true)
  expect(
    createDecipheriv('aes-256-ctr', key, initial)
      .update(stored)
      .subarray(19, 38)
      .equals(plain.subarray(19, 38)),
  ).toBe(false)
})

test('the largest object has no more than 10,000 pieces', () => {
  const size = 10_000 * 5 * 1024 ** 3
  const resplit = resplitOf(declared(102_400, size), size) ?? expect.fail('not recognised')
  expect(keystreamPieces(0, size, resplit).length).toBeLessThanOrEqual(10_000)
})
