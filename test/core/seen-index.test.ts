import { expect, test } from 'vitest'
import { openSeenIndex } from '../../electron/core/index/seen-index.ts'
import { memoryTexts } from '../ports/stores.ts'

test.each(['{', 'null', '{"k":null}', '{"k":{"b":{"o":"x"}}}'])(
  'a damaged index of seen objects (%s) does not keep the app from starting',
  async (text) => {
    const texts = memoryTexts()
    await texts.save('seen-objects', text)
    const seen = await openSeenIndex(texts)
    expect(seen.counts('k')).toEqual([])
    await seen.close()
  },
)

test('an object whose deletion is taken back was encrypted before, as ever', async () => {
  const seen = await openSeenIndex(memoryTexts())
  seen.note('k', 'b', 'x', 5)
  seen.gone('b', 'x')
  expect([seen.has('b', 'x'), seen.counts('k')]).toEqual([false, []])
  seen.back('b', 'x')
  expect(seen.has('b', 'x')).toBe(true)
  expect(seen.counts('k')).toEqual([{ bucket: 'b', objects: 1, bytes: 5 }])
  // Only what was known, and only once.
  seen.gone('b', 'x')
  seen.back('b', 'x')
  seen.gone('b', 'other')
  seen.back('b', 'other')
  expect(seen.counts('k')).toEqual([{ bucket: 'b', objects: 1, bytes: 5 }])
  // A key that was forgotten meanwhile does not come back.
  seen.gone('b', 'x')
  seen.forget('k')
  seen.back('b', 'x')
  expect(seen.has('b', 'x')).toBe(false)
  // The last thousand are remembered.
  for (let n = 0; n <= 1000; n++) seen.note('k', 'b', `${n}`, 1)
  for (let n = 0; n <= 1000; n++) seen.gone('b', `${n}`)
  for (let n = 0; n <= 1000; n++) seen.back('b', `${n}`)
  expect([seen.has('b', '0'), seen.has('b', '1'), seen.has('b', '1000')]).toEqual([
    false,
    true,
    true,
  ])
  await seen.close()
})
