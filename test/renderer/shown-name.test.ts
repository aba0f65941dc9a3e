// @vitest-environment happy-dom
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cutMiddle, graphemes, shownName } from '../../renderer/text/shown-name.ts'

// Source: design, section 2; Unicode control pictures and bidi controls.
describe('names as shown', () => {
  test.each([
    ['plain.txt', 'plain.txt'],
    ['a\nb\tc', 'a␊b␉c'],
    ['\u0000', '␀'],
    ['\u007f', '␡'],
    ['\u0085x', '⟨85⟩x'],
    ['  two  ', '··two··'],
    ['in side', 'in side'],
    ['   ', '···'],
    ['\u202egnp.exe', '⟨RLO⟩gnp.exe'],
    ['a\u2066b\u2069', 'a⟨LRI⟩b⟨PDI⟩'],
    ['a\u200bb', 'a⟨ZWSP⟩b'],
    ['<b>&amp;</b>', '<b>&amp;</b>'],
    ['{{name}}', '{{name}}'],
    ['👨‍👩‍👧', '👨‍👩‍👧'],
    ['مرحبا', 'مرحبا'],
    ['\ud800', '\ud800'],
  ])('%j', (name, expected) => expect(shownName(name)).toBe(expected))

  test('nothing invisible is left in any name', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        (name) =>
          !/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(shownName(name)) &&
          !/^ | $/.test(shownName(name)),
      ),
    )
  })
})

describe('names cut in the middle', () => {
  const width = (text: string) => graphemes(text).length
  test.each([
    ['short.pdf', 20, 'short.pdf'],
    ['2026-09-14_Master-Services-Agreement_v7_signed.pdf', 26, '2026-09-14_…_v7_signed.pdf'],
    ['杭州澜石设计有限公司年度服务框架合同补充协议三.docx', 16, '杭州澜石设…补充协议三.docx'],
  ])('%s', (name, room, expected) => {
    const cut = cutMiddle(name, room, width)
    expect(width(cut)).toBeLessThanOrEqual(room)
    expect(cut.split('…').at(-1)).toBe(expected.split('…').at(-1))
  })

  test('no grapheme is ever torn apart', () => {
    const family = '👨‍👩‍👧‍👦'
    const cut = cutMiddle(family.repeat(30), 20, width)
    expect(graphemes(cut).every((one) => one === family || one === '…')).toBe(true)
    expect(cut.endsWith(family)).toBe(true)
  })

  test('what is cut begins and ends as the name does, and fits where a head and a tail fit at all', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 80 }),
        fc.integer({ min: 18, max: 60 }),
        (name, room) => {
          const cut = cutMiddle(name, room, width)
          if (width(name) <= room) return cut === name
          return (
            width(cut) <= room && name.trimEnd().startsWith((cut.split('…')[0] ?? '').trimEnd())
          )
        },
      ),
    )
  })
})
