import fc from 'fast-check'
import { expect, test } from 'vitest'
import { matching, wantedOf } from '../../renderer/features/palette/matches.ts'

const rows = [
  { text: 'payroll', aside: 'archive' },
  { text: 'old-payroll', aside: 'archive' },
  { text: 'repay', aside: 'archive' },
  { text: 'contracts', aside: 'payments' },
  { text: 'photos', aside: 'archive' },
]
const texts = (typed: string, most = 9) =>
  matching(rows, wantedOf(typed).words, most).map(({ candidate }) => candidate.text)

test.each([
  [
    'starts first, then parts, then inside, then beside',
    'pay',
    'payroll old-payroll repay contracts',
  ],
  ['every word has to fit, in any place', 'archive pay', 'payroll old-payroll repay'],
  ['capitals do not count', 'PAY', 'payroll old-payroll repay contracts'],
  ['nothing fits', 'zzz', ''],
  ['no word lists all in their order', '', rows.map(({ text }) => text).join(' ')],
])('%s', (_what, typed, expected) => expect(texts(typed).join(' ')).toBe(expected))

test('at most so many rows', () => expect(texts('', 2)).toEqual(['payroll', 'old-payroll']))

test.each([
  ['> up', { only: 'commands', words: ['up'] }],
  ['  >', { only: 'commands', words: [] }],
  ['/a b', { only: 'places', words: ['a', 'b'] }],
  ['a > b', { only: null, words: ['a', '>', 'b'] }],
])('%j means %j', (typed, wanted) => expect(wantedOf(typed)).toEqual(wanted))

test('the pieces are the text, and the hits are the words', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (text, typed) => {
      const { words } = wantedOf(typed)
      for (const { pieces } of matching([{ text, aside: typed }], words, 9)) {
        expect(pieces.map((piece) => piece.text).join('')).toBe(text)
        for (const [i, { hit }] of pieces.entries()) expect(hit).not.toBe(pieces[i - 1]?.hit)
      }
    }),
  )
  expect(matching(rows, ['pay', 'roll'], 1)[0]?.pieces).toEqual([{ text: 'payroll', hit: true }])
  expect(matching(rows, ['pay', 'old'], 1)[0]?.pieces).toEqual([
    { text: 'old', hit: true },
    { text: '-', hit: false },
    { text: 'pay', hit: true },
    { text: 'roll', hit: false },
  ])
})
