import { expect, test } from 'vitest'
import { markSet } from '../../electron/core/store/mark-set.ts'

test('knows what was added and nothing else, however many there are', () => {
  const set = markSet()
  for (let i = 0; i < 20_000; i++) set.add(`0 folder/${i}`)
  for (let i = 0; i < 20_000; i++) {
    expect(set.has(`0 folder/${i}`)).toBe(true)
    expect(set.has(`1 folder/${i}`)).toBe(false)
  }
})
