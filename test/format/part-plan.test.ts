import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../shared/contract/errors.ts'
import {
  choosePartSize,
  MAX_OBJECT_BYTES,
  MAX_PART_BYTES,
  MAX_PARTS,
  MIN_PART_BYTES,
  planParts,
  planRanges,
  type Part,
} from '../../shared/format/part-plan.ts'

const MIB = 1024 ** 2
const GIB = 1024 ** 3

test('the limits of OSS', () => {
  expect([MIN_PART_BYTES, MAX_PARTS, MAX_PART_BYTES]).toEqual([102_400, 10_000, 5_368_709_120])
  expect(MAX_OBJECT_BYTES / 1024 ** 4).toBeCloseTo(48.83, 2)
})

describe('choosePartSize', () => {
  test.each([
    ['nothing', 0, 8 * MIB, 8 * MIB],
    ['as preferred', 100 * MIB, 8 * MIB, 8 * MIB],
    ['not below the least', 100 * MIB, 1, MIN_PART_BYTES],
    ['no preference', 1, 0, MIN_PART_BYTES],
    ['up to the next block', 100 * MIB, MIN_PART_BYTES + 1, MIN_PART_BYTES + 16],
    ['exactly 10,000 parts', MIN_PART_BYTES * 10_000, MIN_PART_BYTES, MIN_PART_BYTES],
    ['10,000 parts and one byte', MIN_PART_BYTES * 10_000 + 1, MIN_PART_BYTES, MIN_PART_BYTES + 16],
    ['10,000 parts less one byte', MIN_PART_BYTES * 10_000 - 1, MIN_PART_BYTES, MIN_PART_BYTES],
    ['largest file of one put', 5 * GIB, 8 * MIB, 8 * MIB],
    ['a terabyte', 1024 * GIB, 8 * MIB, Math.ceil((1024 * GIB) / 10_000 / 16) * 16],
    ['largest object', MAX_OBJECT_BYTES, 8 * MIB, MAX_PART_BYTES],
    ['preferred above the most', 6 * GIB, 7 * GIB, MAX_PART_BYTES],
  ])('%s', (_name, objectBytes, preferred, expected) => {
    expect(choosePartSize(objectBytes, preferred)).toBe(expected)
  })

  test('more than OSS holds is an error with the limit', () => {
    const failure = (() => {
      try {
        return choosePartSize(MAX_OBJECT_BYTES + 1, MIB)
      } catch (cause) {
        return cause
      }
    })()
    expect(failure).toBeInstanceOf(Failure)
    expect((failure as Failure).error).toEqual({ code: 'too-large', limit: MAX_OBJECT_BYTES })
  })

  test.each([-1, 1.5, NaN, Infinity])('refuses %s bytes', (bytes) => {
    expect(() => choosePartSize(bytes, MIB)).toThrow(RangeError)
    expect(() => choosePartSize(MIB, bytes)).toThrow(RangeError)
  })

  test('whatever fits OSS gets a lawful plan', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat().map((n) => n % (MAX_OBJECT_BYTES + 1)),
        fc.nat({ max: 6 * GIB }),
        (objectBytes, preferred) => {
          const size = choosePartSize(objectBytes, preferred)
          expect(size % 16).toBe(0)
          expect(size).toBeGreaterThanOrEqual(
            Math.max(MIN_PART_BYTES, Math.min(preferred, MAX_PART_BYTES)),
          )
          expect(size).toBeLessThanOrEqual(MAX_PART_BYTES)
          expect(Math.ceil(objectBytes / size)).toBeLessThanOrEqual(MAX_PARTS)
        },
      ),
      { numRuns: 500 },
    )
  })
})

/** Pieces follow each other without a gap, from `offset`, numbered from 1. */
function expectWhole(pieces: readonly Part[], offset: number, length: number): void {
  let next = offset
  for (const [i, piece] of pieces.entries()) {
    if (piece.number !== i + 1 || piece.offset !== next)
      throw new Error(`piece ${i + 1} starts at ${piece.offset}, expected ${next}`)
    next += piece.length
  }
  expect(next).toBe(offset + length)
}

describe('planParts', () => {
  test.each([
    ['empty object: one empty part', 0, MIN_PART_BYTES, [0]],
    ['one byte', 1, MIN_PART_BYTES, [1]],
    ['one part less a byte', MIN_PART_BYTES - 1, MIN_PART_BYTES, [MIN_PART_BYTES - 1]],
    ['exactly one part', MIN_PART_BYTES, MIN_PART_BYTES, [MIN_PART_BYTES]],
    ['one part and a byte', MIN_PART_BYTES + 1, MIN_PART_BYTES, [MIN_PART_BYTES, 1]],
    [
      'exact multiple',
      MIN_PART_BYTES * 3,
      MIN_PART_BYTES,
      [MIN_PART_BYTES, MIN_PART_BYTES, MIN_PART_BYTES],
    ],
  ])('%s', (_name, objectBytes, partBytes, lengths) => {
    const plan = planParts(objectBytes, partBytes)
    expect(plan.map((part) => part.length)).toEqual(lengths)
    expectWhole(plan, 0, objectBytes)
  })

  test('10,000 parts, and not one more', () => {
    const full = planParts(MIN_PART_BYTES * 10_000, MIN_PART_BYTES)
    expect(full).toHaveLength(10_000)
    expect(full.at(-1)).toEqual({
      number: 10_000,
      offset: MIN_PART_BYTES * 9_999,
      length: MIN_PART_BYTES,
    })
    expect(planParts(MIN_PART_BYTES * 9_999 + 1, MIN_PART_BYTES)).toHaveLength(10_000)
    expect(planParts(MIN_PART_BYTES * 9_999, MIN_PART_BYTES)).toHaveLength(9_999)
    expect(() => planParts(MIN_PART_BYTES * 10_000 + 1, MIN_PART_BYTES)).toThrow(RangeError)
  })

  test('the largest object', () => {
    const plan = planParts(MAX_OBJECT_BYTES, MAX_PART_BYTES)
    expect(plan).toHaveLength(10_000)
    expectWhole(plan, 0, MAX_OBJECT_BYTES)
  })

  test.each([0, 8, 17, 100_001, -16, NaN])('refuses parts of %s bytes', (partBytes) => {
    expect(() => planParts(MIB, partBytes)).toThrow(RangeError)
  })
})

describe('planRanges', () => {
  test('unaligned, from the middle', () => {
    expect(planRanges(7, 25, 10)).toEqual([
      { number: 1, offset: 7, length: 10 },
      { number: 2, offset: 17, length: 10 },
      { number: 3, offset: 27, length: 5 },
    ])
  })

  test('nothing needs no range', () => {
    expect(planRanges(0, 0, 10)).toEqual([])
    expect(planRanges(99, 0, 10)).toEqual([])
  })

  test('covers what was asked for, once', () => {
    fc.assert(
      fc.property(
        fc.nat(10 ** 12),
        fc.nat(10 ** 6),
        fc.integer({ min: 1000, max: 10 ** 6 }),
        (offset, length, rangeBytes) => {
          expectWhole(planRanges(offset, length, rangeBytes), offset, length)
        },
      ),
    )
  })

  test.each([
    [-1, 1, 1],
    [0, -1, 1],
    [0, 1, 0],
    [0.5, 1, 1],
  ])('refuses %s, %s, %s', (offset, length, rangeBytes) => {
    expect(() => planRanges(offset, length, rangeBytes)).toThrow(RangeError)
  })
})
