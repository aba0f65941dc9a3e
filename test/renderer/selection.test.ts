// @vitest-environment happy-dom
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  isSelected,
  nothing,
  orderOf,
  select,
  type Selection,
  type SelectionAction,
} from '../../renderer/state/selection.ts'

const order = orderOf(['a', 'b', 'c', 'd', 'e'])
const at = (active: string, ...keys: string[]): Selection => ({
  keys: new Set(keys),
  all: false,
  active,
  anchor: active,
})
const point = (key: string, how: 'extend' | 'toggle' | 'alone' = 'alone'): SelectionAction => ({
  type: 'point',
  key,
  extend: how === 'extend',
  toggle: how === 'toggle',
})
const shown = (selection: Selection) =>
  `${[...selection.keys].sort().join('')} active ${selection.active ?? '-'} anchor ${selection.anchor ?? '-'}`

// Source: design, section 5 (keyboard), and how file managers behave.
const rows: readonly (readonly [string, Selection, readonly SelectionAction[], string])[] = [
  ['a click takes one row', nothing, [point('b')], 'b active b anchor b'],
  ['a click drops the others', at('b', 'a', 'b'), [point('d')], 'd active d anchor d'],
  ['Ctrl click adds', at('b', 'b'), [point('d', 'toggle')], 'bd active d anchor d'],
  ['Ctrl click takes away', at('b', 'b', 'd'), [point('d', 'toggle')], 'b active d anchor d'],
  ['Shift click takes all between', at('b', 'b'), [point('d', 'extend')], 'bcd active d anchor b'],
  ['Shift upwards', at('d', 'd'), [point('b', 'extend')], 'bcd active b anchor d'],
  [
    'Shift again measures from the same end',
    at('b', 'b'),
    [point('d', 'extend'), point('a', 'extend')],
    'ab active a anchor b',
  ],
  [
    'Shift with nothing selected begins at the top',
    nothing,
    [point('c', 'extend')],
    'abc active c anchor a',
  ],
  [
    'Ctrl with arrows only moves',
    at('b', 'b'),
    [{ type: 'visit', key: 'd' }],
    'b active d anchor b',
  ],
  [
    'then Space adds that row',
    at('b', 'b'),
    [{ type: 'visit', key: 'd' }, { type: 'toggle' }],
    'bd active d anchor d',
  ],
  [
    'Space on a selected row takes it away',
    at('b', 'b', 'c'),
    [{ type: 'toggle' }],
    'c active b anchor b',
  ],
  ['Space with no row does nothing', nothing, [{ type: 'toggle' }], ' active - anchor -'],
  ['all', nothing, [{ type: 'all', whole: false }], 'abcde active a anchor -'],
  [
    'clear keeps the keyboard where it is',
    at('b', 'a', 'b'),
    [{ type: 'clear' }],
    ' active b anchor b',
  ],
  [
    'a menu on a selected row keeps the selection',
    at('b', 'a', 'b'),
    [{ type: 'aim', key: 'a' }],
    'ab active a anchor b',
  ],
  [
    'a menu on another row takes that row',
    at('b', 'a', 'b'),
    [{ type: 'aim', key: 'e' }],
    'e active e anchor e',
  ],
]

describe('selection', () => {
  test.each(rows)('%s', (_name, before, actions, expected) => {
    expect(shown(actions.reduce((state, action) => select(state, action, order), before))).toBe(
      expected,
    )
  })

  test('after a deletion the keyboard is at the row that took its place', () => {
    expect(
      shown(select(at('b', 'b', 'c'), { type: 'retain', before: order }, orderOf(['a', 'd', 'e']))),
    ).toBe(' active d anchor d')
    expect(
      shown(select(at('e', 'e'), { type: 'retain', before: order }, orderOf(['a', 'b']))),
    ).toBe(' active b anchor b')
  })

  test('a refresh that changes nothing changes nothing', () => {
    const before = at('b', 'a', 'b')
    expect(
      select(before, { type: 'retain', before: order }, orderOf(['a', 'b', 'c', 'd', 'e', 'f'])),
    ).toBe(before)
  })

  test('everything in the folder is selected, rows that come later among it, until a row is chosen', () => {
    const all = select(nothing, { type: 'all', whole: true }, order)
    const names = (state: Selection) => [...order.keys, 'z'].filter((key) => isSelected(state, key))
    expect(names(all).join('')).toBe('abcdez')
    const without = select(all, point('b', 'toggle'), order)
    expect(names(without).join('')).toBe('acdez')
    expect(names(select(without, point('b', 'toggle'), order)).join('')).toBe('abcdez')
    expect(names(select(without, { type: 'aim', key: 'c' }, order)).join('')).toBe('acdez')
    expect(names(select(without, { type: 'aim', key: 'b' }, order)).join('')).toBe('b')
    expect(names(select(without, point('c'), order)).join('')).toBe('c')
    expect(names(select(without, { type: 'clear' }, order)).join('')).toBe('')
    const listed = select(without, { type: 'retain', before: order }, orderOf(['a', 'c', 'z']))
    expect(names(listed).join('')).toBe('abcdez')
  })

  test('what is selected is always a row that is shown, whatever is done', () => {
    const key = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const action: fc.Arbitrary<SelectionAction> = fc.oneof(
      fc.record({
        type: fc.constant('point' as const),
        key,
        extend: fc.boolean(),
        toggle: fc.boolean(),
      }),
      fc.record({ type: fc.constantFrom('visit' as const, 'aim' as const), key }),
      fc.constantFrom<SelectionAction>(
        { type: 'toggle' },
        { type: 'all', whole: false },
        { type: 'clear' },
      ),
    )
    fc.assert(
      fc.property(fc.array(action), fc.subarray(['a', 'b', 'c', 'd', 'e']), (actions, left) => {
        const now = orderOf(left)
        const state = select(
          actions.reduce((one, next) => select(one, next, order), nothing),
          { type: 'retain', before: order },
          now,
        )
        return (
          [...state.keys].every((one) => now.at.has(one)) &&
          (state.active === null || now.at.has(state.active))
        )
      }),
    )
  })
})
