import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bitmap } from '../../electron/core/transfer/queue/bitmap.ts'

test('whatever is set is there, counted, ended and read again', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5000)), (numbers) => {
      const bits = bitmap()
      for (const number of numbers) bits.set(number)
      for (const read of [bits, bitmap(bits.toText())]) {
        expect(read.count()).toBe(new Set(numbers).size)
        expect(read.end()).toBe(Math.max(-1, ...numbers) + 1)
        expect(numbers.every(read.has)).toBe(true)
      }
    }),
  )
})
