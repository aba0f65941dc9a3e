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
