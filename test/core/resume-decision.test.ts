import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decideDownload,
  decideUpload,
  compareParts,
  type FoundUpload,
  type UploadDecision,
} from '../../electron/core/transfer/run/resume.ts'
import { planParts } from '../../shared/format/part-plan.ts'

/** House 3.4, every combination: later rows are asked only where no earlier one fits. */
function expected({ source, upload, envelope, object, key }: FoundUpload): UploadDecision {
  if (upload === 'gone' && object === 'ours') return { act: 'finished' }
  if (source === 'unproven')
    return { act: 'start-over', why: 'no-record', abort: upload === 'alive' }
  if (source === 'changed')
    return { act: 'start-over', why: 'source-changed', abort: upload === 'alive' }
  if (upload === 'gone') return { act: 'start-over', why: 'upload-gone', abort: false }
  if (envelope === 'other') return { act: 'start-over', why: 'envelope-differs', abort: true }
  return key === 'missing' ? { act: 'needs-master-key' } : { act: 'continue' }
}

describe('an upload that was interrupted', () => {
  const rows: readonly (readonly [string, FoundUpload, UploadDecision])[] = [
    [
      'all as it was',
      { source: 'same', upload: 'alive', envelope: 'same', object: 'other', key: 'opens' },
      { act: 'continue' },
    ],
    [
      'a format whose envelope OSS does not tell',
      { source: 'same', upload: 'alive', envelope: 'unknown', object: 'other', key: 'opens' },
      { act: 'continue' },
    ],
    [
      'nobody knows what was sent',
      { source: 'unproven', upload: 'alive', envelope: 'same', object: 'other', key: 'opens' },
      { act: 'start-over', why: 'no-record', abort: true },
    ],
    [
      'the file changed: never one keystream over two plaintexts',
      { source: 'changed', upload: 'alive', envelope: 'same', object: 'other', key: 'opens' },
      { act: 'start-over', why: 'source-changed', abort: true },
    ],
    [
      'the file changed and no key is here: nothing waits for a key that is not needed',
      { source: 'changed', upload: 'alive', envelope: 'same', object: 'other', key: 'missing' },
      { act: 'start-over', why: 'source-changed', abort: true },
    ],
    [
      'the upload is gone',
      { source: 'same', upload: 'gone', envelope: 'unknown', object: 'other', key: 'opens' },
      { act: 'start-over', why: 'upload-gone', abort: false },
    ],
    [
      'the upload is gone because it is done',
      { source: 'same', upload: 'gone', envelope: 'unknown', object: 'ours', key: 'opens' },
      { act: 'finished' },
    ],
    [
      'done, and the file changed since',
      { source: 'changed', upload: 'gone', envelope: 'unknown', object: 'ours', key: 'opens' },
      { act: 'finished' },
    ],
    [
      'another envelope',
      { source: 'same', upload: 'alive', envelope: 'other', object: 'other', key: 'opens' },
      { act: 'start-over', why: 'envelope-differs', abort: true },
    ],
    [
      'no key opens it',
      { source: 'same', upload: 'alive', envelope: 'same', object: 'other', key: 'missing' },
      { act: 'needs-master-key' },
    ],
  ]
  for (const [name, found, decision] of rows)
    test(name, () => void expect(decideUpload(found)).toEqual(decision))

  test('every combination there is', () => {
    for (const source of ['same', 'changed', 'unproven'] as const)
      for (const upload of ['alive', 'gone'] as const)
        for (const envelope of ['same', 'other', 'unknown'] as const)
          for (const object of ['ours', 'other'] as const)
            for (const key of ['opens', 'missing'] as const) {
              const found = { source, upload, envelope, object, key }
              expect(decideUpload(found), JSON.stringify(found)).toEqual(expected(found))
              // A continued upload always has the same file and the same envelope.
              if (decideUpload(found).act === 'continue')
                expect([source, envelope === 'other']).toEqual(['same', false])
            }
  })
})

describe('its parts', () => {
  const plan = planParts(1000, 400)
  const held = (
    number: number,
    size: number,
    etag = `e${number}`,
    crc64: string | null = `${number}`,
  ) => ({ number, size, etag, crc64 })
  const noted = (number: number, etag = `e${number}`, crc64 = `${number}`) => ({
    number,
    etag,
    crc64,
  })
  const rows: readonly (readonly [
    string,
    Parameters<typeof compareParts>[1],
    Parameters<typeof compareParts>[2],
    kept: readonly number[],
    unproven: readonly number[],
  ])[] = [
    [
      'all there',
      [noted(1), noted(2), noted(3)],
      [held(1, 400), held(2, 400), held(3, 200)],
      [1, 2, 3],
      [],
    ],
    ['none there', [noted(1)], [], [], []],
    ['one that was noted is not there', [noted(1), noted(2)], [held(2, 400)], [2], []],
    ['one that is there was not noted', [noted(1)], [held(1, 400), held(2, 400)], [1], [2]],
    ['another sum than was noted is sent again', [noted(1)], [held(1, 400, 'e1', '99')], [], []],
    ['another ETag than was noted is sent again', [noted(1)], [held(1, 400, 'other')], [], []],
    ['OSS tells no sum: the ETag must do', [noted(1)], [held(1, 400, 'e1', null)], [1], []],
    ['OSS tells neither: it is sent again', [noted(1, '')], [held(1, 400, '', null)], [], []],
    [
      'OSS tells no sum of one that was not noted: it is sent',
      [],
      [held(1, 400, 'e1', null)],
      [],
      [],
    ],
    ['another length', [noted(1), noted(3)], [held(1, 399), held(3, 400)], [], []],
    ['a number that is not in the plan', [], [held(4, 400)], [], []],
  ]
  for (const [name, ours, theirs, kept, unproven] of rows) {
    test(name, () => {
      const found = compareParts(plan, ours, theirs)
      expect([
        found.kept.map(({ number }) => number),
        found.unproven.map(({ number }) => number),
      ]).toEqual([kept, unproven])
    })
  }

  test('no part is both, and none is kept that OSS does not hold', () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 3 }))
    fc.assert(
      fc.property(numbers, numbers, (ours, theirs) => {
        const { kept, unproven } = compareParts(
          plan,
          ours.map((n) => noted(n)),
          theirs.map((n) => held(n, plan[n - 1]?.length ?? 0)),
        )
        const all = [...kept, ...unproven].map(({ number }) => number)
        expect(new Set(all).size).toBe(all.length)
        expect([...all].sort()).toEqual([...theirs].sort())
      }),
    )
  })
})

describe('a download that was interrupted', () => {
  for (const [object, file, decision] of [
    ['same', 'there', { act: 'continue' }],
    ['same', 'gone', { act: 'start-over', why: null }],
    ['changed', 'there', { act: 'start-over', why: 'object-changed' }],
    ['changed', 'gone', { act: 'start-over', why: 'object-changed' }],
  ] as const)
    test(`object ${object}, file ${file}`, () =>
      void expect(decideDownload({ object, file })).toEqual(decision))
})
