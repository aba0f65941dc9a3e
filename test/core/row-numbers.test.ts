import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstByValue, sortedByValue } from '../../electron/core/index/rows/row-numbers.ts'

/** Few values, so that many are equal, and values above 32 bits. */
const values = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 300 }),
  fc.array(fc.integer({ min: 0, max: 5_000_000_000_000 }), { maxLength: 300 }),
  fc.array(
    fc.integer({ min: 0, max: 90_000_000 }).map((n) => 1.6e12 + n * 1000),
    { maxLength: 300 },
  ),
)
const order = fc.tuple(values, fc.boolean(), fc.integer({ min: 0, max: 2 ** 31 - 1 }))

/** All places, in an order that the seed decides. */
const placesOf = (count: number, seed: number): Int32Array =>
  Int32Array.from(
    Array.from({ length: count }, (_, place) => place).toSorted(
      (a, b) => ((a * 7919 + seed) % 1009) - ((b * 7919 + seed) % 1009) || a - b,
    ),
  )
/** The sort of the language, which keeps equal values in order. */
const plainSort = (places: Int32Array, of: readonly number[], down: boolean): readonly number[] =>
  [...places].toSorted((a, b) => ((of[a] ?? 0) - (of[b] ?? 0)) * (down ? -1 : 1))

test('places are sorted as the sort of the language does it', () => {
  fc.assert(
    fc.property(order, ([of, down, seed]) => {
      const places = placesOf(of.length, seed)
      expect([...sortedByValue(places, of, down)]).toEqual(plainSort(places, of, down))
    }),
  )
})

test('the first places are those of the whole sort, for any number of them', () => {
  fc.assert(
    fc.property(order, fc.integer({ min: 1, max: 310 }), ([of, down, seed], wanted) => {
      const places = placesOf(of.length, seed)
      expect([...firstByValue(places, of, down, wanted)].slice(0, wanted)).toEqual(
        plainSort(places, of, down).slice(0, wanted),
      )
    }),
    { numRuns: 300 },
  )
})
